import {describeAccount} from '../model/account-status.js'
import {BehalfError} from '../model/behalf-error.js'
import {awaitsCallback, FLOW_LIFE_MS, type Flow, type FlowOutcome} from '../model/flow.js'
import {MINUTE_MS} from '../model/time.js'
import type {BrokerDeps} from './broker-deps.js'
import type {LoginResult} from './complete-login.js'
import {loadProvider} from './load-provider.js'

type Deps = Pick<BrokerDeps, 'store' | 'clock' | 'providers'>

/** How often who waits looks for the outcome. */
const LOOK_EVERY_MS = 250
/** A flow that was taken is ended within this time, or whoever took it is gone: two exchanges at most (design 7, rule 1). */
export const OUTCOME_WITHIN_MS = MINUTE_MS

/** What became of a flow. */
export type FlowEnd =
  | {kind: 'done'; flow: Flow; result: LoginResult}
  /** Nothing was kept. */
  | {kind: 'failed'; flow: Flow; error: unknown}

/** Ends a flow by what is done for it, and leaves the outcome to who waits for it. */
export async function settleFlow(deps: Deps, flow: Flow, work: () => Promise<LoginResult>): Promise<FlowEnd> {
  try {
    const result = await work()
    const {account, created, missingScopes, cannotRefresh} = result
    // The account is stored; whoever waits may look for it as long as they like.
    await keepOutcome(deps, flow, {kind: 'done', account: account.key, created, missingScopes, cannotRefresh}).catch(
      () => undefined,
    )
    return {kind: 'done', flow, result}
  } catch (error) {
    await failFlow(deps, flow, error)
    return {kind: 'failed', flow, error}
  }
}

/** Ends a flow with why it failed. Where that cannot be kept, it expires. */
export async function failFlow(deps: Deps, flow: Flow, error: unknown): Promise<void> {
  await keepOutcome(deps, flow, describeFailure(error)).catch(() => undefined)
}

/** What only the exchange needed is not kept. What has ended does not fail any more, whoever comes late. */
async function keepOutcome(deps: Deps, {id}: Flow, outcome: FlowOutcome): Promise<void> {
  await deps.store.flows.update(id, (current) => {
    if (current.outcome && outcome.kind === 'failed') return undefined
    const {
      codeVerifier: _verifier,
      nonce: _nonce,
      requestToken: _token,
      device: _device,
      held: _held,
      ...rest
    } = current
    return {...rest, expiresAt: deps.clock.now() + FLOW_LIFE_MS, outcome}
  })
}

/**
 * Waits until another process, the daemon, has ended a flow.
 * @throws what ended it there; BehalfError `interrupted`, or `login-failed` when it was taken and no outcome came.
 */
export async function awaitFlowEnd(deps: Deps, id: string, signal: AbortSignal): Promise<LoginResult> {
  for (let lostMs = 0; lostMs < OUTCOME_WITHIN_MS;) {
    const flow = await deps.store.flows.get(id)
    if (flow?.outcome) {
      await deps.store.flows.remove(id)
      return readOutcome(deps, flow.outcome)
    }
    lostMs = flow !== undefined && awaitsCallback(flow) ? 0 : lostMs + LOOK_EVERY_MS
    await pause(deps, LOOK_EVERY_MS, signal)
  }
  throw new BehalfError('login-failed', 'The daemon took the callback and did not say how the login ended.', {
    hint: 'behalf status',
  })
}

/** @throws BehalfError `interrupted` when the signal aborts. */
export async function pause(deps: Pick<Deps, 'clock'>, ms: number, signal: AbortSignal): Promise<void> {
  try {
    await deps.clock.sleep(ms, signal)
  } catch (error) {
    throw new BehalfError('interrupted', 'The login was given up.', {cause: error})
  }
}

/** How a flow ended that has. */
export async function readEnd(deps: Deps, flow: Flow): Promise<FlowEnd> {
  try {
    if (flow.outcome) return {kind: 'done', flow, result: await readOutcome(deps, flow.outcome)}
  } catch (error) {
    return {kind: 'failed', flow, error}
  }
  throw new BehalfError('internal', 'A flow that goes on was to say how it ended')
}

async function readOutcome(deps: Deps, outcome: FlowOutcome): Promise<LoginResult> {
  if (outcome.kind === 'failed') {
    const {code, message, hint} = outcome
    throw new BehalfError(code, message, hint === undefined ? {} : {hint})
  }
  const {account: key, created, missingScopes, cannotRefresh} = outcome
  const account = await deps.store.accounts.get(key)
  if (account === undefined) {
    throw new BehalfError('account-not-found', 'The account was logged in, and has been removed since.', {
      hint: 'behalf status',
    })
  }
  const provider = await loadProvider(deps, account.provider)
  return {account: describeAccount(account, provider, deps.clock.now()), created, missingScopes, cannotRefresh}
}

function describeFailure(error: unknown): FlowOutcome {
  if (!(error instanceof BehalfError)) {
    return {kind: 'failed', code: 'internal', message: 'Something went wrong inside the daemon. Its log says more.'}
  }
  const {code, message, hint} = error
  return {kind: 'failed', code, message, ...(hint !== undefined && {hint})}
}
