import {randomBytes} from 'node:crypto'

import type {RedisPlace} from '../../config/store-place.js'
import {BehalfError} from '../../model/behalf-error.js'
import type {Clock} from '../../model/time.js'
import {foreignStore, IMPORT_ID} from '../document-errors.js'
import {groupItems} from '../group-items.js'
import {readRawPoints, toPointsRecords} from '../raw-points.js'
import type {RawContent, RawHead, RawMove, RawRecord, RawState, RawStore} from '../raw-store.js'
import {settleAll} from '../settle-all.js'
import {checkRawRecords} from './check-raw-records.js'
import {openRedisConnection, type RedisConnection} from './connection.js'
import {ACCOUNT_SLOTS, RedisKeys} from './keys.js'
import {listOwnKeys} from './list-own-keys.js'
import {RawChunks} from './raw-chunks.js'
import {SoleRedisGate} from './redis-gate.js'
import {metaFields, parseAnyMeta, type AnyMeta} from './redis-meta.js'
import {readingParts, type RedisParts} from './redis-parts.js'
import {createRedisPoints} from './redis-points.js'
import {RedisRawAccounts} from './redis-raw-accounts.js'
import {RedisRawRecords} from './redis-raw-records.js'

const TOGETHER = 200

export function openRedisRawStore(place: RedisPlace, clock: Clock): RawStore {
  return new RedisRawStore(place, clock)
}

class RedisRawStore implements RawStore {
  readonly location: string
  readonly #connection: RedisConnection
  readonly #keys: RedisKeys
  readonly #gate: SoleRedisGate
  readonly #accounts: RedisRawAccounts
  readonly #records: RedisRawRecords
  readonly #parts: RedisParts

  constructor(place: RedisPlace, clock: Clock) {
    const connection = openRedisConnection(place)
    const keys = new RedisKeys(place.prefix)
    this.location = place.location
    this.#connection = connection
    this.#keys = keys
    this.#gate = new SoleRedisGate({connection, key: keys.gate, clock})
    this.#accounts = new RedisRawAccounts({place, connection, keys, clock})
    this.#records = new RedisRawRecords(connection, keys, clock)
    this.#parts = readingParts({place, connection, keys, clock})
  }

  claim(waitMs: number): Promise<void> {
    return this.#gate.take(waitMs)
  }

  async readState(): Promise<RawState> {
    const meta = await this.#readMeta()
    if (meta?.move) return meta.move
    if (meta !== undefined) return {kind: (await this.#isEmpty()) ? 'empty' : 'live'}
    for await (const key of this.#connection.scan()) {
      if (!this.#keys.isPassing(key)) throw foreignStore(this.location)
    }
    return {kind: 'empty'}
  }

  async readHead(): Promise<RawHead> {
    const {writtenAt, flowMaintenance} = this.#keys
    const meta = await this.#readMeta()
    if (meta === undefined) throw new BehalfError('internal', 'A store without keys was read')
    const collectedAt = Date.parse(String(await this.#connection.send(flowMaintenance, ['GET', flowMaintenance])))
    return {
      keys: meta.wrapped,
      writtenAt: Number(await this.#connection.send(writtenAt, ['GET', writtenAt])),
      ...(!Number.isNaN(collectedAt) && {flowsCollectedAt: collectedAt}),
    }
  }

  async *records(): AsyncGenerator<RawRecord> {
    yield* this.#records.list()
    yield* this.#accounts.list()
    yield* readRawPoints(createRedisPoints(this.#parts))
  }

  async stage({id, other}: RawMove, content: RawContent): Promise<void> {
    await this.#setMove({kind: 'incoming', id, other}, content.head)
    await this.#clear()
    await this.#fill(content)
  }

  async activate(): Promise<void> {
    await this.#gate.write(['HDEL', this.#keys.meta, 'move'])
  }

  async retire({id, other}: RawMove): Promise<void> {
    await this.#setMove({kind: 'moved', id, other})
    // For a process that slept all the while: what it wakes up to write goes nowhere.
    const slots = Array.from({length: ACCOUNT_SLOTS}, (_, slot) => this.#keys.ofSlot(slot, 'slot'))
    const marked = [...slots, this.#keys.points('ledger')]
    await settleAll(marked.map((key) => this.#gate.write(['HSET', key, 'moved', other])))
  }

  async replace(content: RawContent): Promise<void> {
    const chunks = new RawChunks(this.#connection, this.#keys)
    await chunks.remove()
    try {
      await chunks.write(checkRawRecords(content.records))
      await this.#setMove({kind: 'incoming', id: IMPORT_ID, other: 'an export'}, content.head)
      await this.#clear()
      await this.#fill({...content, records: chunks.read()})
      await this.activate()
    } finally {
      // What stays behind goes with the next import: the outcome of this one is not to be lost for it.
      await chunks.remove().catch(() => undefined)
    }
  }

  async rewrite(head: RawHead, change: (record: RawRecord) => unknown): Promise<number> {
    await this.writeHead(head)
    const changed = async (record: RawRecord): Promise<void> => {
      if (record.section === 'accounts') await this.#accounts.rewrite(record, change)
      else if (record.section === 'refreshes') await this.#accounts.rewriteRefresh(record, change)
      else await this.#records.rewrite(record, change)
    }
    for await (const some of groupItems(this.#sealedRecords(), TOGETHER)) {
      await this.#gate.check()
      await settleAll(some.map(changed))
    }
    await this.#gate.check()
    return this.#accounts.countElsewhere()
  }

  async writeHead({keys}: RawHead): Promise<void> {
    await this.#gate.write(['HSET', this.#keys.meta, 'keys', JSON.stringify(keys)])
  }

  async close(): Promise<void> {
    await this.#gate.leave()
    await this.#connection.close()
  }

  async *#sealedRecords(): AsyncGenerator<RawRecord> {
    yield* this.#records.list()
    yield* this.#accounts.list()
  }

  async #fill({head, keys, records}: RawContent): Promise<void> {
    const put = async (record: RawRecord): Promise<void> => {
      if (record.section === 'accounts') await this.#accounts.put(record, keys)
      else if (record.section === 'refreshes') await this.#accounts.putRefresh(record)
      else await this.#records.put(record)
    }
    const points = createRedisPoints({...this.#parts, openKeys: () => Promise.resolve(keys)})
    for await (const some of groupItems(records, TOGETHER)) {
      await this.#gate.check()
      await settleAll(some.filter(({section}) => section !== 'refreshes' && section !== 'points').map(put))
      await settleAll(some.filter(({section}) => section === 'refreshes').map(put))
      await points.take(toPointsRecords(some))
    }
    const {writtenAt, flowMaintenance} = this.#keys
    const {flowsCollectedAt} = head
    await this.#connection.send(writtenAt, ['SET', writtenAt, String(head.writtenAt)])
    if (flowsCollectedAt === undefined) return
    const collectedAt = new Date(flowsCollectedAt).toISOString()
    await this.#connection.send(flowMaintenance, ['SET', flowMaintenance, collectedAt])
  }

  /** With a head: for a store that is made anew. */
  async #setMove(move: NonNullable<AnyMeta['move']>, head?: RawHead): Promise<void> {
    const id = randomBytes(16).toString('base64url')
    const made = head === undefined ? [] : metaFields({id, wrapped: head.keys})
    await this.#gate.write(['HSET', this.#keys.meta, ...made, 'move', JSON.stringify(move)])
  }

  async #clear(): Promise<void> {
    const {meta} = this.#keys
    for await (const some of groupItems(listOwnKeys(this.#connection, this.#keys), TOGETHER)) {
      const over = some.filter((key) => key !== meta && !this.#keys.isPassing(key))
      await settleAll(over.map((key) => this.#gate.write(['UNLINK', key])))
    }
  }

  async #readMeta(): Promise<AnyMeta | undefined> {
    const {meta} = this.#keys
    return parseAnyMeta(await this.#connection.send(meta, ['HGETALL', meta]), this.location)
  }

  async #isEmpty(): Promise<boolean> {
    const {providers, providerStates, flows, tokens} = this.#keys
    const sizes = [
      ['HLEN', providers],
      ['HLEN', providerStates],
      ['SCARD', flows],
      ['SCARD', tokens],
    ] as const
    const counts = await Promise.all(sizes.map(([command, key]) => this.#connection.send(key, [command, key])))
    const balances = this.#keys.points('balances')
    counts.push(await this.#connection.send(balances, ['ZCARD', balances]), await this.#accounts.count())
    return counts.every((count) => Number(count) === 0)
  }
}
