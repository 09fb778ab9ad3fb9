import type {NamedAccount} from '../../model/account-name.js'
import type {AccountKey} from '../../model/account.js'
import {compareText} from '../compare-text.js'
import type {RedisConnection} from './connection.js'
import type {RedisKeys} from './keys.js'
import {defineScript} from './script.js'

type Named = Pick<NamedAccount, 'key' | 'provider' | 'login' | 'userId' | 'role' | 'subject'>

/** Who is the owner at a provider, was, or is about to be: with a time, by the clock of Redis, who has only claimed it. */
export interface OwnersSeen {
  keys: readonly AccountKey[]
  /** Of those whose claim is settled or over: what their account says was read after that. */
  decided: readonly (readonly [key: AccountKey, score: string])[]
}

export type OwnerClaim =
  | {kind: 'claimed'; /** Epoch ms by the clock of Redis. */ untilMs: number}
  /** Somebody is about to become the owner, or has since. */
  | {kind: 'again'}

const CLOCK = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
`

const LOOK = defineScript(
  `${CLOCK}
return {string.format('%.0f', now), redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES')}
`,
  {onlyReads: true},
)

/** Where nobody is owner, or is about to be, but those who were looked at. Arguments: key; for how long; those, with scores. */
const CLAIM = defineScript(`${CLOCK}
local decided = {}
for i = 3, #ARGV, 2 do decided[ARGV[i]] = ARGV[i + 1] end
local members = redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES')
for i = 1, #members, 2 do
  if members[i] ~= ARGV[1] and decided[members[i]] ~= members[i + 1] then return false end
end
for i = 1, #members, 2 do
  if members[i] ~= ARGV[1] and tonumber(members[i + 1]) > 0 then redis.call('ZREM', KEYS[1], members[i]) end
end
local till = string.format('%.0f', now + ARGV[2])
redis.call('ZADD', KEYS[1], till, ARGV[1])
return till
`)

/**
 * Sets of account keys by which accounts are found. They may say too much and are checked against the records; they
 * never say too little: they are written before the record, and once more after it for whoever was clearing up
 * meanwhile.
 */
export class AccountHints {
  readonly #connection: RedisConnection
  readonly #keys: RedisKeys

  constructor(connection: RedisConnection, keys: RedisKeys) {
    this.#connection = connection
    this.#keys = keys
  }

  /** Keys of the accounts that a text may lead to. */
  async find(text: string): Promise<readonly AccountKey[]> {
    const {hint, user} = this.#names()
    const sets = [hint('login', text), hint('id', text), user(text)]
    return (await Promise.all(sets.map((set) => this.#members(set)))).flat()
  }

  /** Keys of those who are the owner at a provider, were, or are about to be. */
  async owners(provider?: string): Promise<readonly AccountKey[]> {
    if (provider !== undefined) return (await this.lookAtOwners(provider)).keys
    const providers = await this.#members(this.#keys.owners)
    return (await Promise.all(providers.map((one) => this.owners(one)))).flat()
  }

  async add(account: Named, {isOwnerClaimed = false}: {isOwnerClaimed?: boolean} = {}): Promise<void> {
    const {key, role, provider, subject} = account
    const sets = this.#setsOf(account).map((set) => this.#connection.send(set, ['SADD', set, key]))
    if (subject !== undefined) sets.push(this.#add(this.#keys.users, subject))
    if (role === 'owner') {
      const owners = this.#keys.hint('owner', provider)
      sets.push(this.#add(this.#keys.owners, provider))
      if (!isOwnerClaimed) sets.push(this.#connection.send(owners, ['ZADD', owners, '0', key]))
    }
    await Promise.all(sets)
  }

  /**
   * Takes away what led to an account and leads to it no more.
   * @param readNow what the account is called now. Somebody may bring it back at this moment.
   */
  async drop(before: Named, readNow: () => Promise<Named | undefined>): Promise<void> {
    const {key, role, provider, subject} = before
    const now = await readNow()
    const kept = now === undefined ? [] : this.#setsOf(now)
    const over = this.#setsOf(before).filter((set) => !kept.includes(set))
    await Promise.all(over.map((set) => this.#connection.send(set, ['SREM', set, key])))
    if (role === 'owner' && now?.role !== 'owner') {
      const owners = this.#keys.hint('owner', provider)
      await this.#connection.send(owners, ['ZREM', owners, key])
    }
    if (subject !== undefined && (await this.#members(this.#keys.user(subject))).length === 0) {
      await this.#connection.send(this.#keys.users, ['SREM', this.#keys.users, subject])
    }
    const after = await readNow()
    if (after !== undefined) await this.add(after)
  }

  async lookAtOwners(provider: string): Promise<OwnersSeen> {
    const reply = await this.#connection.run(LOOK, [this.#keys.hint('owner', provider)], [])
    const [nowMs, flat] = reply as [string, string[]]
    const members = flat.flatMap((key, index) => (index % 2 === 0 ? [[key, flat[index + 1] ?? ''] as const] : []))
    return {
      keys: members.map(([key]) => key).sort(compareText),
      decided: members.filter(([, score]) => Number(score) <= Number(nowMs)),
    }
  }

  /**
   * Reserves the place of the owner, until it is settled or the time is over.
   * @param seen who was looked at, and may be there beside this one.
   */
  async claimOwner({key, provider}: Named, seen: OwnersSeen, forMs: number): Promise<OwnerClaim> {
    const owners = this.#keys.hint('owner', provider)
    const reply = await this.#connection.run(CLAIM, [owners], [key, forMs, ...seen.decided.flat()])
    return reply === null ? {kind: 'again'} : {kind: 'claimed', untilMs: Number(reply)}
  }

  /** The owner is there. */
  async settleOwner({key, provider}: Named): Promise<void> {
    const owners = this.#keys.hint('owner', provider)
    await this.#connection.send(owners, ['ZADD', owners, '0', key])
  }

  #setsOf({login, userId, subject}: Named): string[] {
    const {hint, user} = this.#names()
    return subject === undefined ? [hint('login', login), hint('id', userId)] : [user(subject)]
  }

  #names() {
    const keys = this.#keys
    return {
      hint: (kind: 'login' | 'id', text: string) => keys.hint(kind, text),
      user: (subject: string) => keys.user(subject),
    }
  }

  #add(set: string, member: string): Promise<unknown> {
    return this.#connection.send(set, ['SADD', set, member])
  }

  async #members(set: string): Promise<string[]> {
    return (await this.#connection.send(set, ['SMEMBERS', set])) as string[]
  }
}
