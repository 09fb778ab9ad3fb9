import {isOAuth2Account, providerOfKey, type AccountKey} from '../model/account.js'
import type {Secret} from '../model/secret.js'
import {
  getFreshToken,
  goneError,
  loginNeeded,
  loginNeededError,
  unavailableError,
  type TokenDeps,
} from './get-fresh-token.js'
import {loadProvider, misconfiguredError} from './load-provider.js'
import {refreshAccount} from './refresh-account.js'
import type {RefreshResult} from './refresh-attempt.js'

/**
 * Refreshes an account's tokens if they are about to end, with `force` in any case.
 * @returns whether they are others than they were, whoever refreshed them.
 * @throws BehalfError `account-not-found`, `login-needed`, `unavailable`, `provider-misconfigured`, `lock-timeout`.
 */
export async function renewTokens(deps: TokenDeps, key: AccountKey, {force}: {force: boolean}): Promise<boolean> {
  const account = await deps.store.accounts.get(key)
  if (!account) throw goneError(key)
  // Other credentials never end by themselves, and cannot be renewed.
  if (!isOAuth2Account(account)) return false
  const seen = account.credential.accessToken
  if (!force) return !(await getFreshToken(deps, key, 0)).accessToken.equals(seen)

  const result = await refreshAccount(deps, {key, cause: 'forced', seen, urgency: 'demand'})
  return judgeRenewal(deps, {key, seen, result})
}

/** What a refresh of the token `seen` came to: whether there is another now. @throws what `renewTokens` throws. */
export async function judgeRenewal(
  deps: Pick<TokenDeps, 'store' | 'providers'>,
  {key, seen, result}: {key: AccountKey; seen: Secret; result: RefreshResult},
): Promise<boolean> {
  switch (result.kind) {
    case 'refreshed':
      return true
    case 'superseded':
      return !result.account.credential.accessToken.equals(seen)
    case 'rejected':
      throw loginNeeded(result.account)
    case 'login-needed':
      throw loginNeededError(result.account, result.reason)
    case 'misconfigured':
      throw misconfiguredError(await loadProvider(deps, providerOfKey(key)), result.reason)
    case 'unavailable':
    case 'in-doubt':
      throw unavailableError(result.account, result.reason)
    case 'gone':
      throw goneError(key)
  }
}
