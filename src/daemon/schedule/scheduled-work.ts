import {refreshAccount} from '../../broker/refresh-account.js'
import type {RefreshInput, RefreshResult} from '../../broker/refresh-attempt.js'
import {validateAccount} from '../../broker/validate-account.js'
import {isOAuth2Account, type Account, type AccountKey} from '../../model/account.js'
import {BehalfError} from '../../model/behalf-error.js'
import type {Provider} from '../../model/provider.js'
import type {Moment} from '../../model/time.js'
import type {DaemonDeps} from '../daemon-deps.js'
import {isStoreAway} from '../store-away.js'
import type {LoginNotices} from './login-notices.js'
import type {ParkPause} from './parked-accounts.js'
import type {ScheduledRefresh} from './schedule-status.js'

/** What an attempt tells. */
export interface WorkEnd {
  /** Of the provider; undefined: nothing. */
  provider?: 'works' | 'fails'
  reason?: string
  /** What the provider asked for. */
  retryAfterMs?: number
  /** The account is to be left alone although its record does not say so. */
  pause?: ParkPause
}

/** Another daemon, or a command, may hold an account's lock for long: others are due meanwhile (rule 1). */
const LOCK_WAIT_MS = 0
const REMEMBERED = 20

/** Refreshes and validates accounts, and remembers how that ended. Never rejects. */
export class ScheduledWork {
  readonly #deps: DaemonDeps
  readonly #notices: LoginNotices
  #recent: ScheduledRefresh[] = []

  constructor(deps: DaemonDeps, notices: LoginNotices) {
    this.#deps = deps
    this.#notices = notices
  }

  /** The latest first. */
  get recent(): ScheduledRefresh[] {
    return [...this.#recent]
  }

  refresh(key: AccountKey, beganAt: Moment): Promise<WorkEnd> {
    return this.#attempt(key, () => this.#refreshNow({key, cause: 'due', urgency: 'schedule'}, beganAt))
  }

  /** A token that turns out to be dead is refreshed. @param isDue asked again on the account as it is now. */
  validate(
    key: AccountKey,
    {provider, isDue, beganAt}: {provider: Provider; isDue: (account: Account) => boolean; beganAt: Moment},
  ): Promise<WorkEnd> {
    return this.#attempt(key, async () => {
      const account = await this.#deps.store.accounts.get(key)
      if (account?.state.kind !== 'ok' || !isOAuth2Account(account) || !isDue(account)) return {}
      const validation = await validateAccount(this.#deps, account, provider)
      if (validation.kind === 'live') return {provider: 'works'}
      if (validation.kind === 'unavailable') return {provider: 'fails', reason: validation.reason}
      const seen = account.credential.accessToken
      return this.#refreshNow({key, cause: 'refused', seen, urgency: 'schedule'}, beganAt)
    })
  }

  async #refreshNow(input: RefreshInput, beganAt: Moment): Promise<WorkEnd> {
    const result = await refreshAccount(this.#deps, {...input, lockWaitMs: LOCK_WAIT_MS})
    const at = this.#deps.clock.now()
    if (result.kind !== 'superseded' && result.kind !== 'gone') {
      const reason = 'reason' in result ? {reason: result.reason} : {}
      this.#recent = [{at, account: input.key, outcome: result.kind, ...reason}, ...this.#recent].slice(0, REMEMBERED)
    }
    return this.#judge(result, beganAt)
  }

  #judge(result: RefreshResult, beganAt: Moment): WorkEnd {
    switch (result.kind) {
      case 'refreshed':
      case 'rejected':
        return {provider: 'works'}
      case 'gone':
      case 'superseded':
      case 'misconfigured':
        return {pause: 'short'}
      case 'login-needed':
        this.#notices.noteEstranged(result.account, result.reason)
        return {pause: 'growing'}
      case 'in-doubt':
        return result.sent ? {provider: 'fails', reason: result.reason} : {pause: 'growing'}
      case 'unavailable': {
        if (result.limited) return {provider: 'works'}
        const {lastFailure} = result.account
        if (lastFailure === undefined || lastFailure.at < beganAt.wallMs) return {pause: 'growing'}
        const {at, notBefore} = lastFailure
        return {
          provider: 'fails',
          reason: result.reason,
          ...(notBefore !== undefined && {retryAfterMs: notBefore - at}),
        }
      }
    }
  }

  async #attempt(key: AccountKey, work: () => Promise<WorkEnd>): Promise<WorkEnd> {
    try {
      return await work()
    } catch (error) {
      const isBusy = error instanceof BehalfError && (error.code === 'lock-timeout' || error.code === 'store-locked')
      // What is wrong with the store is said by the schedule, and not once for each account.
      if (isBusy || isStoreAway(error)) return {pause: 'short'}
      const isOver = error instanceof BehalfError && error.code === 'interrupted'
      if (!isOver) this.#deps.log.error('schedule-failure', {account: key, error})
      return {pause: 'growing'}
    }
  }
}
