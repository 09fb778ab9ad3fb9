import {queryValues, requireValue, type HelixCall, type HelixHandler, type HelixReply} from './helix-call.js'
import {HelixError} from './helix-error.js'
import {paginate} from './paginate.js'

export interface Game {
  id: string
  name: string
  igdbId: string
}

/** Made-up categories, most viewed first; the second is what channels start with. */
const GAMES: readonly Game[] = [
  {id: '100001', name: 'Castle of Cards', igdbId: '1'},
  {id: '509658', name: 'Just Talking', igdbId: ''},
  {id: '100002', name: 'Deep Sea Trader', igdbId: '2'},
  {id: '100003', name: 'Robot Garden', igdbId: '3'},
  {id: '100004', name: 'Rail Tycoon Online', igdbId: '4'},
  {id: '100005', name: 'Card Thieves', igdbId: '5'},
]

export const findGame = (id: string): Game | undefined => GAMES.find((game) => game.id === id)

const boxArt = (game: Game, size: string): string => `https://static.example.test/boxart/${game.id}-${size}.jpg`

const describeGame = (game: Game) => ({
  id: game.id,
  name: game.name,
  box_art_url: boxArt(game, '{width}x{height}'),
  igdb_id: game.igdbId,
})

function getGames(call: HelixCall): HelixReply {
  const ids = queryValues(call, 'id')
  const names = queryValues(call, 'name')
  const igdbIds = queryValues(call, 'igdb_id')
  if (ids.length + names.length + igdbIds.length > 100) throw new HelixError(400, 'Malformed query params.')
  const data = GAMES.filter(
    (game) => ids.includes(game.id) || names.includes(game.name) || igdbIds.includes(game.igdbId),
  )
  return {body: {data: data.map(describeGame)}}
}

const getTopGames = (call: HelixCall): HelixReply => ({body: paginate(call, GAMES.map(describeGame))})

function searchCategories(call: HelixCall): HelixReply {
  const wanted = requireValue(call, 'query').toLowerCase()
  const found = GAMES.filter((game) => game.name.toLowerCase().includes(wanted))
  const data = found.map((game) => ({id: game.id, name: game.name, box_art_url: boxArt(game, '52x72')}))
  return {body: paginate(call, data)}
}

export const gameHandlers: Record<string, HelixHandler> = {
  'GET /games': getGames,
  'GET /games/top': getTopGames,
  'GET /search/categories': searchCategories,
}
