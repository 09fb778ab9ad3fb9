import type {Provider} from '../model/provider.js'
import {isConfidential, needsClient} from '../model/provider.js'
import {Secret} from '../model/secret.js'
import {dialectOf} from './dialects/dialect-of.js'
import {findAnyEndpoint} from './endpoint-url.js'
import {openLibrary, sendBuilt} from './oauth-library.js'
import type {ClientVerdict, Exchange} from './provider-client.js'
import {quoteProviderText} from './quote-provider-text.js'
import {describeUnavailability} from './require-answer.js'
import {revokeToken} from './revocation.js'
import {sendRefresh} from './send-refresh.js'
import {readTokenAnswer} from './token-answer.js'
import type {TokenGrantDeps} from './token-grant.js'

/**
 * Asks whether the provider takes this client, with no person and no grant in it: by client credentials
 * (RFC 6749 4.4), or without a secret by beginning a device login (RFC 8628 3.1) that nobody goes on with.
 */
export async function checkClient(deps: TokenGrantDeps, provider: Provider): Promise<ClientVerdict> {
  // Others have no question that a client could ask without a person.
  const asks = provider.credentialKinds.includes('oauth2')
  if (asks && isConfidential(provider)) return judgeClient(deps, provider, await requestAppToken(deps, provider))
  if (asks && provider.deviceUrl !== undefined) {
    const verdict = await judgeClient(deps, provider, await requestDeviceCode(deps, provider))
    if (verdict.kind !== 'accepted' || !dialectOf(provider).demandsSecretAtRefresh) return verdict
    return (await findMissingSecret(deps, provider)) ?? verdict
  }
  const verdict = await findEndpoint(deps, provider)
  if (verdict.kind === 'unavailable') return verdict
  return {...verdict, reason: needsClient(provider) ? 'it is seen when someone logs in' : 'it knows no clients'}
}

async function requestAppToken(deps: TokenGrantDeps, provider: Provider): Promise<Exchange> {
  const {oauth, server, client, authenticate} = await openLibrary(provider, deps.clock)
  return sendBuilt({oauth, exchange: deps.exchange, provider}, (options) =>
    oauth.clientCredentialsGrantRequest(server, client, authenticate, {}, options),
  )
}

async function requestDeviceCode(deps: TokenGrantDeps, provider: Provider): Promise<Exchange> {
  const {oauth, server, client} = await openLibrary(provider, deps.clock)
  const scopes = (provider.scopes.owner ?? []).join(provider.scopeSeparator)
  const parameters = {[dialectOf(provider).device.scopeParameter]: scopes}
  return sendBuilt({oauth, exchange: deps.exchange, provider}, (options) =>
    oauth.deviceAuthorizationRequest(server, client, oauth.None(), parameters, options),
  )
}

/** Asks with a refresh token that is none: the type of the client is seen before it is, or nothing is learnt. */
async function findMissingSecret(deps: TokenGrantDeps, provider: Provider): Promise<ClientVerdict | undefined> {
  const outcome = await sendRefresh(deps, provider, new Secret('none'), () => Promise.resolve(true))
  const verdict = await judgeClient(deps, provider, outcome)
  return verdict.kind === 'refused' && verdict.fault === 'secret-missing' ? verdict : undefined
}

/** Whatever a GET is answered, somebody is there. */
async function findEndpoint(
  deps: TokenGrantDeps,
  provider: Provider,
): Promise<Extract<ClientVerdict, {kind: 'unavailable' | 'unsupported'}>> {
  const outcome = await deps.exchange({
    method: 'GET',
    url: findAnyEndpoint(provider),
    headers: {accept: 'application/json'},
  })
  const reason = describeUnavailability(outcome)
  if (reason !== undefined) return {kind: 'unavailable', reason}
  return {kind: 'unsupported', reason: 'nothing to ask', ...clockOffset(outcome)}
}

async function judgeClient(deps: TokenGrantDeps, provider: Provider, outcome: Exchange): Promise<ClientVerdict> {
  const unavailable = describeUnavailability(outcome)
  if (unavailable !== undefined || outcome.kind !== 'reply')
    return {kind: 'unavailable', reason: unavailable ?? 'did not answer'}
  const offset = clockOffset(outcome)
  const answer = readTokenAnswer(provider, outcome.reply)
  if (answer === undefined) {
    const {status} = outcome.reply
    return {kind: 'unsupported', reason: `it answered with status ${String(status)} and no JSON`, ...offset}
  }
  const {error, error_description: description, access_token: token} = answer.body
  if (answer.status === 200) {
    if (typeof token === 'string') await discardToken(deps, provider, new Secret(token))
    return {kind: 'accepted', ...offset}
  }
  const [own = `status ${String(answer.status)}`] = [description, error].filter((text) => typeof text === 'string')
  const words = quoteProviderText(own, [provider.clientSecret])
  if (error !== 'invalid_client') return {kind: 'unsupported', reason: `it answered “${words}”`, ...offset}
  const fault = dialectOf(provider).faultOfClient(own.trim().toLowerCase()) ?? 'client'
  return {kind: 'refused', fault, reason: words, ...offset}
}

/** A token that proved the client has done its work. Where revoking it fails it ends by itself. */
async function discardToken(deps: TokenGrantDeps, provider: Provider, token: Secret): Promise<void> {
  if (provider.revokeEnds === 'token' && provider.revokeUrl !== undefined) {
    await revokeToken(deps, provider, token, 'access_token')
  }
}

/** How far this machine's clock is ahead of the provider's (RFC 9110 6.6.1), where that says its time. */
function clockOffset(outcome: Exchange): {clockAheadMs?: number} {
  const date = outcome.kind === 'reply' ? Date.parse(outcome.reply.headers.date ?? '') : NaN
  return outcome.kind === 'reply' && !Number.isNaN(date) ? {clockAheadMs: outcome.reply.sentAt - date} : {}
}
