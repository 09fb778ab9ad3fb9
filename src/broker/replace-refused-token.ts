import type {AccountKey} from '../model/account.js'
import type {Secret} from '../model/secret.js'
import {getFreshToken, goneError, type FreshToken, type TokenDeps} from './get-fresh-token.js'
import {loadProvider} from './load-provider.js'
import {refreshAccount} from './refresh-account.js'
import {judgeRenewal} from './renew-tokens.js'

/**
 * The token to go on with after an API answered 401 to `seen`, to a program that does not say what the answer was: a
 * missing scope is a 401 too, and must not refresh anything (design 7, rule 7). So the service is asked whether the
 * token lives, unless it has been replaced already.
 * @returns the same token where it lives, or is too young to be refreshed.
 * @throws what `renewTokens` throws.
 */
export async function replaceRefusedToken(deps: TokenDeps, key: AccountKey, seen: Secret): Promise<FreshToken> {
  const account = await deps.store.accounts.get(key)
  if (!account) throw goneError(key)
  const {credential} = account
  if (credential.kind === 'oauth2' && credential.accessToken.equals(seen)) {
    const {kind} = await deps.providerClient.validate(await loadProvider(deps, account.provider), seen)
    if (kind !== 'live') {
      const result = await refreshAccount(deps, {key, cause: 'refused', seen, urgency: 'demand'})
      await judgeRenewal(deps, {key, seen, result})
    }
  }
  return getFreshToken(deps, key, 0)
}
