import type {Account, AccountKey, RefreshCause} from '../model/account.js'
import type {Secret} from '../model/secret.js'
import type {AccountLock} from '../store/store.js'
import type {BrokerDeps} from './broker-deps.js'
import {exchangeToken} from './exchange-token.js'
import type {Urgency} from './replay-policy.js'
import {findSettled, type Wish} from './refresh-wish.js'

export interface RefreshInput {
  key: AccountKey
  cause: RefreshCause
  /** `refused`, `forced`: the access token the caller saw. If another is stored by then, nothing is sent. */
  seen?: Secret
  /** `min-ttl`: the life that must be left; `due`: what is left of a token that counts as due, at most. */
  withinMs?: number
  urgency: Urgency
}

/** How a refresh ended. Callers decide by `kind`. `account` is the record as it is now. */
export type RefreshResult =
  | {kind: 'refreshed'; account: Account; lostScopes: string[]; warning?: string}
  /** Someone else had refreshed already, or nothing was needed. */
  | {kind: 'superseded'; account: Account}
  | {kind: 'rejected'; account: Account; reason: string}
  /** It was known before: nothing was sent. */
  | {kind: 'login-needed'; account: Account; reason: string}
  | {kind: 'misconfigured'; account: Account; reason: string}
  | {kind: 'unavailable'; account: Account; reason: string}
  /** `sent`: this attempt sent the token and got no answer that can be used. */
  | {kind: 'in-doubt'; account: Account; reason: string; sent: boolean}
  | {kind: 'gone'}

/** Who waits for the account's lock waits this long at most (rule 1). */
export const LOCK_WAIT_MS = 45_000
/** One send and three repeats; what is allowed within them is decided by rule 5. */
const MAX_SENDS_AT_ONCE = 4

type Deps = Pick<BrokerDeps, 'store' | 'providerClient' | 'clock' | 'random' | 'providers'>

/**
 * Refreshes an account's tokens: the only place that sends a refresh token (design 7, rules 1 to 5).
 * Safe to call from any number of places at once; one of them asks the provider.
 * @throws BehalfError `lock-timeout` naming the holder; `store-…` when nothing could be made durable.
 */
export async function refreshAccount(deps: Deps, input: RefreshInput): Promise<RefreshResult> {
  let wish: Wish = input
  for (let sends = 1; ; sends += 1) {
    const result = await attemptRefresh(deps, input.key, wish)
    const again = result.kind === 'in-doubt' && result.sent && sends < MAX_SENDS_AT_ONCE
    if (!again) return result
    // The access token in hand is still the one the caller saw; a lost reply does not make its wish void.
    wish = {...input, repeats: sends}
  }
}

/** One attempt: under the account's lock, at most one exchange. */
async function attemptRefresh(deps: Deps, key: AccountKey, wish: Wish): Promise<RefreshResult> {
  const lock = await deps.store.accounts.lock(key, {waitMs: LOCK_WAIT_MS})
  try {
    return await refreshUnderLock(deps, lock, wish)
  } finally {
    await lock.release()
  }
}

async function refreshUnderLock(deps: Deps, lock: AccountLock, wish: Wish): Promise<RefreshResult> {
  const {account} = lock
  if (!account) return {kind: 'gone'}
  return findSettled(account, wish, deps.clock.now()) ?? (await exchangeToken(deps, lock, account, wish))
}
