import {BehalfError} from '../model/behalf-error.js'
import {awaitsCallback, type Flow} from '../model/flow.js'
import type {Provider} from '../model/provider.js'
import {Secret} from '../model/secret.js'
import type {BrokerDeps} from './broker-deps.js'
import type {LoginPurpose} from './check-person.js'
import type {Granted} from './complete-login.js'
import {requireHome} from './flow-home.js'
import {requireStarter} from './flow-starter.js'

type Deps = Pick<BrokerDeps, 'store' | 'providerClient' | 'clock'>

/** Longer than any code that is known, and shorter than what a page could be filled with. */
const MAX_PARAMETER_LENGTH = 8192

/**
 * Checks what every callback must be, whatever flow it belongs to.
 * @throws BehalfError `login-failed`. No flow is ended by it.
 */
export function checkCallbackShape(callback: URLSearchParams): void {
  for (const [name, value] of callback) {
    if (callback.getAll(name).length > 1) throw malformed('it names a parameter twice')
    if (name.length + value.length > MAX_PARAMETER_LENGTH) throw malformed('a parameter in it is too long')
  }
}

/** Whether a provider has answered: with a code, a verifier (RFC 5849 2.2), or a refusal of either protocol. */
export const isAnswer = (callback: URLSearchParams): boolean =>
  ['code', 'error', 'oauth_verifier', 'denied'].some((name) => callback.has(name))

/** @throws BehalfError `login-failed` when no flow has the callback's state, or it is not the one that waits. */
export async function findFlow(deps: Pick<Deps, 'store'>, callback: URLSearchParams, id?: string): Promise<Flow> {
  const flow = await deps.store.flows.find(new Secret(callback.get('state') ?? ''))
  if (flow !== undefined && [undefined, flow.id].includes(id)) return flow
  throw new BehalfError('login-failed', 'This callback does not belong to the login that waits for one.', {
    hint: 'It may be old, used already, or not yours. Start the login again.',
  })
}

/**
 * Takes a flow, so that its state and code serve nobody else.
 * @param browser What the cookie must still be that the callback came with.
 * @throws BehalfError `login-failed` when it has expired, was taken before, or its starter may not start it any more.
 */
export async function takeFlow(deps: Pick<Deps, 'store' | 'clock'>, flow: Flow, browser?: string): Promise<Flow> {
  checkNotExpired(deps, flow)
  await requireStarter(deps, flow)
  const takenAt = deps.clock.now()
  const taken = await deps.store.flows.update(flow.id, (current) =>
    awaitsCallback(current) && current.browser === (browser ?? current.browser) ? {...current, takenAt} : undefined,
  )
  if (taken) return taken
  throw new BehalfError('login-failed', 'This login has ended already: its link and its callback serve once.', {
    hint: 'Start the login again.',
  })
}

/** @throws BehalfError `login-failed`. */
export function checkNotExpired(deps: Pick<Deps, 'clock'>, {expiresAt}: Flow): void {
  if (deps.clock.now() < expiresAt) return
  throw new BehalfError('login-failed', 'This login has expired: it waits ten minutes.', {hint: 'Start it again.'})
}

/** Turns the callback of a flow that was taken into tokens. @throws BehalfError `login-failed` and others. */
export async function redeemFlow(
  deps: Deps,
  flow: Flow,
  provider: Provider,
  callback: URLSearchParams,
): Promise<Granted> {
  requireHome(flow, provider)
  const {requestToken} = flow
  if (requestToken === undefined) {
    return deps.providerClient.exchangeCode(provider, callback, {...flow, forceConsent: false})
  }
  if (callback.has('denied')) {
    throw new BehalfError('login-failed', `The person declined: ${provider.name} was not allowed to give access.`)
  }
  // RFC 5849 2.2 names it in the callback; who types a PIN does not.
  if ((callback.get('oauth_token') ?? requestToken.token) !== requestToken.token) {
    throw new BehalfError('login-failed', 'This callback belongs to another login.', {hint: 'Start the login again.'})
  }
  return deps.providerClient.finishOAuth1(provider, {
    requestToken: requestToken.token,
    requestTokenSecret: requestToken.secret,
    verifier: callback.get('oauth_verifier') ?? '',
  })
}

/** What a flow is for, as it was fixed when it began. */
export function purposeOf(flow: Flow, provider: Provider): LoginPurpose {
  const {role, scopes, subject, expect, replaceOwner = false} = flow
  return {
    provider,
    role,
    scopes,
    replaceOwner,
    ...(subject !== undefined && {subject}),
    ...(expect !== undefined && {expect}),
  }
}

const malformed = (why: string): BehalfError =>
  new BehalfError('login-failed', `The callback was refused: ${why}.`, {hint: 'Start the login again.'})
