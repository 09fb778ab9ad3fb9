import {isOAuth2Account, type AccountKey, type OAuth2Account} from '../model/account.js'
import type {BrokerDeps} from './broker-deps.js'

/**
 * Changes the record of an account whose tokens have just been used; `change` is called again on a newer one.
 * Undefined when it is gone, or holds a credential of another kind by now.
 */
export async function updateOAuth2Account(
  deps: Pick<BrokerDeps, 'store'>,
  key: AccountKey,
  change: (current: OAuth2Account) => OAuth2Account,
): Promise<OAuth2Account | undefined> {
  const updated = await deps.store.accounts.update(key, (current) =>
    isOAuth2Account(current) ? change(current) : current,
  )
  return updated && isOAuth2Account(updated) ? updated : undefined
}
