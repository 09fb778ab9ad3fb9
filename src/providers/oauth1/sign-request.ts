import {createHmac} from 'node:crypto'

import OAuth from 'oauth-1.0a'

import type {Secret} from '../../model/secret.js'
import {parseParameters} from './parse-parameters.js'

/** Who signs: the client, and the token of the one it acts for; without one for a request token (RFC 5849 2.1). */
export interface Signer {
  clientId: string
  clientSecret: Secret
  token?: Secret
  tokenSecret?: Secret
}

/** What is signed besides the protocol's own parameters. */
export interface SignedRequest {
  method: string
  /** As it is sent, with its query. */
  url: string
  /** A form body as it is sent. Other bodies are not signed (RFC 5849 3.4.1.3.1). */
  form?: string
}

export interface Freshness {
  nonce: string
  timestampSeconds: number
}

/**
 * The `Authorization` header of RFC 5849 3.5.1, signed with HMAC-SHA1 (3.4.2).
 * @param parameters more of the protocol's own, such as `oauth_callback`.
 * @throws BehalfError `invalid-input` for a query or form that cannot be signed.
 */
export function signRequest(
  signer: Signer,
  request: SignedRequest,
  {nonce, timestampSeconds}: Freshness,
  parameters: Record<string, string> = {},
): string {
  const own: OAuth.Data & Record<string, string | number> = {
    ...parameters,
    oauth_consumer_key: signer.clientId,
    ...(signer.token && {oauth_token: signer.token.reveal()}),
    oauth_nonce: nonce,
    oauth_signature_method: 'HMAC-SHA1',
    oauth_timestamp: timestampSeconds,
    oauth_version: '1.0',
  }
  const signed = {...own, oauth_signature: createSignature(signer, request, own)}
  return openLibrary(signer).toHeader(signed).Authorization
}

/** The signature over a request and the protocol's parameters. */
export function createSignature(
  signer: Signer,
  {method, url, form = ''}: SignedRequest,
  own: Omit<OAuth.Data, 'oauth_version'>,
): string {
  const {bareUrl, query} = splitUrl(url)
  // The library encodes a second time what it finds in a URL, and loses a name that is there and in the body.
  const data = collectValues([...parseParameters(query, 'query'), ...parseParameters(form, 'form')])
  const request = {method, url: bareUrl, data}
  // What it is handed it writes into.
  return openLibrary(signer).getSignature(request, signer.tokenSecret?.reveal(), {...own} as OAuth.Data)
}

function openLibrary({clientId, clientSecret}: Signer): OAuth {
  return new OAuth({
    consumer: {key: clientId, secret: clientSecret.reveal()},
    signature_method: 'HMAC-SHA1',
    hash_function: (text, key) => createHmac('sha1', key).update(text).digest('base64'),
  })
}

/** The base string URI of RFC 5849 3.4.1.2, and what is behind the question mark. The path stays as it is. */
function splitUrl(url: string): {bareUrl: string; query: string} {
  const {origin, pathname, search} = new URL(url)
  return {bareUrl: `${origin}${pathname}`, query: search.slice(1)}
}

/** All values of each name. */
function collectValues(pairs: readonly (readonly [string, string])[]): Record<string, string[]> {
  const values = new Map<string, string[]>()
  for (const [name, value] of pairs) values.set(name, [...(values.get(name) ?? []), value])
  return Object.fromEntries(values)
}
