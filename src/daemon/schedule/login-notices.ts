import {nameOf} from '../../model/account-name.js'
import {loginCommandFor} from '../../model/account-status.js'
import type {Account, LoginNeededReason} from '../../model/account.js'
import {BehalfError} from '../../model/behalf-error.js'
import type {StrandedAccount} from '../../model/scheduled-account.js'
import type {DaemonDeps} from '../daemon-deps.js'
import {isStoreAway} from '../store-away.js'
import {runProgram} from './run-program.js'

type Deps = Pick<DaemonDeps, 'store' | 'clock' | 'log' | 'settings' | 'programEnvironment'>

/** `theirs`: somebody else has told it. `later`: the store cannot be reached, and somebody else may be telling it. */
type Claim = 'ours' | 'theirs' | 'later'

/** So many programs run at once. */
const CONCURRENCY = 4

/**
 * Tells that an account needs a login: in the log, and through `--on-login-needed`, once for each account and reason.
 * Who is about to tell notes it in the account first, so that restarts and other daemons of the store keep quiet.
 */
export class LoginNotices {
  readonly #deps: Deps
  readonly #seen = new Set<string>()
  readonly #waiting: StrandedAccount[] = []
  /** To be told when the store is back. */
  readonly #postponed: StrandedAccount[] = []
  readonly #running = new Set<Promise<void>>()
  readonly #stopping = new AbortController()
  #known: readonly StrandedAccount[] | undefined

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** Looks who needs one by now, whoever found out. */
  async look(): Promise<void> {
    const stranded = await this.#deps.store.accounts.stranded()
    this.#waiting.push(...this.#postponed.splice(0))
    this.#runWaiting()
    if (stranded === this.#known) return
    const isFirst = this.#known === undefined
    this.#known = stranded
    if (isFirst && stranded.length > 0) this.#deps.log.warn('logins-needed', {accounts: stranded.length})
    for (const account of stranded) this.#tell(account, {quietly: isFirst})
  }

  /** What is known of an account only while it is used: that its tokens belong to another client or place. */
  noteEstranged(account: Account, reason: LoginNeededReason): void {
    this.#tell({...account, reason, since: this.#deps.clock.now()}, {quietly: false})
  }

  /** Programs that still run are ended. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    this.#waiting.length = 0
    await Promise.all(this.#running)
  }

  #tell(account: StrandedAccount, {quietly}: {quietly: boolean}): void {
    const id = JSON.stringify([account.key, account.grantId, account.reason])
    if (this.#seen.has(id)) return
    this.#seen.add(id)
    if (!quietly) {
      const {key, reason} = account
      this.#deps.log.warn('login-needed', {account: key, reason, command: loginCommandFor(account)})
    }
    if (this.#deps.settings.onLoginNeeded === undefined || account.toldAt !== undefined) return
    this.#waiting.push(account)
    this.#runWaiting()
  }

  #runWaiting(): void {
    while (this.#running.size < CONCURRENCY) {
      const account = this.#waiting.shift()
      if (account === undefined) return
      const running = this.#run(account).finally(() => {
        this.#running.delete(running)
        this.#runWaiting()
      })
      this.#running.add(running)
    }
  }

  async #run(account: StrandedAccount): Promise<void> {
    const {clock, log, settings, programEnvironment} = this.#deps
    const claim = await this.#claim(account)
    if (claim === 'later') this.#postponed.push(account)
    if (claim !== 'ours') return
    const words = settings.onLoginNeeded ?? []
    const environment = {...programEnvironment(), ...describe(account)}
    const trouble = await runProgram(clock, {words, environment, signal: this.#stopping.signal})
    if (trouble === undefined) log.info('login-needed-told', {account: account.key})
    else log.error('login-needed-not-told', {account: account.key, program: words[0], reason: trouble})
  }

  /** Notes that it is told, if nobody else has. */
  async #claim({key, grantId, reason}: StrandedAccount): Promise<Claim> {
    const {store, clock, log} = this.#deps
    const found: {claim: Claim} = {claim: 'ours'}
    try {
      await store.accounts.update(key, (current) => {
        const {state, estrangementTold} = current
        if (current.grantId !== grantId) return current
        const isFlagged = state.kind === 'login-needed' && state.reason === reason
        const isTold = isFlagged ? state.toldAt !== undefined : estrangementTold?.reason === reason
        found.claim = isTold ? 'theirs' : 'ours'
        if (isTold) return current
        const at = clock.now()
        return isFlagged ? {...current, state: {...state, toldAt: at}} : {...current, estrangementTold: {reason, at}}
      })
    } catch (error) {
      if (!(error instanceof BehalfError)) throw error
      if (isStoreAway(error)) return 'later'
      log.warn('login-needed-not-noted', {account: key, error})
    }
    return found.claim
  }
}

const describe = (account: StrandedAccount): Record<string, string> => ({
  BEHALF_ACCOUNT: nameOf(account),
  BEHALF_PROVIDER: account.provider,
  BEHALF_LOGIN: account.login,
  BEHALF_USER_ID: account.userId,
  BEHALF_ROLE: account.role,
  ...(account.subject !== undefined && {BEHALF_SUBJECT: account.subject}),
  BEHALF_REASON: account.reason,
  BEHALF_COMMAND: loginCommandFor(account),
})
