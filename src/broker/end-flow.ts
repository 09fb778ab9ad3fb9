import {describeAccount} from '../model/account-status.js'
import {BehalfError} from '../model/behalf-error.js'
import type {Flow, FlowOutcome} from '../model/flow.js'
import type {Provider} from '../model/provider.js'
import {Secret} from '../model/secret.js'
import {MINUTE_MS} from '../model/time.js'
import type {BrokerDeps} from './broker-deps.js'
import {completeLogin, type LoginPurpose, type LoginResult} from './complete-login.js'
import {loadProvider} from './load-provider.js'

type Deps = Pick<BrokerDeps, 'store' | 'providerClient' | 'clock' | 'random' | 'providers'>

/** How often who waits looks for the outcome. */
const LOOK_EVERY_MS = 250
/** A flow that was taken is ended within this time, or whoever took it is gone: two exchanges at most (design 7, rule 1). */
const OUTCOME_WITHIN_MS = MINUTE_MS

/**
 * Ends the flow that a callback belongs to, whoever started it, and leaves the outcome to who waits for it.
 * @param callback The query that the provider sent the browser back with.
 * @throws BehalfError `login-failed` for a callback that belongs to none, and what completing a login throws.
 */
export async function endFlow(deps: Deps, callback: URLSearchParams): Promise<LoginResult> {
  const flow = await takeFlow(deps, callback)
  try {
    const provider = await loadProvider(deps, flow.provider)
    const result = await redeemFlow(deps, flow, provider, callback)
    const {account, created, missingScopes, cannotRefresh} = result
    // The account is stored; whoever waits may look for it as long as they like.
    await keepOutcome(deps, flow, {kind: 'done', account: account.key, created, missingScopes, cannotRefresh}).catch(
      () => undefined,
    )
    return result
  } catch (error) {
    await keepOutcome(deps, flow, describeFailure(error)).catch(() => undefined)
    throw error
  }
}

/**
 * Takes the flow that a callback belongs to; nobody else gets it any more.
 * @param id The one that waits, where only that one will do.
 * @throws BehalfError `login-failed`.
 */
export async function takeFlow(deps: Pick<Deps, 'store'>, callback: URLSearchParams, id?: string): Promise<Flow> {
  const flow = await deps.store.flows.take(new Secret(callback.get('state') ?? ''))
  if (flow !== undefined && [undefined, flow.id].includes(id)) return flow
  throw new BehalfError('login-failed', 'This callback does not belong to the login that waits for one.', {
    hint: 'It may be old, used already, or not yours. Start the login again.',
  })
}

/** Turns the callback of a flow that was taken into an account. @throws BehalfError `login-failed` and others. */
export async function redeemFlow(
  deps: Deps,
  flow: Flow,
  provider: Provider,
  callback: URLSearchParams,
): Promise<LoginResult> {
  if (deps.clock.now() >= flow.expiresAt) {
    throw new BehalfError('login-failed', 'This login has expired: it waits ten minutes.', {hint: 'Start it again.'})
  }
  const {role, scopes, subject, expect, replaceOwner = false} = flow
  const purpose: LoginPurpose = {
    provider,
    role,
    scopes,
    replaceOwner,
    ...(subject !== undefined && {subject}),
    ...(expect !== undefined && {expect}),
  }
  const grant = await deps.providerClient.exchangeCode(provider, callback, {...flow, forceConsent: false})
  return completeLogin(deps, purpose, grant)
}

/**
 * Waits until another process, the daemon, has ended a flow.
 * @throws what ended it there; BehalfError `interrupted`, or `login-failed` when it was taken and no outcome came.
 */
export async function awaitFlowEnd(deps: Deps, id: string, signal: AbortSignal): Promise<LoginResult> {
  for (let goneMs = 0; goneMs < OUTCOME_WITHIN_MS;) {
    const flow = await deps.store.flows.get(id)
    if (flow?.outcome) {
      await deps.store.flows.remove(id)
      return readOutcome(deps, flow.outcome)
    }
    goneMs = flow === undefined ? goneMs + LOOK_EVERY_MS : 0
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

/** What only the exchange needed is not kept. */
async function keepOutcome(deps: Deps, flow: Flow, outcome: FlowOutcome): Promise<void> {
  const {codeVerifier: _verifier, nonce: _nonce, ...rest} = flow
  await deps.store.flows.put({...rest, outcome})
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
