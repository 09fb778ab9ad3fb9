import {formatTime} from '../sandbox-clock.js'
import type {SandboxState} from '../state.js'
import {asPerson, makeViewer, type Person} from './channel-data.js'
import {findGame} from './games.js'
import {
  asUserFields,
  queryValue,
  queryValues,
  requireValue,
  type HelixCall,
  type HelixHandler,
  type HelixReply,
} from './helix-call.js'
import {paginate} from './paginate.js'

/** Made-up broadcasters are numbered beyond made-up viewers. */
const BROADCASTER_OFFSET = 1_000_000

const describeStream = (state: SandboxState, person: Person, viewers: number) => {
  const channel = state.channels.of(person.id)
  return {
    id: `4${person.id}`,
    ...asUserFields(person),
    game_id: channel.gameId,
    game_name: findGame(channel.gameId)?.name ?? '',
    type: 'live',
    title: channel.title,
    viewer_count: viewers,
    started_at: formatTime(state.clock.now() - 3_600_000),
    language: channel.language,
    thumbnail_url: `https://static.example.test/previews/${person.login}-{width}x{height}.jpg`,
    tag_ids: [],
    tags: channel.tags,
    is_mature: false,
  }
}

type Stream = ReturnType<typeof describeStream>

/** Who is live, most viewers first. */
function listStreams(state: SandboxState): Stream[] {
  const seeded = [...state.users.values()].flatMap((user) => {
    const channel = state.channels.of(user.id)
    return channel.live ? [describeStream(state, asPerson(user), channel.viewers)] : []
  })
  const extra = Array.from({length: state.channels.extraStreams}, (_, index) =>
    describeStream(state, makeViewer(BROADCASTER_OFFSET + index), Math.max(0, 10_000 - index)),
  )
  return [...seeded, ...extra].sort((a, b) => b.viewer_count - a.viewer_count)
}

function getStreams(call: HelixCall): HelixReply {
  const ids = queryValues(call, 'user_id')
  const logins = queryValues(call, 'user_login').map((login) => login.toLowerCase())
  const games = queryValues(call, 'game_id')
  const languages = queryValues(call, 'language')
  const anyone = ids.length + logins.length === 0
  const found = listStreams(call.state).filter(
    (stream) =>
      (anyone || ids.includes(stream.user_id) || logins.includes(stream.user_login)) &&
      (games.length === 0 || games.includes(stream.game_id)) &&
      (languages.length === 0 || languages.includes(stream.language)),
  )
  return {body: paginate(call, found)}
}

function getFollowedStreams(call: HelixCall): HelixReply {
  const followed = new Set(
    call.state.channels.followedBy(requireValue(call, 'user_id')).map(({broadcasterId}) => broadcasterId),
  )
  return {
    body: paginate(
      call,
      listStreams(call.state).filter((stream) => followed.has(stream.user_id)),
    ),
  }
}

function searchChannels(call: HelixCall): HelixReply {
  const wanted = requireValue(call, 'query').toLowerCase()
  const liveOnly = queryValue(call, 'live_only') === 'true'
  const data = [...call.state.users.values()].flatMap((user) => {
    const channel = call.state.channels.of(user.id)
    if (!user.login.startsWith(wanted) || (liveOnly && !channel.live)) return []
    return [
      {
        broadcaster_language: channel.language,
        broadcaster_login: user.login,
        display_name: user.displayName,
        game_id: channel.gameId,
        game_name: findGame(channel.gameId)?.name ?? '',
        id: user.id,
        is_live: channel.live,
        tag_ids: [],
        tags: channel.tags,
        thumbnail_url: `${call.state.origin}/images/${user.id}.png`,
        title: channel.title,
        started_at: channel.live ? formatTime(call.state.clock.now() - 3_600_000) : '',
      },
    ]
  })
  return {body: paginate(call, data)}
}

export const streamHandlers: Record<string, HelixHandler> = {
  'GET /streams': getStreams,
  'GET /streams/followed': getFollowedStreams,
  'GET /search/channels': searchChannels,
}
