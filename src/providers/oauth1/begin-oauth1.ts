import {BehalfError} from '../../model/behalf-error.js'
import type {Provider} from '../../model/provider.js'
import {Secret} from '../../model/secret.js'
import type {Clock} from '../../model/time.js'
import {freshAt, signerOf} from '../credential-headers.js'
import {parseEndpointUrl} from '../endpoint-url.js'
import type {HttpExchange} from '../http-exchange.js'
import type {OAuth1Beginning} from '../provider-client.js'
import {requireReply} from '../require-answer.js'
import {describeRefusedClient} from './describe-oauth1-refusal.js'
import {readFormAnswer, readText} from './read-form-answer.js'
import {signRequest} from './sign-request.js'

interface Deps {
  clock: Clock
  exchange: HttpExchange
}

/**
 * Temporary credentials (RFC 5849 2.1), and where the person authorizes them (2.2).
 * @param callbackUrl where the person is sent then; `oob`: they are shown a PIN.
 */
export async function beginOAuth1(
  {clock, exchange}: Deps,
  provider: Provider,
  callbackUrl: string,
  {forceConsent}: {forceConsent: boolean},
): Promise<OAuth1Beginning> {
  const {requestTokenUrl, authorizeUrl, name} = provider
  if (requestTokenUrl === undefined || authorizeUrl === undefined) throw lacksEndpoint(name)
  const request = {method: 'POST', url: requestTokenUrl} as const
  const authorization = signRequest(signerOf(provider), request, freshAt(clock), {oauth_callback: callbackUrl})
  const reply = requireReply(provider, await exchange({...request, headers: {authorization}, body: ''}))
  const {status, body} = readFormAnswer(reply)
  if (status !== 200) throw describeRefusedClient(provider, reply, callbackUrl)
  const [requestToken, secret] = [readText(body.oauth_token), readText(body.oauth_token_secret)]
  if (requestToken === undefined || secret === undefined) {
    throw new BehalfError('login-failed', `${name} answered with something that is no request token.`, {
      hint: `Check the URLs with \`behalf provider show ${name}\`.`,
    })
  }
  if (body.oauth_callback_confirmed !== 'true') {
    // Without it the person who is logged in afterwards need not be the one who authorized (session fixation).
    throw new BehalfError('login-failed', `${name} speaks OAuth 1.0 from before its revision A, which is not safe.`)
  }
  return {
    requestToken,
    requestTokenSecret: new Secret(secret),
    authorizationUrl: buildAuthorizationUrl(provider, authorizeUrl, requestToken, forceConsent),
  }
}

function buildAuthorizationUrl(provider: Provider, authorizeUrl: string, token: string, forceConsent: boolean): string {
  const url = parseEndpointUrl(authorizeUrl, `The authorization URL of ${provider.name}`)
  const parameters = {...provider.authorizeParams, ...(forceConsent && provider.consentParams), oauth_token: token}
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
  return url.href
}

const lacksEndpoint = (name: string): BehalfError =>
  new BehalfError('configuration', `${name} has no URL for request tokens, or none for their authorization.`, {
    hint: `behalf provider show ${name}`,
  })
