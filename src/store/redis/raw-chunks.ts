import {groupItems} from '../group-items.js'
import type {RawRecord, RawRecords} from '../raw-store.js'
import type {RedisConnection} from './connection.js'
import type {RedisKeys} from './keys.js'
import {listOwnKeys} from './list-own-keys.js'

const TOGETHER = 200

/** Records that wait beside a store until they take the place of what is in it. */
export class RawChunks {
  readonly #connection: RedisConnection
  readonly #keys: RedisKeys
  #count = 0

  constructor(connection: RedisConnection, keys: RedisKeys) {
    this.#connection = connection
    this.#keys = keys
  }

  async write(records: RawRecords): Promise<void> {
    for await (const some of groupItems(records, TOGETHER)) {
      const key = this.#keys.chunk(this.#count)
      await this.#connection.send(key, ['SET', key, JSON.stringify(some)])
      this.#count += 1
    }
  }

  async *read(): AsyncGenerator<RawRecord> {
    for (let chunk = 0; chunk < this.#count; chunk += 1) {
      const key = this.#keys.chunk(chunk)
      yield* JSON.parse(String(await this.#connection.send(key, ['GET', key]))) as RawRecord[]
    }
  }

  /** Those of a run that was interrupted too. */
  async remove(): Promise<void> {
    for await (const key of listOwnKeys(this.#connection, this.#keys)) {
      if (this.#keys.isChunk(key)) await this.#connection.send(key, ['UNLINK', key])
    }
  }
}
