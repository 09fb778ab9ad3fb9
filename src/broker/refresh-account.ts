import {isOAuth2Account, type AccountKey} from '../model/account.js'
import type {BrokerDeps} from './broker-deps.js'
import {exchangeToken, finishLeftOver} from './exchange-token.js'
import type {RefreshInput, RefreshResult, Wish} from './refresh-attempt.js'
import {findSettled} from './refresh-wish.js'

/** Who waits for the account's lock waits this long at most (rule 1). */
export const LOCK_WAIT_MS = 45_000
/** One send and three repeats; what is allowed within them is decided by rule 5. */
const MAX_SENDS_AT_ONCE = 4
const MAX_ATTEMPTS = 8

type Deps = Pick<BrokerDeps, 'store' | 'providerClient' | 'clock' | 'random' | 'providers'> & RefreshWatch

/** Who wants to know how refreshes end, whoever asked for them. */
export interface RefreshWatch {
  onRefreshEnd?(input: RefreshInput, result: RefreshResult): void
}

/**
 * Refreshes an account's tokens: the only place that sends a refresh token (design 7, rules 1 to 5).
 * Safe to call from any number of places at once; one of them asks the provider.
 * @throws BehalfError `lock-timeout` naming the holder; `store-…` when nothing could be made durable.
 */
export async function refreshAccount(deps: Deps, input: RefreshInput): Promise<RefreshResult> {
  const result = await refreshUntilSettled(deps, input)
  deps.onRefreshEnd?.(input, result)
  return result
}

async function refreshUntilSettled(deps: Deps, input: RefreshInput): Promise<RefreshResult> {
  const {key, lockWaitMs = LOCK_WAIT_MS, ...wanted} = input
  let wish: Wish = wanted
  let sends = 0
  for (let attempts = 1; ; attempts += 1) {
    const {result, leftOver} = await attemptRefresh(deps, key, wish, lockWaitMs)
    // What an earlier holder left was saved; whether that is enough shows on the record as it is now.
    const finished = leftOver && attempts < MAX_ATTEMPTS && isSaved(result)
    if (!finished) {
      if (result.kind !== 'in-doubt' || !result.sent) return result
      sends += 1
      if (sends === MAX_SENDS_AT_ONCE) return result
      // The access token in hand is still the one the caller saw; a lost reply does not make its wish void.
      wish = {...wanted, repeats: sends}
    }
  }
}

/** Not when the store could not be written: then the reply is still in the journal, and its token is handed out. */
const isSaved = (result: RefreshResult): boolean =>
  (result.kind === 'refreshed' && result.warning === undefined) ||
  result.kind === 'superseded' ||
  result.kind === 'in-doubt'

interface Attempt {
  result: RefreshResult
  /** Nothing was sent: the result is that of a reply found in the journal. */
  leftOver: boolean
}

/** One attempt: under the account's lock, at most one exchange. */
async function attemptRefresh(deps: Deps, key: AccountKey, wish: Wish, lockWaitMs: number): Promise<Attempt> {
  const lock = await deps.store.accounts.lock(key, {waitMs: lockWaitMs})
  try {
    const {account} = lock
    if (!account || !isOAuth2Account(account)) return {result: {kind: 'gone'}, leftOver: false}
    const left = await finishLeftOver(deps, lock, account)
    if (left) return {result: left, leftOver: true}
    const settled = findSettled(account, wish, deps.clock.now())
    return {result: settled ?? (await exchangeToken(deps, lock, account, wish)), leftOver: false}
  } finally {
    await lock.release()
  }
}
