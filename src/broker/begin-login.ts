import type {Account} from '../model/account.js'
import {findAccount} from '../model/account-name.js'
import {BehalfError} from '../model/behalf-error.js'
import type {Flow} from '../model/flow.js'
import {isConfidential, type Provider, type Role} from '../model/provider.js'
import {unionScopes} from '../model/scopes.js'
import {Secret} from '../model/secret.js'
import {MINUTE_MS, SECOND_MS, type EpochMs} from '../model/time.js'
import type {DeviceAuthorization} from '../providers/provider-client.js'
import type {BrokerDeps} from './broker-deps.js'
import {completeLogin, type LoginPurpose, type LoginResult} from './complete-login.js'
import {checkScopes} from './check-scopes.js'
import {awaitFlowEnd, pause, redeemFlow, takeFlow} from './end-flow.js'
import {callbackUrlOf, chooseProvider} from './load-provider.js'

/** What a login is to be. */
export interface LoginInput {
  /** Default: the only provider there is, else `twitch`. */
  provider?: string
  role: Role
  subject?: string
  /** Beyond the role's default scopes and what the account had. */
  scopes: string[]
  /** Do not ask for what the account had. */
  resetScopes?: boolean
  /**
   * `browser`: loopback callback; `paste`: the same URL, the person brings the callback back by hand.
   * A Twitch client without a secret has the device flow only.
   */
  method: 'browser' | 'device' | 'paste'
  /** Login or id that must come back. */
  expect?: string
  /** The owner may become someone else. */
  replaceOwner?: boolean
}

/** An authorization that waits for a person. */
export type PendingLogin =
  | {
      kind: 'redirect'
      provider: string
      authorizationUrl: string
      redirectUri: string
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

/** How long a flow waits for its person (design 9). */
const FLOW_LIFE_MS = 10 * MINUTE_MS
/** RFC 8628 3.5: what `slow_down` adds to the interval. */
const SLOW_DOWN_MS = 5 * SECOND_MS

/**
 * Starts the authorization of an owner, a bot or a user.
 * @throws BehalfError `unknown-scope`, `provider-not-found`, `configuration`, and what the provider answers.
 */
export async function beginLogin(deps: Deps, input: LoginInput): Promise<PendingLogin> {
  const provider = await chooseProvider(deps, input.provider)
  checkScopes(deps, provider, input.scopes)
  const scopes = unionScopes(
    provider.scopes[input.role] ?? [],
    input.scopes,
    input.resetScopes ? [] : await findEarlierScopes(deps, provider, input),
  )
  const purpose: LoginPurpose = {
    provider,
    role: input.role,
    scopes,
    replaceOwner: input.replaceOwner ?? false,
    ...(input.subject !== undefined && {subject: input.subject}),
    ...(input.expect !== undefined && {expect: input.expect}),
  }
  // Twitch refuses the code flow of a public client only after the person has consented.
  const deviceOnly = provider.dialect === 'twitch' && !isConfidential(provider)
  return input.method === 'device' || deviceOnly ? beginDevice(deps, purpose) : beginRedirect(deps, purpose)
}

/** A login asks for the union with what the account had. */
async function findEarlierScopes(deps: Deps, provider: Provider, input: LoginInput): Promise<string[]> {
  const accounts = (await deps.store.accounts.list()).filter(
    (account) => account.provider === provider.name && account.role === input.role,
  )
  const credential = findEarlier(accounts, provider, input)?.credential
  return credential?.kind === 'oauth2' ? credential.scopes : []
}

function findEarlier(accounts: Account[], provider: Provider, input: LoginInput): Account | undefined {
  if (input.role === 'owner') return accounts[0]
  if (input.role === 'user') return accounts.find((account) => account.subject === input.subject)
  if (input.expect === undefined) return undefined
  try {
    return findAccount(accounts, `${provider.name}/${input.expect}`)
  } catch {
    return undefined
  }
}

async function beginRedirect(deps: Deps, purpose: LoginPurpose): Promise<PendingLogin> {
  const {provider, role, scopes, subject, expect} = purpose
  if (provider.authorizeUrl === undefined) {
    throw new BehalfError('configuration', `The provider ${provider.name} has no authorization page.`, {
      hint: provider.deviceUrl === undefined ? `behalf provider show ${provider.name}` : 'Log in with --device.',
    })
  }
  const now = deps.clock.now()
  const flow: Flow = {
    id: deps.random.token(12),
    state: new Secret(deps.random.token(24)),
    provider: provider.name,
    role,
    scopes,
    redirectUri: callbackUrlOf(deps, provider),
    createdAt: now,
    expiresAt: now + FLOW_LIFE_MS,
    ...(subject !== undefined && {subject}),
    ...(expect !== undefined && {expect}),
    ...(purpose.replaceOwner && {replaceOwner: true}),
    ...(provider.pkce && {codeVerifier: new Secret(deps.random.token(48))}),
    ...(scopes.includes('openid') && {nonce: new Secret(deps.random.token(24))}),
  }
  // `force_verify` and its like: a browser silently answers with the owner otherwise.
  const forceConsent = role !== 'owner' || purpose.replaceOwner
  const authorizationUrl = await deps.providerClient.authorizationUrl(provider, {...flow, forceConsent})
  await deps.store.flows.put(flow)
  return {
    kind: 'redirect',
    provider: provider.name,
    authorizationUrl,
    redirectUri: flow.redirectUri,
    expiresAt: flow.expiresAt,
    finish: async (callback) => redeemFlow(deps, await takeFlow(deps, callback, flow.id), provider, callback),
    awaitEnd: (signal) => awaitFlowEnd(deps, flow.id, signal),
    abandon: async () => {
      await deps.store.flows.remove(flow.id)
    },
  }
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
