import type {TokenSource} from '../../broker/call-as-account.js'
import type {CallerInput} from '../../broker/authorize-caller.js'
import {getFreshToken, type FreshToken, type TokenDeps} from '../../broker/get-fresh-token.js'
import type {NamedAccount} from '../../model/account-name.js'
import type {AccountKey} from '../../model/account.js'
import type {ApiToken} from '../../model/api-token.js'
import type {Provider} from '../../model/provider.js'
import {MINUTE_MS, type EpochMs} from '../../model/time.js'

/** After this a caller is asked who it is again, so that its use of the API token is noted. */
const STANDS_MS = MINUTE_MS
const MAX_STANDING = 1000

/** A caller that is known, the account it acts as, and where the account's token comes from. */
export class StandingCaller implements TokenSource {
  readonly apiToken: ApiToken
  readonly account: NamedAccount
  readonly provider: Provider
  readonly #deps: TokenDeps
  readonly #knownSince: EpochMs
  /** And the store as it was when the token was looked for: a slow body may come between two looks. */
  #token: {fresh: FreshToken; revision: object | undefined} | undefined
  /** What was read for the caller’s request serves for its first look at the token. */
  #reads: TokenDeps | undefined

  constructor(
    deps: TokenDeps,
    known: Pick<StandingCaller, 'apiToken' | 'account' | 'provider'>,
    reads: TokenDeps | undefined,
  ) {
    this.apiToken = known.apiToken
    this.account = known.account
    this.provider = known.provider
    this.#deps = deps
    this.#reads = reads
    this.#knownSince = deps.clock.now()
  }

  stands(now: EpochMs): boolean {
    const {expiresAt = Infinity} = this.apiToken
    return now >= this.#knownSince && now < this.#knownSince + STANDS_MS && now < expiresAt
  }

  get(key: AccountKey): FreshToken | Promise<FreshToken> {
    const {store, clock} = this.#deps
    const reads = this.#reads
    this.#reads = undefined
    const revision = reads === undefined ? store.revision() : undefined
    const known = this.#token
    if (known && known.revision === revision && clock.now() < (known.fresh.goodUntil ?? -Infinity)) return known.fresh
    return this.#look(key, revision, reads)
  }

  forget(): void {
    this.#token = undefined
  }

  async #look(key: AccountKey, revision: object | undefined, reads: TokenDeps | undefined): Promise<FreshToken> {
    const fresh = await getFreshToken(this.#deps, key, 0, reads)
    this.#token = revision === undefined ? undefined : {fresh, revision}
    return fresh
  }
}

/**
 * Callers that come again: while nothing in the store has changed, who was let in still is, and acts as the same account
 * with the same token. What they may do is asked for each call. Every write anywhere ends it, a revocation too.
 */
export class StandingCallers {
  readonly #deps: TokenDeps
  readonly #callers = new Map<string, StandingCaller>()
  #revision: object | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(deps: TokenDeps) {
    this.#deps = deps
  }

  /** The same callers as long as the store has not changed; looked for before anything else is read. */
  get revision(): object | undefined {
    const revision = this.#deps.store.revision()
    if (revision === undefined || revision !== this.#revision) this.#callers.clear()
    this.#revision = revision
    return revision
  }

  find(provider: string, input: CallerInput): StandingCaller | undefined {
    const caller = this.#callers.get(nameOf(provider, input))
    return caller?.stands(this.#deps.clock.now()) ? caller : undefined
  }

  /** @param revision of the store before the caller was looked for: what is true of a later one is not kept. */
  keep(revision: object | undefined, provider: string, input: CallerInput, caller: StandingCaller): void {
    if (revision === undefined || revision !== this.revision) return
    if (this.#callers.size >= MAX_STANDING) this.#callers.clear()
    this.#callers.set(nameOf(provider, input), caller)
    // What callers sent is not held on to longer than it is of use.
    if (this.#timer !== undefined) return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#callers.clear()
    }, STANDS_MS).unref()
  }
}

/** Everything by which a caller says who it is and whom it acts as; no header can hold a line feed. */
const nameOf = (provider: string, {authorization, actAs}: CallerInput): string =>
  `${provider}\n${authorization.join('\n')}\n\n${actAs.map((values) => values.join('\n')).join('\n\n')}`
