import type * as OauthLibrary from 'oauth4webapi'

import {BehalfError} from '../model/behalf-error.js'
import {isConfidential, type Provider} from '../model/provider.js'
import {SECOND_MS, type Clock} from '../model/time.js'
import {parseEndpointUrl, requireTokenUrl} from './endpoint-url.js'
import type {BeforeWrite, HttpExchange, HttpRequest} from './http-exchange.js'
import type {JsonAnswer} from './json-answer.js'
import type {Exchange} from './provider-client.js'

type Library = typeof OauthLibrary

/** Loaded when it is first needed: a command that asks no provider anything starts faster without. */
export const loadLibrary = async (): Promise<Library> => import('oauth4webapi')

/** A provider in the library's terms. */
export interface LibraryView {
  oauth: Library
  server: OauthLibrary.AuthorizationServer
  client: OauthLibrary.Client
  authenticate: OauthLibrary.ClientAuth
}

/** Signatures that only the provider can make. */
const ID_TOKEN_ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA']
const CLOCK_TOLERANCE_S = 30

/** @throws BehalfError `configuration` when an endpoint's URL is not fit for secrets. */
export async function openLibrary(provider: Provider, clock: Clock): Promise<LibraryView> {
  const oauth = await loadLibrary()
  const tokenUrl = requireTokenUrl(provider)
  const endpoints = [tokenUrl, provider.deviceUrl, provider.revokeUrl, provider.jwksUrl]
  for (const url of endpoints) if (url !== undefined) parseEndpointUrl(url, `An endpoint of ${provider.name}`)
  const server: OauthLibrary.AuthorizationServer = {
    issuer: provider.issuer ?? new URL(tokenUrl).origin,
    token_endpoint: tokenUrl,
    id_token_signing_alg_values_supported: ID_TOKEN_ALGORITHMS,
    ...(provider.deviceUrl && {device_authorization_endpoint: provider.deviceUrl}),
    ...(provider.revokeUrl && {revocation_endpoint: provider.revokeUrl}),
    ...(provider.jwksUrl && {jwks_uri: provider.jwksUrl}),
  }
  const client: OauthLibrary.Client = {
    client_id: provider.clientId,
    [oauth.clockSkew]: Math.round((clock.now() - Date.now()) / SECOND_MS),
    [oauth.clockTolerance]: CLOCK_TOLERANCE_S,
  }
  return {oauth, server, client, authenticate: chooseClientAuth(oauth, provider)}
}

function chooseClientAuth(oauth: Library, provider: Provider): OauthLibrary.ClientAuth {
  const secret = provider.clientSecret
  if (!isConfidential(provider) || secret === undefined || provider.authMethod === 'none') return oauth.None()
  if (provider.authMethod === 'post') return oauth.ClientSecretPost(secret.reveal())
  // The library's own also encodes `-` and `_`, which providers that do not decode (RFC 6749 2.3.1) take for wrong.
  const credentials = `${encodeURIComponent(provider.clientId)}:${encodeURIComponent(secret.reveal())}`
  return (_server, _client, _body, headers) => {
    headers.set('authorization', `Basic ${btoa(credentials)}`)
  }
}

/** Makes the library hand over what it built. */
// eslint-disable-next-line @typescript-eslint/no-deprecated -- see `sendBuilt`
export type LibraryOptions = Pick<OauthLibrary.HttpRequestOptions<never>, typeof OauthLibrary.allowInsecureRequests> &
  Record<
    typeof OauthLibrary.customFetch,
    (url: string, built: Pick<HttpRequest, 'method' | 'headers'> & {body?: unknown}) => Promise<Response>
  >

/** Lets the library build a request and sends it through the exchange. What comes back is not judged here. */
export async function sendBuilt(
  {oauth, exchange, provider}: {oauth: Library; exchange: HttpExchange; provider?: Provider},
  build: (options: LibraryOptions) => Promise<unknown>,
  beforeWrite?: BeforeWrite,
): Promise<Exchange> {
  let outcome: Exchange | undefined
  await build({
    // Whether a URL may be used without TLS is decided by `parseEndpointUrl`.
    // eslint-disable-next-line @typescript-eslint/no-deprecated
    [oauth.allowInsecureRequests]: true,
    async [oauth.customFetch](url, {method, headers, body}) {
      const request: HttpRequest = {
        method,
        url,
        headers: {...provider?.requestHeaders, ...withPlainContentType(headers)},
      }
      outcome = await exchange(
        body instanceof URLSearchParams ? withBody(request, body, provider) : request,
        beforeWrite,
      )
      return new Response()
    },
  })
  if (outcome === undefined) throw new BehalfError('internal', 'No request was built.')
  return outcome
}

function withBody(request: HttpRequest, form: URLSearchParams, provider: Provider | undefined): HttpRequest {
  if (provider?.tokenBody !== 'json') return {...request, body: form.toString()}
  const headers = {...request.headers, 'content-type': 'application/json'}
  return {...request, headers, body: JSON.stringify(Object.fromEntries(form))}
}

/** Some servers compare the media type as a string, and it has no parameters to begin with. */
function withPlainContentType(headers: Record<string, string>): Record<string, string> {
  const contentType = headers['content-type']
  return contentType === undefined ? headers : {...headers, 'content-type': contentType.replace(/;.*/, '')}
}

/** What the library reads. Its statuses are those that a `Response` can have. */
export function toResponse({status, body}: JsonAnswer): Response {
  return new Response(JSON.stringify(body), {status, headers: {'content-type': 'application/json'}})
}
