import type {OAuth2Account} from '../model/account.js'
import {MINUTE_MS, SECOND_MS, type EpochMs} from '../model/time.js'
import {isFresh, nextRefreshAt, remainingMs} from '../model/token-life.js'
import type {RefreshResult, Wish} from './refresh-attempt.js'

/** Rule 7: a refused token this young refreshes nothing. */
const CALM_MS = MINUTE_MS

/**
 * Whether the wish is void on the record as it is now: someone else refreshed while the caller waited for the lock,
 * or it must not be granted yet. Undefined: a refresh is wanted. Pure.
 */
export function findSettled(account: OAuth2Account, wish: Wish, now: EpochMs): RefreshResult | undefined {
  if (!isWanted(account, wish, now)) return {kind: 'superseded', account}
  const failure = account.lastFailure
  // A failure in the future was noted by a clock that has been set right since: it binds nobody.
  if (!failure || failure.at > now || wish.repeats !== undefined) return undefined
  const soon = now < failure.at + SECOND_MS
  const paused =
    now < (failure.notBefore ?? 0) ||
    (wish.urgency === 'demand' ? soon && !account.doubt : now < failure.scheduleNotBefore && wish.cause !== 'forced')
  if (!paused) return undefined
  if (account.doubt) return {kind: 'in-doubt', account, reason: failure.summary, sent: false}
  return {kind: 'unavailable', account, reason: failure.summary}
}

function isWanted(account: OAuth2Account, wish: Wish, now: EpochMs): boolean {
  const {credential} = account
  const replaced = wish.seen !== undefined && !credential.accessToken.equals(wish.seen)
  switch (wish.cause) {
    case 'refused':
      return !replaced && !isCalm(account, now)
    case 'forced':
      return !replaced
    case 'expired':
      return !isFresh(credential, now)
    case 'min-ttl':
      return !satisfies(account, wish.withinMs ?? 0, now)
    case 'due':
      return (
        (nextRefreshAt(account) ?? Infinity) <= now ||
        remainingMs(credential, now) <= (wish.withinMs ?? 0) ||
        account.doubt?.cause === 'lost-reply'
      )
  }
}

/** Rule 7: too young to be refreshed because it was refused; so is what any refresh has just brought. */
function isCalm({credential}: OAuth2Account, now: EpochMs): boolean {
  return credential.issuedAt <= now && now < credential.issuedAt + CALM_MS
}

/**
 * Whether the token lives long enough for a `--min-ttl`. One beyond the provider's token life gets one refresh:
 * after that the token is as good as it gets until it would be renewed anyway.
 */
export function satisfies(account: OAuth2Account, minTtlMs: number, now: EpochMs): boolean {
  const {credential, lastRefresh} = account
  if (!isFresh(credential, now)) return false
  if (remainingMs(credential, now) >= minTtlMs) return true
  const lifeMs = (credential.expiresAt ?? Infinity) - credential.issuedAt
  return lastRefresh?.cause === 'min-ttl' && lifeMs < minTtlMs
}
