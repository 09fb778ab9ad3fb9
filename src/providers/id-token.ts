import {z} from 'zod'

import {BehalfError} from '../model/behalf-error.js'
import type {Provider} from '../model/provider.js'
import {SECOND_MS} from '../model/time.js'
import type {HttpExchange} from './http-exchange.js'
import type {LibraryView} from './oauth-library.js'
import {requireAnswer} from './require-answer.js'

const keySet = z.object({keys: z.array(z.looseObject({kty: z.string()}))})

/**
 * Verifies the signature of the ID token in a processed token response with the provider's published keys
 * (OpenID Connect Core 3.1.3.7). Issuer, audience, times and nonce have been checked when it was processed.
 * @throws BehalfError `unavailable` or `login-failed` when the keys cannot be had; what the library throws when the signature is wrong.
 */
export async function verifyIdToken(
  exchange: HttpExchange,
  {oauth, server}: LibraryView,
  provider: Provider,
  response: Response,
): Promise<void> {
  const url = provider.jwksUrl ?? ''
  const outcome = await exchange({method: 'GET', url, headers: {accept: 'application/json'}})
  const answer = requireAnswer(provider, outcome)
  const keys = keySet.safeParse(answer.body)
  if (answer.status !== 200 || !keys.success) {
    throw new BehalfError('login-failed', `${provider.name} does not publish its keys at ${url}.`)
  }
  await oauth.validateApplicationLevelSignature(server, response, {
    [oauth.jwksCache]: {jwks: keys.data, uat: Math.floor(Date.now() / SECOND_MS)},
  })
}
