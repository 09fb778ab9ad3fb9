import {BehalfError} from '../model/behalf-error.js'
import {SECOND_MS, type EpochMs} from '../model/time.js'
import type {AccountKey} from '../model/account.js'
import type {BrokerDeps, HelixPort} from './broker-deps.js'
import type {TokenSource} from './call-as-account.js'
import {explainHelixAnswer} from './explain-helix-answer.js'
import {getFreshToken, type FreshToken} from './get-fresh-token.js'
import {toHelixAnswer, type HelixAnswer} from './helix-answer.js'
import {mapInOrder} from './map-in-order.js'
import {planHelixCall, type HelixInput} from './plan-helix-call.js'
import {createRecentReads} from './recent-reads.js'
import {sendHelixPlan} from './send-helix-plan.js'
import type {Pace, WaitingLine} from './send-paced.js'

type Deps = BrokerDeps & {helix: HelixPort}

/** A call to make, or what was wrong with it already. */
export interface BatchEntry {
  /** Where it stood, for whoever reads the outcome. */
  line: number
  request: HelixInput | BehalfError
}

export interface BatchOutcome {
  line: number
  /** What the API answered, or why it was not asked or did not answer. */
  result: HelixAnswer | BehalfError
}

export interface BatchOptions extends Omit<Pace, 'line'> {
  /** How many calls are made at once. */
  concurrency: number
}

/** Outcomes that wait for an earlier one, for each call that is made at once. */
const WINDOW_FACTOR = 4
/** How long what was read of the store is used for the calls behind; a token that is refused is asked for anew at once. */
const REUSE_MS = SECOND_MS

/**
 * Makes many calls and yields their outcomes in the order of the entries, each as soon as it and those before it are
 * there. Entries are read no faster than outcomes are taken. A failure concerns its own line alone; an interruption
 * ends all.
 * @throws BehalfError `interrupted` when the signal fires; whatever reading the entries throws.
 */
export async function* runHelixBatch(
  deps: Deps,
  entries: AsyncIterable<BatchEntry>,
  {concurrency, ...options}: BatchOptions,
): AsyncGenerator<BatchOutcome, void, undefined> {
  const planDeps = {...deps, store: createRecentReads(deps.store, deps.clock, REUSE_MS)}
  const pace: Pace = {...options, line: createWaitingLine()}
  const tokens = createRecentTokens(deps)

  const makeCall = async (input: HelixInput): Promise<HelixAnswer> => {
    options.signal?.throwIfAborted()
    const plan = await planHelixCall(planDeps, input)
    const call = await sendHelixPlan(deps, plan, pace, tokens)
    const hint = await explainHelixAnswer(planDeps, plan, call.answer)
    return toHelixAnswer({...call, ...(plan.filled && {filled: plan.filled}), ...(hint !== undefined && {hint})})
  }
  const window = concurrency * WINDOW_FACTOR
  const outcomes = mapInOrder(entries, {concurrency, window}, async ({line, request}) => ({
    line,
    result: request instanceof BehalfError ? request : await makeCall(request).catch(toBehalfError),
  }))
  for await (const outcome of outcomes) {
    options.signal?.throwIfAborted()
    yield outcome
  }
}

const toBehalfError = (error: unknown): BehalfError =>
  error instanceof BehalfError
    ? error
    : new BehalfError('internal', `Something went wrong inside behalf: ${String(error)}`, {cause: error})

/** A token is asked for once for all calls of a moment. What a refusal or a refresh has outdated is not used again. */
function createRecentTokens(deps: Deps): TokenSource {
  const recent = new Map<AccountKey, {at: EpochMs; token: Promise<FreshToken>}>()
  return {
    get(key) {
      const known = recent.get(key)
      const now = deps.clock.now()
      if (known && now >= known.at && now - known.at < REUSE_MS) return known.token
      const token = getFreshToken(deps, key, 0)
      recent.set(key, {at: now, token})
      return token
    },
    forget: (key) => recent.delete(key),
  }
}

function createWaitingLine(): WaitingLine {
  const last = new Map<string, Promise<unknown>>()
  return {
    enter(bucket, wait) {
      const turn = (last.get(bucket) ?? Promise.resolve()).then(wait)
      last.set(
        bucket,
        turn.catch(() => undefined),
      )
      return turn
    },
  }
}
