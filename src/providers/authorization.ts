import {BehalfError} from '../model/behalf-error.js'
import type {Provider} from '../model/provider.js'
import type {TokenGrant} from '../model/refresh.js'
import {Secret} from '../model/secret.js'
import {acceptTokenGrant} from './accept-token-grant.js'
import {checkCallback} from './check-callback.js'
import {describeRefusedAnswer} from './describe-refusal.js'
import {parseEndpointUrl} from './endpoint-url.js'
import {lengthenGrant} from './lengthen-grant.js'
import {loadLibrary, openLibrary, sendBuilt} from './oauth-library.js'
import type {AuthorizationRequest} from './provider-client.js'
import {requireAnswer} from './require-answer.js'
import {readTokenAnswer} from './token-answer.js'
import type {TokenGrantDeps} from './token-grant.js'

/** RFC 6749 4.1.1; PKCE (RFC 7636, S256) with a verifier, `nonce` where an ID token is asked for. */
export async function buildAuthorizationUrl(provider: Provider, request: AuthorizationRequest): Promise<string> {
  if (provider.authorizeUrl === undefined) {
    throw new BehalfError('configuration', `${provider.name} has no authorization URL.`, {
      hint: `Set it with --authorize-url, or log in with --device.`,
    })
  }
  const url = parseEndpointUrl(provider.authorizeUrl, `The authorization URL of ${provider.name}`)
  const parameters: Record<string, string> = {
    ...provider.authorizeParams,
    ...(request.forceConsent && provider.consentParams),
    response_type: 'code',
    client_id: provider.clientId,
    redirect_uri: request.redirectUri,
    state: request.state.reveal(),
  }
  if (request.scopes.length > 0) {
    parameters[provider.scopeParameter ?? 'scope'] = request.scopes.join(provider.scopeSeparator)
  }
  const nonce = nonceOf(request)
  if (nonce !== undefined) parameters.nonce = nonce.reveal()
  if (request.codeVerifier !== undefined) {
    const oauth = await loadLibrary()
    parameters.code_challenge = await oauth.calculatePKCECodeChallenge(request.codeVerifier.reveal())
    parameters.code_challenge_method = 'S256'
  }
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
  return url.href
}

/** Checks the callback, then exchanges its code (RFC 6749 4.1.3). */
export async function exchangeCode(
  deps: TokenGrantDeps,
  provider: Provider,
  callback: URLSearchParams,
  request: AuthorizationRequest,
): Promise<TokenGrant> {
  const view = await openLibrary(provider, deps.clock)
  const {oauth, server, client, authenticate} = view
  const checked = checkCallback(view, provider, callback, request)
  // Where PKCE is not to be used it was decided so in the provider's settings.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  const verifier = request.codeVerifier?.reveal() ?? oauth.nopkce
  const outcome = await sendBuilt({oauth, exchange: deps.exchange, provider}, (options) =>
    oauth.authorizationCodeGrantRequest(server, client, authenticate, checked, request.redirectUri, verifier, options),
  )
  const answer = requireAnswer(provider, outcome, (reply) => readTokenAnswer(provider, reply))
  if (answer.status !== 200) {
    const sent = [new Secret(checked.get('code') ?? ''), request.codeVerifier]
    throw describeRefusedAnswer(answer, {provider, redirectUri: request.redirectUri, sent})
  }
  const grant = await acceptTokenGrant(deps, provider, answer, nonceOf(request))
  return (await lengthenGrant(deps, provider, grant)) ?? grant
}

/** A nonce is answered in an ID token, and there is none without `openid`. */
const nonceOf = ({scopes, nonce}: AuthorizationRequest): Secret | undefined =>
  scopes.includes('openid') ? nonce : undefined
