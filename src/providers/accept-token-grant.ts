import {BehalfError} from '../model/behalf-error.js'
import type {Provider} from '../model/provider.js'
import type {TokenGrant} from '../model/refresh.js'
import type {Secret} from '../model/secret.js'
import type {TimedAnswer} from './require-answer.js'
import {readTokenGrant, type TokenGrantDeps} from './token-grant.js'

/**
 * The tokens of a login, with its ID token verified where the provider publishes keys.
 * @param nonce What was sent; then there must be an ID token that repeats it.
 * @throws BehalfError `login-failed`. What the library found wrong is named, what it read is not: that holds tokens.
 */
export async function acceptTokenGrant(
  deps: TokenGrantDeps,
  provider: Provider,
  answer: TimedAnswer,
  nonce?: Secret,
): Promise<TokenGrant> {
  try {
    return await readTokenGrant(deps, provider, answer, {kind: 'verified', ...(nonce && {nonce})})
  } catch (error) {
    if (error instanceof BehalfError) throw error
    const why = error instanceof Error ? error.message : 'unreadable'
    throw new BehalfError('login-failed', `The tokens of ${provider.name} cannot be accepted: ${why}.`, {
      hint: `Check the settings with \`behalf provider show ${provider.name}\`.`,
    })
  }
}
