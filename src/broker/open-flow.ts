import {BehalfError} from '../model/behalf-error.js'
import {FLOW_LIFE_MS, type Flow} from '../model/flow.js'
import type {Provider} from '../model/provider.js'
import {Secret} from '../model/secret.js'
import type {BrokerDeps} from './broker-deps.js'
import type {LoginPurpose} from './complete-login.js'
import {callbackUrlOf} from './load-provider.js'

type Deps = Pick<BrokerDeps, 'store' | 'providerClient' | 'clock' | 'random' | 'providers'>

/** What a flow has beyond what it is for. */
export type FlowParts = Pick<Flow, 'startedBy' | 'startPage' | 'confirm' | 'returnTo'>

/** Makes a flow; it is not stored yet. @throws BehalfError `configuration` where the provider has no authorization page. */
export function makeFlow(deps: Deps, purpose: LoginPurpose, parts: FlowParts = {}): Flow {
  const {provider, role, scopes, subject, expect} = purpose
  if (provider.authorizeUrl === undefined) {
    throw new BehalfError('configuration', `The provider ${provider.name} has no authorization page.`, {
      hint: provider.deviceUrl === undefined ? `behalf provider show ${provider.name}` : 'Log in with --device.',
    })
  }
  const now = deps.clock.now()
  return {
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
    ...parts,
  }
}

/** Where the person authorizes; the same each time. @throws what the provider's settings make impossible. */
export async function buildProviderUrl(deps: Deps, flow: Flow, provider: Provider): Promise<string> {
  // `force_verify` and its like: a browser silently answers with the owner otherwise.
  const forceConsent = flow.role !== 'owner' || flow.replaceOwner === true
  return deps.providerClient.authorizationUrl(provider, {...flow, forceConsent})
}
