import {BehalfError} from '../model/behalf-error.js'
import {UnsentRequest, type HelixResponse} from '../model/helix-call.js'
import {EMPTY_BUDGET, settlePoint, takePoint, type RateOutcome, type RateTicket} from '../model/rate-budget.js'
import {MINUTE_MS, SECOND_MS} from '../model/time.js'
import type {BrokerDeps} from './broker-deps.js'
import {readRate, readRetryAfter} from './rate-reading.js'

/** How a call keeps to the API's rate limit. */
export interface Pace {
  /** How long one call waits in all, for its bucket and after a 429. Default: a minute. 0: not at all. */
  maxWaitMs?: number
  signal?: AbortSignal
  /** Told of each wait before it begins. */
  onWait?: (waitMs: number) => void
  /** Calls that are made together wait in line, each for its own turn; then waiting in line counts for nobody. */
  line?: WaitingLine
}

/** Lets one at a time wait for a bucket, in the order they came. */
export interface WaitingLine {
  enter<T>(bucket: string, wait: () => Promise<T>): Promise<T>
}

const DEFAULT_MAX_WAIT_MS = MINUTE_MS

/** Who may wait a minute waits for a bucket that fills in a minute, although its headers are in whole seconds. */
const ROUNDING_MS = SECOND_MS

/** After a 429 that is not the bucket's: a limit of that one feature, most often of some per second. */
const FEATURE_PAUSE_MS = 2 * SECOND_MS
const OUTAGE_PAUSE_MS = SECOND_MS / 2

type Deps = Pick<BrokerDeps, 'store' | 'clock' | 'random'>

/**
 * Sends one call within its bucket's budget, which all processes share. A 429 of an empty bucket is waited out and the
 * call repeated; any other 429, and a 503, is repeated once after a short pause: neither was processed, whatever the
 * method (RFC 6585 4, RFC 9110 15.6.4). What the last one answered is returned.
 * @throws BehalfError `unavailable` when the bucket will not have a point in time; `interrupted`; what `send` throws.
 */
export async function sendPaced(
  deps: Deps,
  bucket: string,
  pace: Pace,
  send: () => Promise<HelixResponse>,
): Promise<HelixResponse> {
  const patience = new Patience(deps, pace)
  let repeats = {feature: 1, outage: 1}
  for (;;) {
    const take = () => takeWhenThere(deps, bucket, patience)
    const ticket = await (pace.line ? pace.line.enter(bucket, take) : take())
    const answer = await sendAndSettle(deps, bucket, ticket, send)
    if (answer.status === 503 && repeats.outage > 0) {
      await patience.sleep(OUTAGE_PAUSE_MS * (1 + deps.random.fraction()))
      repeats = {...repeats, outage: 0}
    } else if (answer.status === 429 && readRate(answer, deps.clock.now())?.exhausted === true) {
      // The budget knows until when: the next taking waits, or says that it would take too long.
      if (!patience.allows(await waitAhead(deps, bucket))) return answer
    } else if (answer.status === 429 && repeats.feature > 0) {
      if (!(await patience.wait(readRetryAfter(answer) ?? FEATURE_PAUSE_MS))) return answer
      repeats = {...repeats, feature: 0}
    } else return answer
  }
}

/** What is left of the time that one call may wait. */
class Patience {
  #leftMs: number
  readonly #deps: Deps
  readonly #pace: Pace

  constructor(deps: Deps, pace: Pace) {
    this.#deps = deps
    this.#pace = pace
    const maxWaitMs = pace.maxWaitMs ?? DEFAULT_MAX_WAIT_MS
    this.#leftMs = maxWaitMs === 0 ? 0 : maxWaitMs + ROUNDING_MS
  }

  allows(waitMs: number): boolean {
    return waitMs <= this.#leftMs
  }

  /** False, at once, when it would take longer than the call may wait. */
  async wait(waitMs: number): Promise<boolean> {
    if (!this.allows(waitMs)) return false
    this.#leftMs -= waitMs
    this.#pace.onWait?.(waitMs)
    await this.sleep(waitMs)
    return true
  }

  /** Waits for what has nothing to do with the rate limit. */
  async sleep(waitMs: number): Promise<void> {
    const {signal} = this.#pace
    signal?.throwIfAborted()
    await this.#deps.clock.sleep(waitMs, signal)
  }

  checkStopped(): void {
    this.#pace.signal?.throwIfAborted()
  }
}

async function takeWhenThere(deps: Deps, bucket: string, patience: Patience): Promise<RateTicket> {
  for (;;) {
    patience.checkStopped()
    const taking = await deps.store.rateBudgets.update(bucket, (budget = EMPTY_BUDGET) => {
      const result = takePoint(budget, deps.clock.now())
      return {budget: result.budget, result}
    })
    if (taking.kind === 'taken') return taking.ticket
    if (taking.reason === 'first-answer') await patience.sleep(taking.waitMs)
    else if (!(await patience.wait(taking.waitMs))) throw usedUp(taking.waitMs)
  }
}

/** How long the bucket stays empty; nothing is taken. */
const waitAhead = (deps: Deps, bucket: string): Promise<number> =>
  deps.store.rateBudgets.update(bucket, (budget = EMPTY_BUDGET) => {
    const taking = takePoint(budget, deps.clock.now())
    return {budget, result: taking.kind === 'wait' ? taking.waitMs : 0}
  })

async function sendAndSettle(
  deps: Deps,
  bucket: string,
  ticket: RateTicket,
  send: () => Promise<HelixResponse>,
): Promise<HelixResponse> {
  const settle = (outcome: RateOutcome) =>
    deps.store.rateBudgets.update(bucket, (budget = EMPTY_BUDGET) => ({
      budget: settlePoint(budget, ticket, outcome, deps.clock.now()),
      result: undefined,
    }))
  try {
    const answer = await send()
    await settle(readRate(answer, deps.clock.now()) ?? (tellsOfCounting(answer.status) ? 'uncounted' : 'unknown'))
    return answer
  } catch (error) {
    await settle(error instanceof BehalfError && error.cause instanceof UnsentRequest ? 'unsent' : 'unknown')
    throw error
  }
}

/** Whether an API that counts would have said so: one that refuses the token or is out of order has not come to that. */
const tellsOfCounting = (status: number): boolean => status !== 401 && status !== 429 && status < 500

function usedUp(waitMs: number): BehalfError {
  const seconds = String(Math.ceil(waitMs / SECOND_MS))
  return new BehalfError('unavailable', `Twitch’s rate limit is used up for another ${seconds} s; nothing was sent.`, {
    hint: `Wait, or let it wait: --max-wait ${seconds}s`,
  })
}
