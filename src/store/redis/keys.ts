import {createHash} from 'node:crypto'

/** Accounts are spread over so many hash slots; a step about an account touches the keys of one. */
export const ACCOUNT_SLOTS = 64

/** What `RedisKeys.meta` is called, after the prefix. */
export const META = '{m}meta'

/** What a key may be called, after the prefix. */
const OUR_NAMES = [
  /^\{m\}(?:meta|gate)$/,
  /^(?:written-at|providers|provider-states|users|owners|flows|flow-maintenance|tokens)$/,
  /^(?:login|id|owner|user|flow)-/,
  /^chunk-\d+$/,
  /^\{(?:t:[^}]*|r:[0-9a-f]{32})\}$/,
  /^\{p\}(?:balances|changes|last|ledger|(?:key|attempt)-[\w-]+)$/,
  /^\{a:\d+\}(?:accounts|stranded|slot|(?:account|due|validate)-[^]*)$/,
]

/**
 * The names of all keys (design 10). What stands in braces alone says to a cluster where a key belongs, so that those
 * with the same are together.
 */
export class RedisKeys {
  readonly #prefix: string

  constructor(prefix: string) {
    this.#prefix = prefix
  }

  /** Hash: format, version, wrapped keys. With the gate, so that one step can look there and write here. */
  get meta(): string {
    return `${this.#prefix}${META}`
  }

  /** Hash: who is at the store. */
  get gate(): string {
    return `${this.#prefix}{m}gate`
  }

  /** What waits to take the place of all there is. */
  chunk(number: number): string {
    return `${this.#prefix}chunk-${String(number)}`
  }

  isChunk(key: string): boolean {
    return /^chunk-\d+$/.test(key.slice(this.#prefix.length))
  }

  /** Whether a key is no part of what is stored. */
  isPassing(key: string): boolean {
    return key === this.gate || this.isChunk(key) || key.startsWith(`${this.#prefix}{r:`)
  }

  /**
   * Whether a key that begins with our prefix is called like one of ours. So may be one of a store whose prefix begins
   * with ours too: see `listOwnKeys`.
   */
  isOurs(key: string): boolean {
    const name = key.slice(this.#prefix.length)
    return OUR_NAMES.some((ours) => ours.test(name))
  }

  get writtenAt(): string {
    return `${this.#prefix}written-at`
  }

  /** Hash: the account's record, lock and intent. */
  account(key: string): string {
    return this.ofSlot(slotOf(key), `account-${key}`)
  }

  /** @param name of a set that has a part in each slot: `due-twitch`, `validate-twitch`, `stranded`, `accounts`, `slot`. */
  ofSlot(slot: number, name: string): string {
    return `${this.#prefix}{a:${String(slot)}}${name}`
  }

  /** A set of account keys by which accounts are found: a hint, checked against the record. */
  hint(kind: 'login' | 'id' | 'owner', text: string): string {
    return `${this.#prefix}${kind}-${text}`
  }

  /** Set of the providers that have an owner, or had one. */
  get owners(): string {
    return `${this.#prefix}owners`
  }

  /** Set of subjects. */
  get users(): string {
    return `${this.#prefix}users`
  }

  /** Set of the account keys of a subject. */
  user(subject: string): string {
    return `${this.#prefix}user-${subject}`
  }

  /** Hash: name → record. */
  get providers(): string {
    return `${this.#prefix}providers`
  }

  /** Hash: name → record. */
  get providerStates(): string {
    return `${this.#prefix}provider-states`
  }

  /** Set of flow ids. */
  get flows(): string {
    return `${this.#prefix}flows`
  }

  /** The record. */
  flow(id: string): string {
    return `${this.#prefix}flow-${id}`
  }

  /** The id of the flow with this fingerprint of its state. */
  flowState(fingerprint: string): string {
    return `${this.#prefix}flow-state-${fingerprint}`
  }

  /** When flows were collected last: an ISO time. */
  get flowMaintenance(): string {
    return `${this.#prefix}flow-maintenance`
  }

  /** Set of the ids of API tokens. */
  get tokens(): string {
    return `${this.#prefix}tokens`
  }

  /** The record of an API token. */
  token(id: string): string {
    return `${this.#prefix}{t:${id}}`
  }

  /** What belongs to the points ledger, all in one slot. */
  points(name: string): string {
    return `${this.#prefix}{p}${name}`
  }

  /** The rate budget of a bucket. Its name may hold anything. */
  rate(bucket: string): string {
    return `${this.#prefix}{r:${createHash('sha256').update(bucket, 'utf8').digest('hex').slice(0, 32)}}`
  }
}

/** The slot of an account, from 0 to 63. */
export function slotOf(key: string): number {
  return createHash('sha1').update(key, 'utf8').digest().readUInt8(0) % ACCOUNT_SLOTS
}
