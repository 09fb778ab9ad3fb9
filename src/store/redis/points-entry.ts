import type {PointsRecord} from '../../model/points.js'
import {damagedRecord} from '../record-parts.js'
import {recordShape} from '../points-record.js'
import {fit} from '../shape.js'
import type {TAKEN_ARGUMENTS} from './points-scripts.js'

/** Changes as a stream holds them. @throws BehalfError `store-damaged` naming the one that cannot be read. */
export function readPointsEntries(entries: unknown): PointsRecord[] {
  return (entries as [id: string, fields: string[]][]).map(([id, fields]) => readEntry(id, fields))
}

function readEntry(id: string, flat: readonly string[]): PointsRecord {
  const fields = new Map<string, string>()
  for (let i = 0; i < flat.length; i += 2) fields.set(String(flat[i]), String(flat[i + 1]))
  const [by, why, key, request] = ['by', 'why', 'key', 'request'].map((name) => fields.get(name))
  const record = fit(recordShape, {
    sequence: toNumber(/^(\d+)-0$/.exec(id)?.[1]),
    user: fields.get('user'),
    change: toNumber(fields.get('change')),
    points: toNumber(fields.get('points')),
    at: toNumber(fields.get('at')),
    ...(by !== undefined && {by}),
    ...(why !== undefined && {why}),
    ...(key !== undefined && {idempotency: {key, request}}),
  })
  if ('value' in record) return record.value
  throw damagedRecord('points change', id, record.misfit)
}

const toNumber = (text: string | undefined): number | undefined => (text === undefined ? undefined : Number(text))

/** @param mark which key remembers it, and for how many milliseconds; '' for none. */
export function toTakenArguments(
  {sequence, user, change, points, at, by, why, idempotency}: PointsRecord,
  mark: string,
): (string | number)[] & {length: typeof TAKEN_ARGUMENTS} {
  const said = [by ?? '', why ?? '', idempotency?.key ?? '', idempotency?.request ?? ''] as const
  return [sequence, user, change, points, at, ...said, mark]
}
