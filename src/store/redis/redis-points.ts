import {createHash, randomBytes} from 'node:crypto'

import {BehalfError} from '../../model/behalf-error.js'
import {
  IDEMPOTENCY_MS,
  reusedKey,
  tooFewPoints,
  tooManyPoints,
  type PointsBalance,
  type PointsOutcome,
  type PointsRecord,
  type PointsRequest,
} from '../../model/points.js'
import {MINUTE_MS} from '../../model/time.js'
import {groupItems} from '../group-items.js'
import {markOf, unfitChange} from '../points-record.js'
import type {PointsStore} from '../store.js'
import {insist} from './insist.js'
import {readPointsEntries, toTakenArguments} from './points-entry.js'
import {changePointsScript, pointsHistoryScript, takePointsScript} from './points-scripts.js'
import type {RedisParts} from './redis-parts.js'

/** Longer than a change is tried again for. */
const ATTEMPT_KEPT_MS = MINUTE_MS
const TAKEN_TOGETHER = 200
const READ_TOGETHER = 1000

/** The ledger of points in Redis: each change is one script (docs/decisions/0040-the-points-ledger.md). */
export function createRedisPoints(parts: RedisParts): PointsStore {
  const {connection, keys, clock} = parts
  const [balances, changes] = [keys.points('balances'), keys.points('changes')]
  const [last, ledger] = [keys.points('last'), keys.points('ledger')]
  const ledgerKeys = [balances, changes, last, ledger]

  const keyOfMark = (by: string | undefined, key: string): string =>
    keys.points(`key-${createHash('sha256').update(markOf(by, key), 'utf8').digest('base64url')}`)

  /** A step whose reply was lost is taken again: it knows by its attempt whether it was done. */
  async function change(request: PointsRequest): Promise<PointsOutcome> {
    const {user, step, floor, by, why, at, idempotency} = request
    const attempt = randomBytes(12).toString('base64url')
    const mark = idempotency ? keyOfMark(by, idempotency.key) : keys.points(`attempt-${attempt}`)
    const kept = idempotency ? IDEMPOTENCY_MS : ATTEMPT_KEPT_MS
    const said = [by ?? '', why ?? '', idempotency?.key ?? '', idempotency?.request ?? '']
    const args = [user, step.kind, step.points, floor, at, ...said, attempt, kept]
    // The store is made by its first write, whatever that is.
    await parts.openKeys()
    const reply = (await insist(() => connection.run(changePointsScript, [...ledgerKeys, mark], args))) as unknown[]
    const [kind, first, second, repeated] = reply
    if (kind === 'made') return {user, points: Number(first), change: Number(second), repeated: repeated === 1}
    if (kind === 'insufficient') throw tooFewPoints(user, Number(first))
    if (kind === 'out-of-range') throw tooManyPoints(user, Number(first))
    if (kind === 'reused') throw reusedKey(idempotency?.key ?? '')
    throw movedLedger(connection.location, first)
  }

  async function readUserHistory(user: string, limit: number, before: number): Promise<PointsRecord[]> {
    const found: PointsRecord[] = []
    let from = ''
    do {
      const args = [user, before, limit - found.length, from]
      const reply = await connection.run(pointsHistoryScript, [changes, last], args)
      const [next, entries] = reply as [string, unknown]
      found.push(...readPointsEntries(entries))
      from = next
    } while (from !== '' && found.length < limit)
    return found
  }

  async function takeTogether(records: readonly PointsRecord[]): Promise<void> {
    const marks: string[] = []
    const args = records.flatMap((record) => {
      const {at, by, idempotency} = record
      const leftMs = Math.min(at + IDEMPOTENCY_MS - clock.now(), IDEMPOTENCY_MS)
      if (idempotency === undefined || leftMs <= 0) return toTakenArguments(record, '')
      marks.push(keyOfMark(by, idempotency.key))
      return toTakenArguments(record, `${String(ledgerKeys.length + marks.length)} ${String(leftMs)}`)
    })
    const reply = (await insist(() => connection.run(takePointsScript, [...ledgerKeys, ...marks], args))) as unknown[]
    const [kind, first] = reply
    if (kind === 'unfit') throw unfitChange(Number(first))
    if (kind === 'moved') throw movedLedger(connection.location, first)
  }

  return {
    change,

    async balance(user) {
      const score = await connection.send(balances, ['ZSCORE', balances, user])
      return score === null ? undefined : toPoints(score)
    },

    async top(limit) {
      const command = ['ZRANGE', balances, '0', String(limit - 1), 'WITHSCORES']
      const flat = (await connection.send(balances, command)) as string[]
      const found: PointsBalance[] = []
      for (let i = 0; i < flat.length; i += 2) found.push({user: String(flat[i]), points: toPoints(flat[i + 1])})
      return found
    },

    async history({user, limit, before = Number.MAX_SAFE_INTEGER}) {
      if (before <= 0) return []
      if (user !== undefined) return readUserHistory(user, limit, before)
      const range = [String(before - 1), '-', 'COUNT', String(limit)]
      return readPointsEntries(await connection.send(changes, ['XREVRANGE', changes, ...range]))
    },

    async *all() {
      for (let from = '-'; ;) {
        const range = [from, '+', 'COUNT', String(READ_TOGETHER)]
        const records = readPointsEntries(await connection.send(changes, ['XRANGE', changes, ...range]))
        yield* records
        const end = records.at(-1)
        if (end === undefined) return
        from = String(end.sequence + 1)
      }
    },

    async take(records) {
      await parts.openKeys()
      for await (const some of groupItems(records, TAKEN_TOGETHER)) await takeTogether(some)
    },

    close: () => Promise.resolve(),
  }
}

/** A score is the balance with its sign turned; 0 − 0 is 0 and −0 is not. */
const toPoints = (score: unknown): number => 0 - Number(score)

const movedLedger = (location: string, to: unknown): BehalfError =>
  new BehalfError('store-moved', `The store ${location} was moved to ${String(to)}, and is in use no more`)
