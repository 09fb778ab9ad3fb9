import {createHash, timingSafeEqual} from 'node:crypto'

import {BehalfError} from '../model/behalf-error.js'
import type {Provider} from '../model/provider.js'
import {describeRefusal} from './describe-refusal.js'
import type {LibraryView} from './oauth-library.js'
import type {AuthorizationRequest} from './provider-client.js'

/**
 * Checks what came back from the authorization page (RFC 6749 4.1.2 and 10.12, RFC 9207) and returns it in the form
 * in which the library takes it for checked.
 * @throws BehalfError `login-failed`, `provider-misconfigured` or `unavailable`, as the callback says.
 */
export function checkCallback(
  {oauth, server, client}: LibraryView,
  provider: Provider,
  callback: URLSearchParams,
  request: AuthorizationRequest,
): URLSearchParams {
  const again = 'Log in again.'
  const refuse = (why: string): BehalfError =>
    new BehalfError('login-failed', `The answer of ${provider.name} was refused: ${why}.`, {hint: again})
  for (const name of new Set(callback.keys())) {
    if (callback.getAll(name).length > 1) throw refuse('it names a parameter twice')
  }
  if (!equalsInConstantTime(callback.get('state') ?? '', request.state.reveal())) {
    throw refuse('it does not belong to this login (its state is another)')
  }
  const iss = callback.get('iss')
  if (iss === null && provider.issInCallback) throw refuse('it does not say which issuer sent it')
  if (iss !== null && provider.issuer !== undefined && iss !== provider.issuer) throw refuse('another issuer sent it')
  const error = callback.get('error')
  if (error !== null) {
    const description = callback.get('error_description') ?? undefined
    throw describeRefusal({provider, error, description, redirectUri: request.redirectUri, sent: [request.state]})
  }
  if (!callback.get('code')) throw refuse('it holds no code')
  const code = new URLSearchParams({code: callback.get('code') ?? ''})
  return oauth.validateAuthResponse(server, client, code, oauth.skipStateCheck)
}

/** Digests have one length, so that not even the length of the secret shows in the time this takes. */
function equalsInConstantTime(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(a), digest(b))
}
