import {BehalfError} from '../model/behalf-error.js'
import {FLOW_LIFE_MS, type Flow, type RequestToken} from '../model/flow.js'
import type {Provider} from '../model/provider.js'
import {Secret} from '../model/secret.js'
import type {BrokerDeps} from './broker-deps.js'
import type {LoginPurpose} from './check-person.js'
import {homeOf, requireHome} from './flow-home.js'
import {callbackWithState} from './flow-state.js'
import {callbackUrlOf} from './load-provider.js'

type Deps = Pick<BrokerDeps, 'store' | 'providerClient' | 'clock' | 'random' | 'providers'>

/** What a flow has beyond what it is for. */
export type FlowParts = Pick<Flow, 'startedBy' | 'startPage' | 'confirm' | 'returnTo' | 'pin' | 'device'>

/** Makes a flow; it is not stored yet. @throws BehalfError `configuration` where the provider has no authorization page. */
export function makeFlow(deps: Deps, purpose: LoginPurpose, parts: FlowParts = {}): Flow {
  const {provider, role, scopes, subject, expect} = purpose
  if (provider.authorizeUrl === undefined && !parts.device) {
    throw new BehalfError('configuration', `The provider ${provider.name} has no authorization page.`, {
      hint: provider.deviceUrl === undefined ? `behalf provider show ${provider.name}` : 'Log in with --device.',
    })
  }
  const now = deps.clock.now()
  return {
    id: deps.random.token(12),
    state: new Secret(deps.random.token(24)),
    provider: provider.name,
    home: homeOf(provider),
    role,
    scopes,
    redirectUri: callbackUrlOf(deps, provider),
    createdAt: now,
    expiresAt: now + FLOW_LIFE_MS,
    ...(subject !== undefined && {subject}),
    ...(expect !== undefined && {expect}),
    ...(purpose.replaceOwner && {replaceOwner: true}),
    ...(!speaksOAuth1(provider) && makeOAuth2Secrets(deps, purpose)),
    ...parts,
  }
}

const makeOAuth2Secrets = ({random}: Deps, {provider, scopes}: LoginPurpose): Partial<Flow> => ({
  ...(provider.pkce && {codeVerifier: new Secret(random.token(48))}),
  ...(scopes.includes('openid') && {nonce: new Secret(random.token(24))}),
})

/** Whether logins at a provider speak OAuth 1.0a; of a provider that takes both, they do not. */
export const speaksOAuth1 = ({credentialKinds}: Provider): boolean =>
  credentialKinds.includes('oauth1') && !credentialKinds.includes('oauth2')

/** A provider's authorization page, for one flow. */
export interface ProviderPage {
  url: string
  /** What belongs to this page; the flow has to keep it. */
  requestToken?: RequestToken
}

/** Where the person authorizes. @throws BehalfError `login-failed` when the provider has moved, and what the provider's settings make impossible; for OAuth 1.0a it is asked. */
export async function openProviderPage(deps: Deps, flow: Flow, provider: Provider): Promise<ProviderPage> {
  requireHome(flow, provider)
  // `force_verify` and its like: a browser silently answers with the owner otherwise.
  const forceConsent = flow.role !== 'owner' || flow.replaceOwner === true
  if (!speaksOAuth1(provider)) {
    return {url: await deps.providerClient.authorizationUrl(provider, {...flow, forceConsent})}
  }
  const {requestToken, requestTokenSecret, authorizationUrl} = await deps.providerClient.beginOAuth1(
    provider,
    flow.pin ? 'oob' : callbackWithState(flow),
    {forceConsent},
  )
  return {url: authorizationUrl, requestToken: {token: requestToken, secret: requestTokenSecret}}
}
