import {createHash} from 'node:crypto'

import {BehalfError} from '../model/behalf-error.js'
import {
  checkIdempotencyKey,
  checkPoints,
  MAX_POINTS,
  parsePointsUser,
  parseWhy,
  type PointsBalance,
  type PointsOutcome,
  type PointsRecord,
  type PointsRequest,
  type PointsStep,
} from '../model/points.js'
import type {BrokerDeps} from './broker-deps.js'

type Deps = Pick<BrokerDeps, 'store' | 'clock'>

export interface PointsChangeInput {
  /** Any spelling. */
  user: string
  /** The id of the API token; undefined for who is at the terminal. */
  by: string | undefined
  /** `add` takes away where it is negative. */
  change: PointsStep
  why?: string
  /** Each API token, and the terminal, has keys of its own. They are recognised for 24 hours. */
  idempotencyKey?: string
  allowNegative?: boolean
}

/** A page of a history, the newest change first. */
export interface PointsHistory {
  changes: PointsRecord[]
  /** What to give as `before` for the next page; absent on the last one. */
  next?: number
}

const MAX_LISTED = 1000

/**
 * Makes one change of someone's points, once for each idempotency key.
 * @throws BehalfError `invalid-input`, `points-insufficient`, `points-out-of-range`, `idempotency-key-reused`, `store-…`.
 */
export async function changePoints({store, clock}: Deps, input: PointsChangeInput): Promise<PointsOutcome> {
  const request = {
    user: parsePointsUser(input.user),
    step: {kind: input.change.kind, points: checkPoints(input.change.points)},
    floor: input.allowNegative === true ? -MAX_POINTS : 0,
    by: input.by,
    why: parseWhy(input.why),
  }
  const key = input.idempotencyKey === undefined ? undefined : checkIdempotencyKey(input.idempotencyKey)
  const idempotency = key === undefined ? undefined : {key, request: fingerprintOf(request)}
  return store.points.change({...request, at: clock.now(), idempotency})
}

/** What someone has: 0 for who was never given anything. @throws BehalfError `invalid-input`, `store-…`. */
export async function showPoints({store}: Pick<Deps, 'store'>, input: {user: string}): Promise<PointsBalance> {
  const user = parsePointsUser(input.user)
  return {user, points: (await store.points.balance(user)) ?? 0}
}

/** The highest balances first; equal ones by name. @throws BehalfError `invalid-input`, `store-…`. */
export async function topPoints({store}: Pick<Deps, 'store'>, {limit}: {limit: number}): Promise<PointsBalance[]> {
  return store.points.top(checkLimit(limit))
}

/**
 * What was changed, by whom, when and why: of one user, or of all.
 * @throws BehalfError `invalid-input`, `store-…`.
 */
export async function pointsHistory(
  {store}: Pick<Deps, 'store'>,
  {user, limit, before}: {user?: string; limit: number; before?: number},
): Promise<PointsHistory> {
  const wanted = checkLimit(limit)
  const records = await store.points.history({
    ...(user !== undefined && {user: parsePointsUser(user)}),
    // One more tells whether there is a next page.
    limit: wanted + 1,
    ...(before !== undefined && {before: checkBefore(before)}),
  })
  const changes = records.slice(0, wanted)
  const last = changes.at(-1)
  return {changes, ...(records.length > wanted && last !== undefined && {next: last.sequence})}
}

/** The same for two requests that ask for the same. */
function fingerprintOf({user, step, floor, why}: Omit<PointsRequest, 'at' | 'idempotency'>): string {
  const text = JSON.stringify([user, step.kind, step.points, floor, why ?? null])
  return createHash('sha256').update(text, 'utf8').digest('base64url')
}

function checkLimit(limit: number): number {
  if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_LISTED) return limit
  throw new BehalfError('invalid-input', `${String(limit)} cannot be how many are listed.`, {
    hint: `It is a whole number from 1 to ${String(MAX_LISTED)}.`,
  })
}

function checkBefore(before: number): number {
  if (Number.isSafeInteger(before) && before >= 0) return before
  throw new BehalfError('invalid-input', `${String(before)} cannot be the sequence of a change.`, {
    hint: 'It is what the page before this one gives for the next.',
  })
}
