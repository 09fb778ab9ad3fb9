import {UnknownIntentError, type AccessToken, type AccessTokenWithUserId, type AuthProvider} from '@twurple/auth'

import type {FreshToken, TwurpleBroker} from '../../compose-twurple.js'
import {nameOf, type NamedAccount} from '../../model/account-name.js'
import {loginCommandFor} from '../../model/account-status.js'
import type {AccountKey} from '../../model/account.js'
import {BehalfError} from '../../model/behalf-error.js'
import type {Secret} from '../../model/secret.js'
import {checkDestination} from './check-destination.js'
import {toAccessToken} from './to-access-token.js'

/** A user as Twurple takes one: an id, or anything that has one. Never a login. */
export type TwurpleUser = Parameters<AuthProvider['getAccessTokenForUser']>[0]

type ScopeSets = (string[] | undefined)[]

/**
 * Lends the tokens of behalf's store to Twurple. They are refreshed by behalf, once for all that share the store;
 * Twurple gets no refresh token and exchanges nothing. All methods reject with a `BehalfError` where a person has to do
 * something (`login-needed`, `missing-scope`), or the service cannot be asked (`unavailable`); `hint` says what to do.
 */
export class BehalfAuthProvider implements AuthProvider {
  readonly authorizationType: string = 'Bearer'
  readonly #broker: TwurpleBroker
  readonly #intents: Map<string, string>
  #clientId: string
  /** What Twurple asks for without waiting: as of when the account's token was last lent. By user id. */
  readonly #scopes = new Map<string, string[]>()
  /** What was lent last: Twurple says that a token was refused, and not which. */
  readonly #lent = new Map<AccountKey, Secret>()
  #lentApp: Secret | undefined
  /** Chat users, whom their id alone does not name: those that an intent has named. */
  readonly #byIntent = new Map<string, NamedAccount>()

  /** @internal `createAuthProvider` makes one. */
  constructor(broker: TwurpleBroker, intents: Readonly<Record<string, string>>, scopes: Iterable<[string, string[]]>) {
    this.#broker = broker
    this.#clientId = broker.provider.clientId
    this.#intents = new Map(Object.entries(intents))
    this.#scopes = new Map(scopes)
  }

  /** The client id that the last token was granted to. */
  get clientId(): string {
    return this.#clientId
  }

  get hasClientSecret(): boolean {
    return this.#broker.hasClientSecret
  }

  /** Has an account act for an intent, such as `chat`. @param account As it is named everywhere: LOGIN, `id:ID`, … */
  addIntent(intent: string, account: string): void {
    this.#intents.set(intent, account)
  }

  /** None for a user who has no account, or got one since this was opened and has not acted yet. */
  getCurrentScopesForUser(user: TwurpleUser): string[] {
    return [...(this.#scopes.get(readUserId(user)) ?? [])]
  }

  /**
   * @param scopeSets Of each the account must have granted one.
   * @returns null when there is no such account: nobody else acts instead.
   */
  async getAccessTokenForUser(user: TwurpleUser, ...scopeSets: ScopeSets): Promise<AccessTokenWithUserId | null> {
    const account = await this.#find(readUserId(user))
    return account ? this.#lend(account, await this.#broker.getToken(account.key), scopeSets) : null
  }

  /** @returns null for an intent that nobody was named for. @throws BehalfError `account-not-found`. */
  async getAccessTokenForIntent(intent: string, ...scopeSets: ScopeSets): Promise<AccessTokenWithUserId | null> {
    const account = await this.#findByIntent(intent)
    return account ? this.#lend(account, await this.#broker.getToken(account.key), scopeSets) : null
  }

  /**
   * What Twurple calls with what everybody may see. Without a user the owner acts; where nobody is logged in as one, and
   * for a user who has no account, the application itself. It never acts as another account.
   * @throws BehalfError `account-not-found`, `login-needed` where the client has no secret, and so no app token.
   */
  async getAnyAccessToken(user?: TwurpleUser): Promise<AccessToken & {userId?: string}> {
    const account = user === undefined ? await this.#findOwner() : await this.#find(readUserId(user))
    if (account) return this.#lend(account, await this.#broker.getToken(account.key), [])
    if (user === undefined || this.#broker.hasClientSecret) return this.getAppAccessToken()
    const {name} = this.#broker.provider
    throw new BehalfError(
      'account-not-found',
      `${name} has no account with the id ${readUserId(user)}, and without a client secret no app token.`,
      {hint: 'Say who calls: api.asUser(ID, (api) => …), with the id of an account of yours.'},
    )
  }

  /** @param forceNew The one that was lent last has been refused. @throws BehalfError `configuration` without a secret. */
  async getAppAccessToken(forceNew = false): Promise<AccessToken> {
    const {provider, callsTo} = this.#broker
    const {accessToken, clientId, apiOrigin} = await this.#broker.getAppToken(forceNew ? this.#lentApp : undefined)
    checkDestination(provider.name, apiOrigin, callsTo)
    this.#lentApp = accessToken
    this.#clientId = clientId
    return toAccessToken({accessToken, scopes: []}, this.#broker.now())
  }

  /** Twurple asks for it when Twitch has refused a token. It is refreshed if it is dead, and has not been replaced yet. */
  async refreshAccessTokenForUser(user: TwurpleUser): Promise<AccessTokenWithUserId> {
    const userId = readUserId(user)
    const account = await this.#find(userId)
    if (account) return this.#renew(account)
    const {name} = this.#broker.provider
    throw new BehalfError('account-not-found', `${name} has no account with the id ${userId}.`, {
      hint: 'behalf status',
    })
  }

  /** @throws UnknownIntentError for an intent that nobody was named for. */
  async refreshAccessTokenForIntent(intent: string): Promise<AccessTokenWithUserId> {
    const account = await this.#findByIntent(intent)
    if (!account) throw new UnknownIntentError(intent)
    return this.#renew(account)
  }

  /** Waits until a refresh that has begun is saved, then lets go of the store. */
  async close(): Promise<void> {
    await this.#broker.close()
  }

  async #find(userId: string): Promise<NamedAccount | undefined> {
    if (!/^\d{1,20}$/.test(userId)) return undefined
    return (await this.#broker.findById(userId)) ?? this.#byIntent.get(userId)
  }

  async #findByIntent(intent: string): Promise<NamedAccount | undefined> {
    const name = this.#intents.get(intent)
    if (name === undefined) return undefined
    const account = await this.#broker.findAccount(name)
    this.#byIntent.set(account.userId, account)
    return account
  }

  /** @returns undefined where nobody is, and the application can act. */
  async #findOwner(): Promise<NamedAccount | undefined> {
    try {
      return await this.#broker.findAccount()
    } catch (error) {
      const isNobody = error instanceof BehalfError && error.code === 'login-needed'
      if (isNobody && this.#broker.hasClientSecret) return undefined
      throw error
    }
  }

  async #renew(account: NamedAccount): Promise<AccessTokenWithUserId> {
    const seen = this.#lent.get(account.key)
    const {key} = account
    const token = await (seen ? this.#broker.replaceRefused(key, seen) : this.#broker.getToken(key))
    return this.#lend(account, token, [])
  }

  #lend(account: NamedAccount, token: FreshToken, scopeSets: ScopeSets): AccessTokenWithUserId {
    const {provider, callsTo} = this.#broker
    const {userId, accessToken, expiresAt, clientId} = token
    const {scopes} = token.account
    checkDestination(provider.name, token.apiOrigin, callsTo)
    this.#scopes.set(userId, scopes)
    for (const set of scopeSets) this.#checkScopes(account, scopes, set ?? [])
    this.#lent.set(account.key, accessToken)
    this.#clientId = clientId
    return {...toAccessToken({accessToken, scopes, expiresAt}, this.#broker.now()), userId}
  }

  /** @throws BehalfError `missing-scope`. Twurple has no error of its own for it. */
  #checkScopes(account: NamedAccount, held: readonly string[], wanted: readonly string[]): void {
    const [scope, ...others] = wanted
    if (scope === undefined || wanted.some((one) => this.#broker.coversScope(held, one))) return
    const what = others.length === 0 ? `the scope ${scope}` : `one of the scopes ${wanted.join(', ')}`
    throw new BehalfError('missing-scope', `This needs ${what}, which ${nameOf(account)} has not granted.`, {
      hint: `${loginCommandFor(account)} --scope ${scope}`,
    })
  }
}

const readUserId = (user: TwurpleUser): string => String(typeof user === 'object' ? user.id : user)
