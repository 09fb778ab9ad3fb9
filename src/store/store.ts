import type {NamedAccount} from '../model/account-name.js'
import type {AccountOutline} from '../model/account-outline.js'
import type {Account, AccountKey, NewAccount, NewOAuth2Account, OAuth2Account} from '../model/account.js'
import type {AdminSessionRecord} from '../model/admin-session.js'
import type {ApiToken} from '../model/api-token.js'
import type {ChatBudget} from '../model/chat-budget.js'
import type {Flow} from '../model/flow.js'
import type {PointsBalance, PointsOutcome, PointsRecord, PointsRequest} from '../model/points.js'
import type {Provider, ProviderState} from '../model/provider.js'
import type {RawReply} from '../model/refresh.js'
import type {RateBudget} from '../model/rate-budget.js'
import type {StrandedAccount, UpcomingRefresh, UpcomingValidation} from '../model/scheduled-account.js'
import type {Secret} from '../model/secret.js'
import type {EpochMs} from '../model/time.js'
import type {BudgetStore} from './budget-store.js'

/**
 * Where everything is kept. One contract, one test suite (`test/contract/store.ts`), several implementations.
 *
 * Every method reads what is stored now: a write that another process has finished is seen.
 * A resolved write is durable. Failures are `BehalfError`s with a `store-…` code or `wrong-secret`;
 * after one, what is stored is what was stored before.
 */
export interface Store {
  /** For messages: the path or URL, without credentials. */
  readonly location: string
  readonly accounts: AccountStore
  readonly providers: ProviderStore
  readonly flows: FlowStore
  readonly apiTokens: ApiTokenStore
  readonly adminSessions: AdminSessionStore
  readonly rateBudgets: BudgetStore<RateBudget>
  readonly chatBudgets: BudgetStore<ChatBudget>
  readonly points: PointsStore
  /** Time of the last write, or undefined in an empty store. A wall clock earlier than this is not believed. */
  lastWrittenAt(): Promise<EpochMs | undefined>
  /**
   * A mark of what is stored: the same object for as long as nothing has changed, so that what was worked out of it still
   * holds. Read now, as all else. Undefined: nothing is known to be the same.
   */
  revision(): object | undefined
  /** Resolves where it takes writes, as far as that can be told without one. @throws BehalfError `store-…`. */
  checkWritable(): Promise<void>
  /** Keyed hash of a secret text, the same for the life of the store; safe to keep in the clear. */
  fingerprint(value: Secret): Promise<string>
  /** Writes what is still soft and lets go of files, locks and connections. */
  close(): Promise<void>
}

export interface AccountStore {
  get(key: AccountKey): Promise<Account | undefined>
  /**
   * The account behind a name that this store has just given out (the same object), as it was read for the name or as it
   * is now: spares a second look. @throws as `get` does.
   */
  getNamed(account: NamedAccount): Promise<Account | undefined>
  /** All accounts, ordered by key. Opens every secret: to find one account use `find`. */
  list(): Promise<Account[]>
  /**
   * What all accounts are called, ordered by key. No secret is opened, but every record is looked at: it is for lists.
   * Who means one account uses `name`, `find` or `owners`, which cost what they give and not what is stored.
   */
  names(): Promise<readonly NamedAccount[]>
  /** How many accounts there are at a provider, or at all, damaged ones too. No record is looked at. */
  count(provider?: string): Promise<number>
  /** The keys of the accounts at a provider, in order, damaged ones too. No record is looked at. */
  keysOf(provider: string): Promise<readonly AccountKey[]>
  /** What one is called; a guess where its record is damaged. No secret is opened. */
  name(key: AccountKey): Promise<NamedAccount | undefined>
  /**
   * The accounts that one of these texts may mean, ordered by key: owners and bots by login or user id, chat users by
   * subject alone, for any number of them may share a login or a user id. Exact, so a login is given in lower case. One
   * whose record is damaged so that nobody knows its login is among them where it may be meant (design 7, rule 9).
   */
  find(texts: readonly string[]): Promise<readonly NamedAccount[]>
  /** The owners at a provider, or at all of them, ordered by key; also what is damaged and may have been one. */
  owners(provider?: string): Promise<readonly NamedAccount[]>
  /**
   * The accounts of a provider that are refreshed without anyone asking (`nextAttemptAt`), what is due soonest first;
   * those whose refresh was begun and not ended are due at once. Cheap: no secret is opened, and what is damaged is left
   * out, for the others are not to wait for it.
   * @param dueBy What is due later is left out, but for the next one: who has nothing to do reads nothing then.
   */
  upcomingRefreshes(provider: string, limit: number, dueBy?: EpochMs): Promise<readonly UpcomingRefresh[]>
  /** The OAuth 2 accounts of a provider that need no login, the one whose validation is longest ago first. As cheap. */
  upcomingValidations(provider: string, limit: number): Promise<readonly UpcomingValidation[]>
  /** The accounts that are flagged as needing a login. As cheap. */
  stranded(): Promise<readonly StrandedAccount[]>
  /** All accounts without their secrets, ordered by key. As cheap. */
  outlines(): Promise<readonly AccountOutline[]>
  /**
   * A login: inserts the record or replaces it whole, whoever holds its lock.
   * @param check is shown what is stored when the write is made, and throws where the account must not come to it.
   * @throws BehalfError `invalid-input` for a user without a subject; what `check` throws, and nothing was stored.
   */
  put(account: NewAccount, check?: (present: PresentAccounts) => void): Promise<Account>
  /**
   * Changes an existing record: `change` gets the record as it is now and returns the new one; it is called again
   * on the newer record if someone else wrote in between. Returns undefined when there is no such account.
   */
  update(key: AccountKey, change: (current: Account) => NewAccount): Promise<Account | undefined>
  /** Notes a successful validation. Soft: saved with the next write, or within a minute, or on close. */
  noteValidated(key: AccountKey, at: EpochMs): Promise<void>
  /**
   * Takes the account's lock, whether or not the account exists.
   * @throws BehalfError `lock-timeout` after `waitMs`, naming the holder.
   */
  lock(key: AccountKey, options: {waitMs: number; signal?: AbortSignal}): Promise<AccountLock>
}

export interface PresentAccounts {
  /** Whom the new account may clash with, ordered by key: the owners at its provider, and what is stored under its key. */
  names: readonly NamedAccount[]
  /** Whether the settings of the new account's provider are stored. */
  hasProvider: boolean
}

export type CommitResult =
  | {kind: 'saved'; account: OAuth2Account}
  /** The stored refresh token or grant is not the one that was sent. */
  | {kind: 'superseded'; account: OAuth2Account}
  /** Also where a credential of another kind has taken its place. */
  | {kind: 'gone'}

/** The account's lock, held over one exchange (design 7, rules 1 to 3). Release it in a `finally`. */
export interface AccountLock {
  /**
   * The record as read under the lock. Its `doubt` tells of an intent that was not finished
   * (only one whose fingerprint is that of the stored refresh token counts; others have been removed).
   * `doubt.hasReply` (here, in `get` and in `list`) says that a reply to it was recorded and waits to be saved.
   */
  readonly account: Account | undefined
  /** The reply that an earlier holder recorded for that intent but did not get to save. */
  readonly reply: RawReply | undefined
  /**
   * (a) Makes the intent to send the record's refresh token durable and counts the send: a new intent with one send,
   * or the doubt there was with one more. Reserves space for the reply. If it throws, send nothing.
   */
  begin(): Promise<void>
  /** (c) Whether the lock is still this holder's; asked after connecting, right before the request is written. */
  isHeld(): Promise<boolean>
  /** (d) Seals the reply and makes it durable beside the intent, before anyone judges it. */
  recordReply(reply: RawReply): Promise<void>
  /** Takes back the send counted by `begin`, which was not processed: the state before `begin` stands again. */
  retract(): Promise<void>
  /**
   * (e, f) Rule 3: applies `change` to the record as it is now and saves it, if the account exists with the grant id and
   * refresh token that this lock read; then, and also when superseded or gone, removes the intent and the doubt.
   * If saving throws, a recorded reply stays durable and the next holder finds it.
   */
  commit(change: (current: OAuth2Account) => NewOAuth2Account): Promise<CommitResult>
  /** Rule 11: deletes the record, its journal, and its copy in the backup. */
  remove(): Promise<void>
  /** (g) Idempotent. */
  release(): Promise<void>
}

/** A provider as configured with `provider add`; settings of the environment are laid over it by the broker. */
export interface ProviderStore {
  get(name: string): Promise<Provider | undefined>
  /** Ordered by name. What is damaged is left out, for the others are not to wait for it; `get` says what is wrong. */
  list(): Promise<Provider[]>
  /** Of all of them, in order; of those too that are damaged. */
  names(): Promise<string[]>
  /** Stores it whole; with `isExpected` only if that says yes to what is there now. False when it said no. */
  put(provider: Provider, isExpected?: (present: Provider | undefined) => boolean): Promise<boolean>
  /** Removes the settings and the state. False when there was no such provider. */
  remove(name: string): Promise<boolean>
  getState(name: string): Promise<ProviderState | undefined>
  updateState(name: string, change: (current: ProviderState) => ProviderState): Promise<ProviderState>
}

export interface FlowStore {
  put(flow: Flow): Promise<void>
  get(id: string): Promise<Flow | undefined>
  /** The flow with this `state`, whatever has become of it. */
  find(state: Secret): Promise<Flow | undefined>
  /**
   * Changes an existing flow: `change` gets it as it is now and returns what it becomes, or undefined to leave it. One
   * change at a time among all processes, so that of many who would take it one does. Returns what it became; undefined
   * when there is no such flow, or it was left.
   */
  update(id: string, change: (current: Flow) => Flow | undefined): Promise<Flow | undefined>
  /** Ordered by their creation. What is damaged is left out, for the others are not to wait for it. */
  list(): Promise<Flow[]>
  remove(id: string): Promise<boolean>
  /** When expired flows were collected last, by any process; undefined: never. */
  collectedAt(): Promise<EpochMs | undefined>
  noteCollected(at: EpochMs): Promise<void>
}

export interface ApiTokenStore {
  get(id: string): Promise<ApiToken | undefined>
  /** Ordered by issue time. */
  list(): Promise<ApiToken[]>
  put(token: ApiToken): Promise<void>
  /** @returns false, and nothing is changed, where something has this id already: of several who add it, one does. */
  add(token: ApiToken): Promise<boolean>
  update(id: string, change: (current: ApiToken) => ApiToken): Promise<ApiToken | undefined>
  /** Notes that it was used. Soft: saved with the next write, or within a minute, or on close. */
  noteUsed(id: string, at: EpochMs): Promise<void>
  /** HMAC-SHA-256 of salt and secret under the store's token key, base64url. */
  mac(salt: string, secret: Secret): Promise<string>
}

/** Sessions of the admin page, and links that begin one. Their secrets are hashed by the `mac` of {@link ApiTokenStore}. */
export interface AdminSessionStore {
  get(id: string): Promise<AdminSessionRecord | undefined>
  /** Ordered by their beginning. */
  list(): Promise<AdminSessionRecord[]>
  put(session: AdminSessionRecord): Promise<void>
  /** @returns whether it was there: of several who remove it at the same time, one at most is told so. */
  remove(id: string): Promise<boolean>
  /** As that of {@link ApiTokenStore}. */
  noteUsed(id: string, at: EpochMs): Promise<void>
}

/** The ledger of points. Nothing is cached: what any process has been told is counted is seen by all. */
export interface PointsStore {
  /**
   * Makes a change, in one step among all processes. A request whose idempotency key was used by the same caller within
   * `IDEMPOTENCY_MS` is answered as it was then and not counted again; those that were refused leave no trace.
   * @throws BehalfError `points-insufficient`, `points-out-of-range`, `idempotency-key-reused`; nothing is changed then.
   */
  change(request: PointsRequest): Promise<PointsOutcome>
  /** Undefined when nothing was ever changed for this user. */
  balance(user: string): Promise<number | undefined>
  /** The highest balances first; equal ones by name, in the order of code points. */
  top(limit: number): Promise<PointsBalance[]>
  /** Changes, the newest first: of one user or of all; with `before` only those whose sequence is lower. */
  history(query: {user?: string; limit: number; before?: number}): Promise<PointsRecord[]>
  /** The whole ledger, the oldest change first. Idempotency keys are those of the changes that they were used for. */
  all(): AsyncIterable<PointsRecord>
  /**
   * Takes over another ledger's changes, in their order, with their sequences; again after a crash: it passes by what is here.
   * @throws BehalfError `invalid-input` where a balance does not follow from the one before; what came earlier is there.
   */
  take(records: AsyncIterable<PointsRecord>): Promise<void>
  /** Lets go of files. */
  close(): Promise<void>
}
