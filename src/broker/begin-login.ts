import {BehalfError} from '../model/behalf-error.js'
import type {Flow} from '../model/flow.js'
import {SECOND_MS, type EpochMs} from '../model/time.js'
import type {DeviceAuthorization} from '../providers/provider-client.js'
import type {BrokerDeps} from './broker-deps.js'
import type {LoginPurpose} from './check-person.js'
import {completeLogin, type LoginResult} from './complete-login.js'
import {needsDeviceFlow} from './device-flow.js'
import {awaitFlowEnd, pause} from './end-flow.js'
import {makeFlow, openProviderPage, speaksOAuth1} from './open-flow.js'
import {planLogin, type LoginWish} from './plan-login.js'
import {findFlow, redeemFlow, takeFlow} from './redeem-flow.js'

/** What a login is to be. */
export interface LoginInput extends LoginWish {
  /**
   * `browser`: loopback callback; `paste`: the same URL, the person brings the callback back by hand.
   * A Twitch client without a secret has the device flow only.
   */
  method: 'browser' | 'device' | 'paste'
}

/** An authorization that waits for a person. */
export type PendingLogin =
  | {
      kind: 'redirect'
      provider: string
      authorizationUrl: string
      redirectUri: string
      /** The provider shows a PIN, and sends nobody back: `oauth_verifier` in what `finish` gets. */
      pin?: boolean
      expiresAt: EpochMs
      /** Ends the flow with the callback's query, once. Nothing is stored when it throws. */
      finish(callback: URLSearchParams): Promise<LoginResult>
      /** Waits until the daemon has got the callback and ended the flow. Throws what it ended with there. */
      awaitEnd(signal: AbortSignal): Promise<LoginResult>
      /** Forgets the flow. */
      abandon(): Promise<void>
    }
  | {
      kind: 'device'
      provider: string
      userCode: string
      verificationUri: string
      verificationUriComplete?: string
      expiresAt: EpochMs
      /** Polls until the person has answered. Throws `login-failed` when declined or expired, `interrupted` on abort. */
      finish(signal: AbortSignal): Promise<LoginResult>
    }

type Deps = Pick<BrokerDeps, 'store' | 'providerClient' | 'clock' | 'random' | 'providers'>

/** RFC 8628 3.5: what `slow_down` adds to the interval. */
const SLOW_DOWN_MS = 5 * SECOND_MS

/**
 * Starts the authorization of an owner, a bot or a user.
 * @throws BehalfError `unknown-scope`, `provider-not-found`, `configuration`, and what the provider answers.
 */
export async function beginLogin(deps: Deps, input: LoginInput): Promise<PendingLogin> {
  const purpose = await planLogin(deps, input)
  const {provider} = purpose
  if (input.method === 'device' || needsDeviceFlow(provider)) return beginDevice(deps, purpose)
  return beginRedirect(deps, purpose, input.method === 'paste' && speaksOAuth1(provider))
}

async function beginRedirect(deps: Deps, purpose: LoginPurpose, pin: boolean): Promise<PendingLogin> {
  const {provider} = purpose
  const flow = makeFlow(deps, purpose, pin ? {pin} : {})
  const {url: authorizationUrl, ...page} = await openProviderPage(deps, flow, provider)
  await deps.store.flows.put({...flow, ...page})
  return {
    kind: 'redirect',
    provider: provider.name,
    authorizationUrl,
    redirectUri: flow.redirectUri,
    ...(pin && {pin}),
    expiresAt: flow.expiresAt,
    finish: async (callback) => finishRedirect(deps, purpose, flow.id, callback),
    awaitEnd: (signal) => awaitFlowEnd(deps, flow.id, signal),
    abandon: async () => {
      await deps.store.flows.remove(flow.id)
    },
  }
}

async function finishRedirect(
  deps: Deps,
  purpose: LoginPurpose,
  flowId: string,
  callback: URLSearchParams,
): Promise<LoginResult> {
  const found = callback.has('state') ? await findFlow(deps, callback, flowId) : await findPinFlow(deps, flowId)
  const flow = await takeFlow(deps, found)
  try {
    return await completeLogin(deps, purpose, await redeemFlow(deps, flow, purpose.provider, callback))
  } finally {
    // Nobody else waits for it. Where it stays, it expires.
    await deps.store.flows.remove(flow.id).catch(() => undefined)
  }
}

/** A PIN has no state with it: it was typed here. */
async function findPinFlow(deps: Deps, id: string): Promise<Flow> {
  const flow = await deps.store.flows.get(id)
  if (flow?.pin) return flow
  throw new BehalfError('login-failed', 'This login has ended already.', {hint: 'Start the login again.'})
}

async function beginDevice(deps: Deps, purpose: LoginPurpose): Promise<PendingLogin> {
  const {provider} = purpose
  if (provider.deviceUrl === undefined) {
    throw new BehalfError('configuration', `The provider ${provider.name} has no device flow.`, {
      hint: 'Log in without --device.',
    })
  }
  const device = await deps.providerClient.startDevice(provider, purpose.scopes)
  const {userCode, verificationUri, verificationUriComplete, expiresAt} = device
  return {
    kind: 'device',
    provider: provider.name,
    userCode,
    verificationUri,
    ...(verificationUriComplete !== undefined && {verificationUriComplete}),
    expiresAt,
    finish: (signal) => finishDevice(deps, purpose, device, signal),
  }
}

async function finishDevice(
  deps: Deps,
  purpose: LoginPurpose,
  device: DeviceAuthorization,
  signal: AbortSignal,
): Promise<LoginResult> {
  let {intervalMs} = device
  while (deps.clock.now() < device.expiresAt) {
    await pause(deps, intervalMs, signal)
    const poll = await deps.providerClient.pollDevice(purpose.provider, device, purpose.scopes)
    if (poll.kind === 'granted') return completeLogin(deps, purpose, poll.grant)
    if (poll.kind === 'denied') throw new BehalfError('login-failed', 'The person declined.', {hint: START_AGAIN})
    if (poll.kind === 'expired') break
    if (poll.kind === 'slow-down') intervalMs += SLOW_DOWN_MS
  }
  throw new BehalfError('login-failed', 'The code has expired, or was declined.', {hint: START_AGAIN})
}

const START_AGAIN = 'Start the login again.'
