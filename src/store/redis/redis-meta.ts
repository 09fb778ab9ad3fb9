import {randomBytes} from 'node:crypto'

import {BehalfError} from '../../model/behalf-error.js'
import {SECOND_MS} from '../../model/time.js'
import {incomingStore, movedStore, newerStore} from '../document-errors.js'
import type {DocumentMove} from '../document.js'
import * as shape from '../shape.js'
import {fit} from '../shape.js'
import {wrappedKeysShape, type Keyring, type StoreKeys, type WrappedKeys} from '../store-keys.js'
import type {RedisConnection} from './connection.js'
import {movedMeanwhile} from './gate-note.js'
import type {RedisKeys} from './keys.js'
import {defineScript} from './script.js'

const FORMAT = 'behalf-store'
const VERSION = 1
/** How long the wrapped keys are taken to be what they were, on a connection that did not break. */
const KNOWN_MS = SECOND_MS

/** What `meta` says of a store. */
export interface RedisMeta {
  /** Random, and the same for the life of the store. */
  id: string
  wrapped: WrappedKeys
}

export interface OpenKeysOptions {
  /** As they are now, though they have been read within a second. */
  anew?: boolean
}

const moveShape = shape.object({kind: shape.oneOf(['incoming', 'moved']), id: shape.text, other: shape.text})

/** Whoever comes first makes the store, and everyone gets what he made. The same when it is run twice. */
const create = defineScript(
  `
  if redis.call('EXISTS', KEYS[1]) == 0 then
    redis.call('HSET', KEYS[1], 'format', ARGV[1], 'version', ARGV[2], 'id', ARGV[3], 'keys', ARGV[4])
  end
  return redis.call('HGETALL', KEYS[1])
  `,
  {isRepeatable: true},
)

/** What makes keys of a Redis a store: its format, its version, and its own keys, wrapped under the sealing secret. */
export class MetaHash {
  readonly #connection: RedisConnection
  readonly #key: string
  readonly #keyring: Keyring
  #known: {meta: RedisMeta; epoch: number; untilMs: number} | undefined
  #reading: Promise<RedisMeta | undefined> | undefined

  constructor(connection: RedisConnection, keys: RedisKeys, keyring: Keyring) {
    this.#connection = connection
    this.#key = keys.meta
    this.#keyring = keyring
  }

  /** As it is now; undefined for a store that nothing was written to. @throws BehalfError `store-…`. */
  async read(): Promise<RedisMeta | undefined> {
    const known = this.#known
    if (known?.epoch === this.#connection.epoch() && known.untilMs > performance.now()) return known.meta
    // A list of accounts is opened all at once.
    this.#reading ??= this.#readNow().finally(() => {
      this.#reading = undefined
    })
    return this.#reading
  }

  /** @throws BehalfError `wrong-secret`, `store-…`. */
  async openKeys({anew = false}: OpenKeysOptions = {}): Promise<StoreKeys> {
    const meta = anew ? await this.#readNow() : await this.read()
    if (meta !== undefined) return this.#keyring.open(meta.wrapped)
    const {wrapped} = await this.#keyring.create()
    const id = randomBytes(16).toString('base64url')
    const args = [FORMAT, VERSION, id, JSON.stringify(wrapped)]
    const made = this.#learn(await this.#connection.run(create, [this.#key], args))
    if (made === undefined) throw damagedMeta(this.#connection.location, 'its keys are gone')
    return this.#keyring.open(made.wrapped)
  }

  /**
   * Looks again, after somebody may have had the store alone.
   * @throws BehalfError `store-moved`; `store-locked` where it has other keys now: what is sealed was sealed with the old.
   */
  async checkUnchanged(): Promise<void> {
    const before = this.#known?.meta
    this.#known = undefined
    const after = await this.#readNow()
    if (before === undefined || JSON.stringify(before) === JSON.stringify(after)) return
    throw movedMeanwhile(this.#connection.location)
  }

  async #readNow(): Promise<RedisMeta | undefined> {
    return this.#learn(await this.#connection.send(this.#key, ['HGETALL', this.#key]))
  }

  #learn(reply: unknown): RedisMeta | undefined {
    // Another server may answer after a break, and an emptied one must not be written to with the keys of before.
    const epoch = this.#connection.epoch()
    const meta = parseMeta(reply, this.#connection.location)
    this.#known = meta && {meta, epoch, untilMs: performance.now() + KNOWN_MS}
    return meta
  }
}

/** What `meta` says of a store that may be on its way. */
export interface AnyMeta extends RedisMeta {
  move?: DocumentMove
}

/** The fields of `meta` and what they say, for a store that is made. */
export const metaFields = ({id, wrapped}: RedisMeta): string[] => [
  ...['format', FORMAT, 'version', String(VERSION)],
  ...['id', id, 'keys', JSON.stringify(wrapped)],
]

/**
 * @param reply of `HGETALL`.
 * @throws BehalfError `store-foreign`, `store-newer`, `store-damaged`, `store-moved`.
 */
function parseMeta(reply: unknown, location: string): RedisMeta | undefined {
  const meta = parseAnyMeta(reply, location)
  if (meta?.move?.kind === 'moved') throw movedStore(location, meta.move.other)
  if (meta?.move?.kind === 'incoming') throw incomingStore(location, meta.move)
  return meta
}

/** The same, also of a store that is not in use. */
export function parseAnyMeta(reply: unknown, location: string): AnyMeta | undefined {
  const flat = Array.isArray(reply) ? reply.map(String) : []
  if (flat.length === 0) return undefined
  const fields = new Map(flat.flatMap((name, index) => (index % 2 === 0 ? [[name, flat[index + 1] ?? '']] : [])))
  if (fields.get('format') !== FORMAT) {
    throw new BehalfError(
      'store-foreign',
      `What is at ${location} is not a store of behalf. It has been left as it is.`,
      {
        hint: 'Give behalf a prefix of its own: BEHALF_STORE=redis://HOST:PORT?prefix=NAME:',
      },
    )
  }
  const version = Number(fields.get('version'))
  if (version > VERSION) throw newerStore(location, version)
  if (version !== VERSION) throw damagedMeta(location, 'its version makes no sense')
  const id = fields.get('id')
  const wrapped = fit(wrappedKeysShape, parseJson(fields.get('keys')))
  if (id === undefined || id === '' || !('value' in wrapped)) throw damagedMeta(location, 'its keys cannot be read')
  const text = fields.get('move')
  const move = text === undefined ? undefined : fit(moveShape, parseJson(text))
  if (move !== undefined && !('value' in move)) throw damagedMeta(location, 'what became of it cannot be read')
  return {id, wrapped: wrapped.value, ...(move && {move: move.value})}
}

function parseJson(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}

const damagedMeta = (location: string, fault: string): BehalfError =>
  new BehalfError('store-damaged', `The store ${location} is damaged: ${fault}. It has been left as it is.`, {
    hint: 'Restore Redis from a backup of its own, or run behalf store import.',
  })
