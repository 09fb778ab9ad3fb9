import {isOAuth2Account, type AccountKey, type OAuth2Account} from '../model/account.js'
import {getFreshToken, type TokenDeps} from './get-fresh-token.js'

/**
 * An account whose tokens can be used now, refreshed on demand as `getFreshToken` does it.
 * @returns undefined when it has been removed meanwhile.
 * @throws what `getFreshToken` throws.
 */
export async function getFreshAccount(deps: TokenDeps, key: AccountKey): Promise<OAuth2Account | undefined> {
  const {accessToken, expiresAt} = await getFreshToken(deps, key, 0)
  const account = await deps.store.accounts.get(key)
  if (!account || !isOAuth2Account(account)) return undefined
  if (!account.doubt?.hasReply || account.credential.accessToken.equals(accessToken)) return account
  // Rule 2: the store could not be written. The new access token may be used; the refresh token waits in the journal.
  const {refreshToken: _used, expiresAt: _old, ...credential} = account.credential
  return {...account, credential: {...credential, accessToken, ...(expiresAt !== undefined && {expiresAt})}}
}
