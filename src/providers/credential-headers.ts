import {randomBytes} from 'node:crypto'

import {BehalfError} from '../model/behalf-error.js'
import type {CallCredential, OAuth1Credential} from '../model/credential.js'
import {DEFAULT_API_KEY_PLACE, type Provider} from '../model/provider.js'
import type {Secret} from '../model/secret.js'
import {SECOND_MS, type Clock} from '../model/time.js'
import {signRequest, type Freshness, type SignedRequest, type Signer} from './oauth1/sign-request.js'
import type {AuthorizedRequest} from './provider-client.js'

/**
 * The headers by which a request is made with a credential, names in lower case: RFC 6750 2.1 (and Twitch's client id),
 * RFC 5849 3.5.1, the service's own place for API keys, RFC 7617; and a one-time code.
 * @throws BehalfError `invalid-input` for a query or form that OAuth 1.0a cannot sign; `configuration`.
 */
export function credentialHeaders(
  {clock}: {clock: Clock},
  provider: Provider,
  credential: CallCredential,
  {oneTimeCode, ...request}: AuthorizedRequest,
): Record<string, string> {
  const {otpHeader} = provider
  const code = otpHeader !== undefined && oneTimeCode ? {[otpHeader.toLowerCase()]: oneTimeCode.reveal()} : {}
  return {...code, ...headersOf(provider, credential, request, clock)}
}

function headersOf(
  provider: Provider,
  credential: CallCredential,
  request: SignedRequest,
  clock: Clock,
): Record<string, string> {
  switch (credential.kind) {
    case 'oauth2':
      return {
        authorization: `Bearer ${credential.accessToken.reveal()}`,
        ...(provider.dialect === 'twitch' && {'client-id': provider.clientId}),
      }
    case 'oauth1':
      return {authorization: signRequest(signerOf(provider, credential), request, freshAt(clock))}
    case 'api-key': {
      const {header, prefix} = provider.apiKey ?? DEFAULT_API_KEY_PLACE
      const key = credential.key.reveal()
      return {[header.toLowerCase()]: prefix === undefined ? key : `${prefix} ${key}`}
    }
    case 'basic': {
      const pair = `${credential.username}:${credential.password.reveal()}`
      return {authorization: `Basic ${Buffer.from(pair, 'utf8').toString('base64')}`}
    }
  }
}

/** @throws BehalfError `configuration` for a client without a secret, which could sign nothing. */
export function signerOf(
  {name, clientId, clientSecret}: Provider,
  token?: Pick<OAuth1Credential, 'token' | 'tokenSecret'>,
): Signer & {clientSecret: Secret} {
  if (clientSecret === undefined) {
    throw new BehalfError('configuration', `${name} has no client secret, and OAuth 1.0a signs with it.`, {
      hint: `behalf provider update ${name} --client-secret-file -`,
    })
  }
  return {clientId, clientSecret, ...(token && {token: token.token, tokenSecret: token.tokenSecret})}
}

/** RFC 5849 3.3. */
export const freshAt = (clock: Clock): Freshness => ({
  nonce: randomBytes(16).toString('hex'),
  timestampSeconds: Math.floor(clock.now() / SECOND_MS),
})
