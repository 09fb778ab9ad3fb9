import {BehalfError} from './behalf-error.js'
import {countThings} from './count-things.js'
import {quoteWord} from './shell-words.js'
import {DAY_MS, type EpochMs} from './time.js'

/**
 * Points are whole numbers of which each is told from its neighbours by everything that reads JSON: below 2^53 and above
 * −2^53. (2^53 itself is what 2^53 + 1 is read as.)
 */
export const MAX_POINTS = Number.MAX_SAFE_INTEGER

/** How long a repeated request is recognised by its idempotency key. */
export const IDEMPOTENCY_MS = DAY_MS

/** What is to become of someone's points. `add` takes away where it is negative. */
export interface PointsStep {
  kind: 'add' | 'set'
  points: number
}

/** A request under an idempotency key: another one under the same key is refused. */
export interface IdempotencyMark {
  /** As the caller chose it; each API token, and the terminal, has keys of its own. */
  key: string
  /** Tells this request from others: a hash of all that it asks for. */
  request: string
}

export interface PointsRequest {
  /** As {@link parsePointsUser} spells it. */
  user: string
  step: PointsStep
  /** No change brings the balance below this; one that was there before may stay there, and may rise. */
  floor: number
  /** The id of the API token; undefined for who is at the terminal. */
  by: string | undefined
  why: string | undefined
  at: EpochMs
  idempotency: IdempotencyMark | undefined
}

/** A change that was made. It is kept for good. */
export interface PointsRecord {
  /** Goes up with each change of the ledger; numbers may be left out. */
  sequence: number
  user: string
  /** What came to the balance; negative where it was taken away. */
  change: number
  /** The balance after it. */
  points: number
  at: EpochMs
  by?: string
  why?: string
  idempotency?: IdempotencyMark
}

export interface PointsBalance {
  user: string
  points: number
}

/** How a request ended: `repeated` when it had been made before, and was not counted again. */
export interface PointsOutcome extends PointsBalance {
  /** What came to the balance, then as now. */
  change: number
  repeated: boolean
}

const MAX_USER_CHARACTERS = 128
const MAX_WHY_CHARACTERS = 500
const MAX_KEY_CHARACTERS = 255
/** They hide or turn what stands beside them, or end a line. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u

/**
 * The one spelling of a user's name or id: without what surrounds it, without the `@` of a mention, in lower case. Chat
 * services take `Alice` and `@alice` for one person; ids that differ in case alone are not given out.
 * @throws BehalfError `invalid-input`.
 */
export function parsePointsUser(text: string): string {
  const name = text
    .normalize('NFC')
    .trim()
    .replace(/^[@\s]+/u, '')
    .toLowerCase()
    .normalize('NFC')
  const isFit = name !== '' && countCharacters(name) <= MAX_USER_CHARACTERS && !UNSEEN.test(name)
  if (isFit) return name
  throw new BehalfError('invalid-input', `${quoteStart(text)} cannot be the name of a user.`, {
    hint: `It is any name or id of 1 to ${String(MAX_USER_CHARACTERS)} characters that can be seen.`,
  })
}

/** @throws BehalfError `invalid-input` unless it is a whole number that counts among {@link MAX_POINTS}. */
export function checkPoints(points: number): number {
  // -0 is stored as 0.
  if (Number.isSafeInteger(points)) return points + 0
  throw new BehalfError('invalid-input', `${String(points)} cannot be a number of points.`, {
    hint: `It is a whole number from -${String(MAX_POINTS)} to ${String(MAX_POINTS)}.`,
  })
}

/** What is said of a change; undefined for nothing. @throws BehalfError `invalid-input`. */
export function parseWhy(text: string | undefined): string | undefined {
  const why = text?.trim()
  if (why === undefined || why === '') return undefined
  if (countCharacters(why) <= MAX_WHY_CHARACTERS && !UNSEEN.test(why)) return why
  throw new BehalfError('invalid-input', 'The reason for a change of points cannot be kept.', {
    hint: `It is one line of at most ${String(MAX_WHY_CHARACTERS)} characters that can be seen.`,
  })
}

/** @throws BehalfError `invalid-input`. */
export function checkIdempotencyKey(key: string): string {
  if (/^[\x20-\x7e]+$/.test(key) && key.length <= MAX_KEY_CHARACTERS) return key
  throw new BehalfError('invalid-input', 'This cannot be an idempotency key.', {
    hint: `It is 1 to ${String(MAX_KEY_CHARACTERS)} printable ASCII characters, new for each change: a UUID, for one.`,
  })
}

/** Whether a request that was made at `madeAt` is still recognised. */
export const isRecognised = (madeAt: EpochMs, now: EpochMs): boolean => now - madeAt < IDEMPOTENCY_MS

/**
 * The balance after a step.
 * @throws BehalfError `points-insufficient` where it would fall below the floor, `points-out-of-range`.
 */
export function takePointsStep(
  user: string,
  before: number,
  {step, floor}: Pick<PointsRequest, 'step' | 'floor'>,
): number {
  // Two whole numbers below 2^53 may have a sum that is rounded, but never to one below 2^53.
  const after = step.kind === 'add' ? before + step.points : step.points
  if (!Number.isSafeInteger(after) || !Number.isSafeInteger(after - before)) throw tooManyPoints(user, before)
  if (after < floor && after < before) throw tooFewPoints(user, before)
  return after
}

export const tooFewPoints = (user: string, before: number): BehalfError =>
  new BehalfError('points-insufficient', `${user} has ${countThings(before, 'point')}, which is too few for this.`, {
    hint: `behalf points show -- ${quoteWord(user)}`,
    balance: {user, points: before},
  })

export const tooManyPoints = (user: string, before: number): BehalfError =>
  new BehalfError(
    'points-out-of-range',
    `${user} has ${countThings(before, 'point')}, and this would lead beyond what is counted.`,
    {
      hint: `Balances and changes lie between -${String(MAX_POINTS)} and ${String(MAX_POINTS)}.`,
    },
  )

export const reusedKey = (key: string): BehalfError =>
  new BehalfError('idempotency-key-reused', `The idempotency key ${quoteWord(key)} was used for another request.`, {
    hint: 'Make a new key for each change, and use it again for that change alone.',
  })

const countCharacters = (text: string): number => Array.from(text).length

const quoteStart = (text: string): string =>
  `“${Array.from(text.slice(0, 80))
    .filter((one) => !UNSEEN.test(one))
    .join('')}”`
