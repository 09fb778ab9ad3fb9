import {randomBytes} from 'node:crypto'
import {join} from 'node:path'

import {BehalfError} from '../../model/behalf-error.js'
import {providerOfKey} from '../../model/account.js'
import type {RedisPlace} from '../../config/store-place.js'
import type {Clock} from '../../model/time.js'
import {openAccount, readAccountName} from '../account-record.js'
import {movedStore} from '../document-errors.js'
import {JournalFolder, type Intent} from '../journal.js'
import {rawRefreshShape} from '../raw-refresh.js'
import type {RawRecord} from '../raw-store.js'
import {isObject} from '../shape.js'
import type {StoreKeys} from '../store-keys.js'
import {parseRecord, readHash, readIntent, toRecordArguments, type AccountHash} from './account-hash.js'
import {AccountHints} from './account-hints.js'
import {accountScripts, HASH_FIELDS} from './account-scripts.js'
import type {RedisConnection} from './connection.js'
import {ACCOUNT_SLOTS, slotOf, type RedisKeys} from './keys.js'
import {defineScript} from './script.js'

const READ_TOGETHER = 200

/** Arguments: the record and the id of its write, as they were read; those that replace them. Gives whether they did. */
const replaceRecord = defineScript(`
local read = redis.call('HMGET', KEYS[1], 'record', 'write')
if read[1] ~= ARGV[1] or (read[2] or '') ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], 'record', ARGV[3], 'write', ARGV[4])
return 1
`)

export interface RedisRawAccountsParts {
  place: RedisPlace
  connection: RedisConnection
  keys: RedisKeys
  clock: Clock
}

/** Accounts of a Redis store and their begun refreshes, as records. Answers to these wait on this machine. */
export class RedisRawAccounts {
  readonly #parts: RedisRawAccountsParts
  readonly #journals: JournalFolder
  readonly #hints: AccountHints

  constructor(parts: RedisRawAccountsParts) {
    this.#parts = parts
    this.#journals = new JournalFolder(join(parts.place.localPath, 'accounts'))
    this.#hints = new AccountHints(parts.connection, parts.keys)
  }

  async count(): Promise<number> {
    const counts = await Promise.all(this.#slots().map((set) => this.#parts.connection.send(set, ['ZCARD', set])))
    return counts.reduce<number>((sum, count) => sum + Number(count), 0)
  }

  async *list(): AsyncGenerator<RawRecord> {
    for await (const [key, hash] of this.#hashes()) yield {section: 'accounts', key, value: readRecord(hash)}
    for await (const [key, hash] of this.#hashes()) {
      const refresh = await this.#readRefresh(key, hash)
      if (refresh !== undefined) yield {section: 'refreshes', key, value: refresh}
    }
  }

  /** How many refreshes have begun whose answers, if there are any, are kept on another machine. */
  async countElsewhere(): Promise<number> {
    let count = 0
    for await (const [key, hash] of this.#hashes()) {
      const refresh = hash.intent === undefined ? undefined : await this.#readRefresh(key, hash)
      const isOurs = refresh?.intent.lastSentAt.bootId === this.#parts.clock.moment().bootId
      if (refresh !== undefined && refresh.reply === undefined && !isOurs) count += 1
    }
    return count
  }

  /**
   * Puts an account there as it is.
   * @throws BehalfError `store-locked`, `store-moved`: somebody else is at it.
   */
  async put({key, value}: RawRecord, keys: StoreKeys): Promise<void> {
    const name = readAccountName(value, key)
    await this.#hints.add(name)
    const args = this.#toArguments(key, value, keys)
    const {connection} = this.#parts
    const reply = await connection.run(accountScripts.save, this.#keysOf(key, name.provider), [...args, 'login', ''])
    const [word, other] = reply as [word: string, other?: unknown]
    if (word === 'moved') throw movedStore(connection.location, String(other))
    if (word === 'saved') return
    throw new BehalfError('store-locked', `Somebody else has written ${key} to ${connection.location} meanwhile`, {
      hint: 'Stop what works there, and run this again.',
    })
  }

  /**
   * Another form of the same record, as it is now: one that was read before may be old. Whoever read the form before
   * cannot write it back.
   */
  async rewrite({key}: RawRecord, change: (record: RawRecord) => unknown): Promise<void> {
    const {connection, keys} = this.#parts
    const place = keys.account(key)
    for (;;) {
      const hash = readHash(await connection.send(place, ['HMGET', place, ...HASH_FIELDS]))
      if (hash.record === undefined) return
      const value = readRecord(hash)
      const changed = change({section: 'accounts', key, value})
      if (changed === value) return
      const args = [hash.record, hash.write ?? '', JSON.stringify(changed), makeWriteId()]
      if ((await connection.run(replaceRecord, [place], args)) === 1) return
    }
  }

  async putRefresh({key, value}: RawRecord): Promise<void> {
    const {intent, reply} = rawRefreshShape(value)
    if (reply !== undefined) await this.#journals.put(key, intent, reply)
    const text = JSON.stringify(intent)
    const {connection, keys} = this.#parts
    const hash = keys.account(key)
    await connection.send(hash, ['HSET', hash, 'intent', text])
    const due = keys.ofSlot(slotOf(key), `due-${providerOfKey(key)}`)
    await connection.send(due, ['ZADD', due, '0', key])
  }

  /** The answer alone, as it is now; the intent stays as it is. */
  async rewriteRefresh({key}: RawRecord, change: (record: RawRecord) => unknown): Promise<void> {
    const place = this.#parts.keys.account(key)
    const hash = readHash(await this.#parts.connection.send(place, ['HMGET', place, ...HASH_FIELDS]))
    const value = await this.#readRefresh(key, hash)
    if (value === undefined) return
    const {intent, reply} = rawRefreshShape(change({section: 'refreshes', key, value}))
    if (reply !== undefined && reply !== value.reply) await this.#journals.put(key, intent, reply)
  }

  async *#hashes(): AsyncGenerator<[key: string, hash: AccountHash]> {
    const {connection, keys} = this.#parts
    for (const set of this.#slots()) {
      const members = (await connection.send(set, ['ZRANGE', set, '0', '-1'])) as string[]
      for (let start = 0; start < members.length; start += READ_TOGETHER) {
        const some = members.slice(start, start + READ_TOGETHER)
        const read = (key: string) => connection.send(keys.account(key), ['HMGET', keys.account(key), ...HASH_FIELDS])
        const hashes = await Promise.all(some.map(async (key) => [key, readHash(await read(key))] as const))
        for (const [key, hash] of hashes) if (hash.record !== undefined) yield [key, hash]
      }
    }
  }

  async #readRefresh(key: string, hash: AccountHash): Promise<{intent: Intent; reply?: string} | undefined> {
    const intent = readIntent(hash)
    if (intent === undefined) return undefined
    if (intent === 'unreadable') {
      throw new BehalfError('store-damaged', `What is noted of a refresh of ${key} that was begun cannot be read`, {
        hint: `behalf refresh ${key}`,
      })
    }
    const journal = await this.#journals.read(key)
    const isAnswer = journal?.intent?.grantId === intent.grantId && journal.intent.fingerprint === intent.fingerprint
    return isAnswer && journal.sealedReply !== undefined ? {intent, reply: journal.sealedReply} : {intent}
  }

  /** A record that does not open is kept as it is, and found by its key alone. */
  #toArguments(key: string, value: unknown, keys: StoreKeys): string[] {
    const record = JSON.stringify(value)
    const id = makeWriteId()
    try {
      const args = toRecordArguments(
        {account: openAccount(value, key, keys), replaces: undefined, id},
        keys,
        this.#parts.clock.now(),
      )
      return args.with(3, record)
    } catch (error) {
      if (!(error instanceof BehalfError)) throw error
      const version = isObject(value) && Number.isSafeInteger(value.version) ? String(value.version) : '1'
      return [key, '', version, record, '', '', id, ' ', '', '']
    }
  }

  #keysOf(key: string, provider: string): string[] {
    const {keys} = this.#parts
    const sets = ['accounts', `due-${provider}`, `validate-${provider}`, 'stranded', 'slot']
    return [keys.account(key), ...sets.map((name) => keys.ofSlot(slotOf(key), name))]
  }

  #slots(): string[] {
    return Array.from({length: ACCOUNT_SLOTS}, (_, slot) => this.#parts.keys.ofSlot(slot, 'accounts'))
  }
}

const makeWriteId = (): string => randomBytes(9).toString('base64url')

/** With what Redis keeps beside it, as the JSON store has it. */
function readRecord(hash: AccountHash): unknown {
  const record = parseRecord(hash.record)
  if (!isObject(record)) return record ?? hash.record
  const validated = Number(hash.validated ?? Number.NaN)
  const isNews = validated > Number(record.lastValidatedAt ?? -Infinity)
  const doubt = parseRecord(hash.doubt)
  return {...record, ...(isNews && {lastValidatedAt: validated}), ...(doubt !== undefined && {doubt})}
}
