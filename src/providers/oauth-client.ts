import type {AddressGuard} from '../model/address-guard.js'
import type {OAuth1Credential} from '../model/credential.js'
import type {Provider} from '../model/provider.js'
import type {Clock} from '../model/time.js'
import {requestAppToken} from './app-token.js'
import {buildAuthorizationUrl, exchangeCode} from './authorization.js'
import {canReach} from './can-reach.js'
import {checkClient} from './check-client.js'
import {credentialHeaders} from './credential-headers.js'
import {pollDevice, startDevice} from './device.js'
import {createAddressGuard} from './create-address-guard.js'
import {discoverEndpoints} from './discovery.js'
import {createHttpExchange, DEFAULT_LIMITS, type ExchangeLimits} from './http-exchange.js'
import {identifyCredential} from './identify-credential.js'
import {identifyAccount} from './identity.js'
import {judgeRefresh} from './judge-refresh.js'
import {beginOAuth1} from './oauth1/begin-oauth1.js'
import {finishOAuth1} from './oauth1/finish-oauth1.js'
import type {ProviderClient} from './provider-client.js'
import {revokeToken} from './revocation.js'
import {CALL_IDLE_MS, sendCall} from './send-call.js'
import {sendRefresh} from './send-refresh.js'
import {validateToken} from './validation.js'

export interface ProviderClientOptions {
  clock: Clock
  /** Sent as `User-Agent`, with the version behind a slash. */
  userAgent?: string
  limits?: Partial<ExchangeLimits>
  /** For providers whose URLs were set over HTTP. Default: nothing but the internet. */
  guard?: AddressGuard
}

/** OAuth 2 over HTTP, for every dialect. It keeps nothing between two calls. */
export function createProviderClient({
  clock,
  userAgent = 'behalf',
  limits,
  guard = createAddressGuard({allowPrivate: false}),
}: ProviderClientOptions): ProviderClient {
  const allLimits = {...DEFAULT_LIMITS, ...limits}
  const trusting = {clock, exchange: createHttpExchange({clock, userAgent, limits: allLimits})}
  const guarded = {clock, exchange: createHttpExchange({clock, userAgent, limits: allLimits, guard})}
  const depsFor = ({addressesFrom}: Pick<Provider, 'addressesFrom'>) => (addressesFrom === 'http' ? guarded : trusting)
  return {
    authorizationUrl: buildAuthorizationUrl,
    exchangeCode: (provider, callback, request) => exchangeCode(depsFor(provider), provider, callback, request),
    startDevice: (provider, scopes) => startDevice(depsFor(provider), provider, scopes),
    pollDevice: (provider, device, scopes) => pollDevice(depsFor(provider), provider, device, scopes),
    sendRefresh: (provider, refreshToken, beforeWrite) =>
      sendRefresh(depsFor(provider), provider, refreshToken, beforeWrite),
    judgeRefresh: (provider, reply) => judgeRefresh(depsFor(provider), provider, reply),
    revoke: (provider, token, kind) => revokeToken(depsFor(provider), provider, token, kind),
    validate: (provider, accessToken) => validateToken(depsFor(provider), provider, accessToken),
    identify: (provider, grant) => identifyAccount(depsFor(provider), provider, grant),
    identifyCredential: (provider, credential) => identifyCredential(depsFor(provider), provider, credential),
    beginOAuth1: (provider, callbackUrl, options = {forceConsent: false}) =>
      beginOAuth1(depsFor(provider), provider, callbackUrl, options),
    finishOAuth1(provider, authorization) {
      const deps = depsFor(provider)
      const identify = (credential: OAuth1Credential) => identifyCredential(deps, provider, credential)
      return finishOAuth1({...deps, identify}, provider, authorization)
    },
    // eslint-disable-next-line @typescript-eslint/require-await -- what cannot be signed is a rejection
    credentialHeaders: async (provider, credential, request) =>
      credentialHeaders({clock}, provider, credential, request),
    sendCall(provider, credential, request) {
      const callLimits = {connectMs: allLimits.connectMs, idleMs: CALL_IDLE_MS}
      const callGuard = provider.addressesFrom === 'http' ? guard : undefined
      return sendCall({clock, limits: callLimits, guard: callGuard}, provider, credential, request)
    },
    requestAppToken: (provider) => requestAppToken(depsFor(provider), provider),
    checkClient: (provider) => checkClient(depsFor(provider), provider),
    canReach: (provider) =>
      canReach(provider, allLimits.connectMs, provider.addressesFrom === 'http' ? guard : undefined),
    discover: (issuer, options = {}) => discoverEndpoints(depsFor(options).exchange, issuer),
  }
}
