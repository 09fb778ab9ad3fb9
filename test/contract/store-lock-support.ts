import type {Account, OAuth2Account} from '../../src/model/account.js'
import {Secret} from '../../src/model/secret.js'
import type {AccountLock, Store} from '../../src/store/store.js'
import {tokensOf} from '../support/tokens-of.js'

/** The account that each of these tests starts with. */
export const KEY = 'twitch:2002'

/** Other tokens. */
export const renew =
  (suffix: string) =>
  (current: Account): OAuth2Account => ({
    ...current,
    credential: {
      ...tokensOf(current),
      accessToken: new Secret(`made-up-access-token-${suffix}`),
      refreshToken: new Secret(`made-up-refresh-token-${suffix}`),
    },
  })

/** Does something under the account's lock and lets go of it. */
export async function withLock<T>(store: Store, work: (lock: AccountLock) => T | Promise<T>, key = KEY): Promise<T> {
  const lock = await store.accounts.lock(key, {waitMs: 2000})
  try {
    return await work(lock)
  } finally {
    await lock.release()
  }
}

/** A refresh that was sent and whose answer never came. */
export const sendWithoutReply = (store: Store): Promise<void> => withLock(store, (lock) => lock.begin())
