import type {AccountOutline} from '../../model/account-outline.js'
import type {NamedAccount} from '../../model/account-name.js'
import type {Account, AccountKey} from '../../model/account.js'
import {findDoubt, type FoundDoubt} from '../account-doubts.js'
import {readAccountName, readSealedAccount} from '../account-record.js'
import {compareText} from '../compare-text.js'
import {isReplyAbout} from './account-replies.js'
import type {JournalEntry, JournalFolder} from '../journal.js'
import type {StoreKeys} from '../store-keys.js'
import {openStored, parseRecord, readHash, readIntent, withValidation, type AccountHash} from './account-hash.js'
import {HASH_FIELDS} from './account-scripts.js'
import type {RedisConnection} from './connection.js'
import {ACCOUNT_SLOTS, type RedisKeys} from './keys.js'
import {openCurrent} from './open-current.js'
import type {RedisParts} from './redis-parts.js'

/** So many accounts are read together. */
const CHUNK = 500

export interface StoredAccount {
  key: AccountKey
  hash: AccountHash
}

export interface OpenedAccount {
  hash: AccountHash
  /** Those that it opens with. */
  keys: StoreKeys
  /** Without what its intent tells; undefined where there is none. */
  account: Account | undefined
}

/** Reads accounts as they are stored now; nothing is kept. */
export class AccountReader {
  readonly #connection: RedisConnection
  readonly #keys: RedisKeys
  readonly #journals: JournalFolder
  readonly #openKeys: RedisParts['openKeys']
  /** As they were read for a name that was given out. */
  readonly #named = new WeakMap<NamedAccount, StoredAccount>()

  constructor(parts: {
    connection: RedisConnection
    keys: RedisKeys
    journals: JournalFolder
    openKeys: RedisParts['openKeys']
  }) {
    this.#connection = parts.connection
    this.#keys = parts.keys
    this.#journals = parts.journals
    this.#openKeys = parts.openKeys
  }

  async read(key: AccountKey): Promise<AccountHash> {
    const name = this.#keys.account(key)
    return readHash(await this.#connection.send(name, ['HMGET', name, ...HASH_FIELDS]))
  }

  /** Those that are there, in the order of the keys. */
  async readAll(keys: readonly AccountKey[]): Promise<StoredAccount[]> {
    const found: StoredAccount[] = []
    for (let from = 0; from < keys.length; from += CHUNK) {
      const chunk = keys.slice(from, from + CHUNK)
      const hashes = await Promise.all(chunk.map(async (key) => ({key, hash: await this.read(key)})))
      found.push(...hashes.filter(({hash}) => hash.record !== undefined))
    }
    return found
  }

  /** Of a provider, or of all; in order. */
  async listKeys(provider?: string): Promise<AccountKey[]> {
    const lists = await this.#askSlots((set, [min, max]) => ['ZRANGE', set, min, max, 'BYLEX'], provider)
    return (lists.flat() as string[]).sort(compareText)
  }

  async count(provider?: string): Promise<number> {
    const counts = await this.#askSlots((set, [min, max]) => ['ZLEXCOUNT', set, min, max], provider)
    return counts.reduce<number>((sum, count) => sum + Number(count), 0)
  }

  /** @throws BehalfError `store-damaged`. */
  async open(stored: StoredAccount): Promise<Account | undefined> {
    if (stored.hash.record === undefined) return undefined
    const {account, hash} = await this.openStored(stored)
    return account && this.withDoubt(account, hash)
  }

  /**
   * Opens what was read, or what is there now.
   * @throws BehalfError `store-damaged`.
   */
  async openStored({key, hash}: StoredAccount): Promise<OpenedAccount> {
    return openCurrent(
      this.#openKeys,
      hash,
      () => this.read(key),
      (now, keys) => ({hash: now, keys, account: openStored(now, key, keys)}),
    )
  }

  /** The account with what its intent tells, and whether a reply to it waits on this machine. */
  async withDoubt<A extends Account>(account: A, hash: AccountHash): Promise<A> {
    if (hash.intent === undefined) return account
    const found = findStoredDoubt(hash, await this.#journals.read(account.key), account, await this.#openKeys())
    return found === undefined ? account : {...account, doubt: found.doubt}
  }

  /** Whether a reply waits on this machine to be saved, whatever the store says of the account. */
  async hasReply(stored: StoredAccount): Promise<boolean> {
    const {account, keys, hash} = await this.openStored(stored)
    const entry = await this.#journals.read(stored.key)
    return account !== undefined && findStoredDoubt(hash, entry, account, keys)?.reply !== undefined
  }

  /** Without secrets; undefined where it is damaged. */
  async outline(stored: StoredAccount): Promise<AccountOutline | undefined> {
    const {key, hash} = stored
    const sealed = readSealedAccount(parseRecord(hash.record), key)
    if (sealed === undefined) return undefined
    const outline = withValidation(hash, sealed)
    if (hash.intent === undefined && hash.doubt === undefined) return outline
    const opened = await this.open(stored).catch(() => undefined)
    return {...outline, ...(opened?.doubt && {doubt: opened.doubt})}
  }

  /** What it is called; a guess where its record is damaged. */
  name(stored: StoredAccount): NamedAccount {
    const named = readAccountName(parseRecord(stored.hash.record), stored.key)
    this.#named.set(named, stored)
    return named
  }

  async findName(key: AccountKey): Promise<NamedAccount | undefined> {
    const hash = await this.read(key)
    return hash.record === undefined ? undefined : this.name({key, hash})
  }

  /** What those that are there are called, ordered by key. */
  async nameAll(keys: readonly AccountKey[]): Promise<NamedAccount[]> {
    const stored = await this.readAll(Array.from(new Set(keys)))
    return stored.map((one) => this.name(one)).sort((a, b) => compareText(a.key, b.key))
  }

  /** The account behind a name: as it was read for it, or as it is now. */
  async openNamed(named: NamedAccount): Promise<Account | undefined> {
    const {key} = named
    return this.open(this.#named.get(named) ?? {key, hash: await this.read(key)})
  }

  #askSlots(command: (set: string, range: readonly [string, string]) => string[], provider?: string) {
    // `:` and `@` stand behind the provider in a key, `;` and `A` are the characters that follow them.
    const ranges: (readonly [string, string])[] =
      provider === undefined
        ? [['-', '+']]
        : [
            [`[${provider}:`, `(${provider};`],
            [`[${provider}@`, `(${provider}A`],
          ]
    const sets = Array.from({length: ACCOUNT_SLOTS}, (_, slot) => this.#keys.ofSlot(slot, 'accounts'))
    return Promise.all(sets.flatMap((set) => ranges.map((range) => this.#connection.send(set, command(set, range)))))
  }
}

/** What intent and journal tell of the token that is stored. */
export function findStoredDoubt(
  hash: AccountHash,
  journal: JournalEntry | undefined,
  account: Account,
  keys: StoreKeys,
): FoundDoubt | undefined {
  const intent = readIntent(hash)
  const entry = journal && isReplyAbout(journal, intent, account) ? journal : undefined
  const told = intent ?? entry?.intent
  if (told === undefined) return undefined
  const doubt = (about: typeof told) =>
    findDoubt(
      {intent: about === 'unreadable' ? undefined : about, modifiedAt: 0, sealedReply: entry?.sealedReply},
      account,
      keys,
    )
  // An intent about another token says nothing; the journal may still.
  return doubt(told) ?? (entry?.intent && doubt(entry.intent))
}
