import type {PointsBalance, PointsHistory, PointsOutcome} from '../compose.js'
import {isoTime} from '../model/iso-time.js'
import type {OutputStream} from './surroundings.js'
import {renderTable} from './table.js'

export const addedLine = (outcome: PointsOutcome): string =>
  describeChange('added', `${count(outcome.change)} to`, outcome)

export const removedLine = (outcome: PointsOutcome): string =>
  describeChange('removed', `${count(0 - outcome.change)} from`, outcome)

export const setLine = (outcome: PointsOutcome): string => describeChange('set', 'the points of', outcome)

export const changeJson = ({user, points, change, repeated}: PointsOutcome) => ({user, points, change, repeated})

export function topTable(users: readonly PointsBalance[], stream: OutputStream): string {
  const columns = [{title: 'PLACE', dropRank: 1}, {title: 'USER'}, {title: 'POINTS'}]
  // Who has as many as another has the same place.
  const rows = users.map(({user, points}) => {
    const place = 1 + users.findIndex((other) => other.points === points)
    return [String(place), user, String(points)]
  })
  return renderTable(columns, rows, stream)
}

/** @param apiTokens names them by their ids. */
export function historyTable(
  {changes}: PointsHistory,
  apiTokens: readonly {id: string; name: string}[],
  stream: OutputStream,
): string {
  const columns = [
    {title: 'WHEN'},
    {title: 'CHANGE'},
    {title: 'POINTS'},
    {title: 'BY', minWidth: 8, dropRank: 1},
    {title: 'WHY', minWidth: 12},
  ]
  const rows = changes.map(({at, change, points, by, why}) => [
    isoTime(at),
    change > 0 ? `+${String(change)}` : String(change),
    String(points),
    by === undefined ? 'terminal' : (apiTokens.find(({id}) => id === by)?.name ?? by),
    why ?? '–',
  ])
  return renderTable(columns, rows, stream)
}

export const historyJson = ({changes, next}: PointsHistory) => ({
  changes: changes.map(({sequence, user, at, change, points, by, why}) => ({
    sequence,
    user,
    at: isoTime(at),
    change,
    points,
    ...(by !== undefined && {by}),
    ...(why !== undefined && {why}),
  })),
  ...(next !== undefined && {next}),
})

function describeChange(verb: string, what: string, {user, points, repeated}: PointsOutcome): string {
  if (repeated)
    return `Nothing more was ${verb}: that key was used for this before, and ${user} had ${count(points)} then.`
  return `${verb.slice(0, 1).toUpperCase()}${verb.slice(1)} ${what} ${user}, who has ${count(points)} now.`
}

const count = (points: number): string => `${String(points)} ${points === 1 ? 'point' : 'points'}`
