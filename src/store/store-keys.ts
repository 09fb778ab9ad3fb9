import {createHmac, createSecretKey, hkdfSync, randomBytes, scrypt} from 'node:crypto'
import {promisify} from 'node:util'

import type {SealingSecretSource} from '../config/settings.js'
import {BehalfError} from '../model/behalf-error.js'
import {SEALED_PATTERN, Sealer} from './sealing.js'
import * as shape from './shape.js'
import type {Shaped} from './shape.js'
import {
  createDefaultKeyFile,
  describeSecretSource,
  hasKeyFile,
  isNextKeyPath,
  nextKeyPathOf,
  readSealingSecret,
  type SealingSecret,
} from './sealing-secret.js'

const sealedText = shape.matching(SEALED_PATTERN)

/** The store's random keys as they are kept: wrapped under the sealing secret. */
export const wrappedKeysShape = shape.object({
  salt: shape.matching(/^[\w-]{22,}$/),
  check: sealedText,
  data: sealedText,
  token: sealedText,
  /** The data key before this one, while a change of it has not come to all that is sealed. */
  previous: shape.optional(sealedText),
})
export type WrappedKeys = Shaped<typeof wrappedKeysShape>

/** The store's random keys themselves, 32 bytes each. */
export interface BareKeys {
  data: Buffer
  token: Buffer
  /** See {@link WrappedKeys}. */
  previous?: Buffer | undefined
}

/** The store's keys, unwrapped. */
export interface StoreKeys {
  /** Under the data key. */
  sealer: Sealer
  /** HMAC-SHA-256 under a key of this one use, derived from the token key; base64url. */
  fingerprint(text: string): string
  /** HMAC-SHA-256 of salt and text, likewise. */
  mac(salt: string, text: string): string
}

export const KEY_BYTES = 32
const CHECK_TEXT = 'behalf'

const deriveScrypt = promisify<string, Buffer, number, {N: number; r: number; p: number; maxmem: number}, Buffer>(
  scrypt,
)
const derive = (key: Buffer, salt: Buffer, use: string): Buffer =>
  Buffer.from(hkdfSync('sha256', key, salt, `behalf ${use} v1`, KEY_BYTES))

/** Wraps and unwraps the store's keys. A passphrase is stretched once per salt, for that takes a tenth of a second. */
export class Keyring {
  readonly #source: SealingSecretSource
  /** A change of the default key file that was killed has this one left to put in its place. */
  readonly #next: Extract<SealingSecretSource, {kind: 'default-key-file'}> | undefined
  readonly #wrapping = new Map<string, Promise<Sealer>>()
  #opened: {wrapped: WrappedKeys; keys: StoreKeys} | undefined

  constructor(source: SealingSecretSource) {
    this.#source = source
    const isNext = source.kind !== 'default-key-file' || isNextKeyPath(source.path)
    this.#next = isNext ? undefined : {...source, path: nextKeyPathOf(source.path)}
  }

  /** New random keys for a new store; makes the default key file if that is the source. */
  async create(): Promise<{wrapped: WrappedKeys; keys: StoreKeys}> {
    const bare = {data: randomBytes(KEY_BYTES), token: randomBytes(KEY_BYTES)}
    return {wrapped: await this.wrap(bare), keys: toStoreKeys(bare)}
  }

  /** Wraps keys that there are, under a salt of its own; makes the default key file if that is the source. */
  async wrap({data, token, previous}: BareKeys): Promise<WrappedKeys> {
    const salt = randomBytes(16).toString('base64url')
    const wrapping = await this.#wrappingFor(salt, true)
    const seal = (name: string, key: Buffer): string => wrapping.seal(['keys', name], key.toString('base64url'))
    return {
      salt,
      check: wrapping.seal(['keys', 'check'], CHECK_TEXT),
      data: seal('data', data),
      token: seal('token', token),
      ...(previous && {previous: seal('previous', previous)}),
    }
  }

  /**
   * @throws BehalfError `wrong-secret` when nothing opens with the sealing secret, `store-damaged` when only some does.
   */
  async open(wrapped: WrappedKeys): Promise<StoreKeys> {
    if (this.#opened !== undefined && areSameKeys(this.#opened.wrapped, wrapped)) return this.#opened.keys
    const keys = toStoreKeys(await this.unwrap(wrapped))
    this.#opened = {wrapped, keys}
    return keys
  }

  /** The keys themselves. @throws as `open` does. */
  async unwrap(wrapped: WrappedKeys): Promise<BareKeys> {
    const wrapping = await this.#wrappingFor(wrapped.salt, false)
    const open = (name: 'check' | 'data' | 'token' | 'previous'): string | undefined =>
      wrapped[name] && wrapping.open(['keys', name], wrapped[name])
    const [check, data, token, previous] = [open('check'), open('data'), open('token'), open('previous')]
    if (check === undefined && data === undefined && token === undefined) {
      if (this.#next === undefined || !hasKeyFile(this.#next.path)) throw this.#wrongSecret()
      return new Keyring(this.#next).unwrap(wrapped)
    }
    const isWhole = check !== undefined && (previous !== undefined || wrapped.previous === undefined)
    if (!isWhole || data === undefined || token === undefined) {
      throw new BehalfError(
        'store-damaged',
        'The keys of the store are damaged: the sealing secret opens only some of them',
      )
    }
    const toKey = (text: string): Buffer => Buffer.from(text, 'base64url')
    return {data: toKey(data), token: toKey(token), previous: previous === undefined ? undefined : toKey(previous)}
  }

  #wrappingFor(salt: string, mayCreate: boolean): Promise<Sealer> {
    const known = this.#wrapping.get(salt)
    if (known !== undefined) return known
    const wrapping = this.#deriveWrapping(salt, mayCreate)
    this.#wrapping.set(salt, wrapping)
    // A failure is not remembered: the key file may be put back while a daemon runs.
    wrapping.catch(() => this.#wrapping.delete(salt))
    return wrapping
  }

  async #deriveWrapping(salt: string, mayCreate: boolean): Promise<Sealer> {
    const secret = await this.#readSecret(mayCreate)
    const saltBytes = Buffer.from(salt, 'base64url')
    const key =
      secret.kind === 'key'
        ? secret.key
        : await deriveScrypt(secret.passphrase, saltBytes, KEY_BYTES, {
            N: 2 ** 15,
            r: 8,
            p: 1,
            maxmem: 64 * 1024 * 1024,
          })
    return new Sealer(derive(key, saltBytes, 'key wrapping'))
  }

  async #readSecret(mayCreate: boolean): Promise<SealingSecret> {
    const secret = await readSealingSecret(this.#source)
    if (secret !== undefined) return secret
    if (this.#source.kind !== 'default-key-file' || !mayCreate) throw this.#missingKeyFile()
    return createDefaultKeyFile(this.#source.path)
  }

  #missingKeyFile(): BehalfError {
    return new BehalfError(
      'wrong-secret',
      `The key file ${describeSecretSource(this.#source)} that seals this store is gone`,
      {
        hint: 'Put the key file back, or set BEHALF_SECRET or BEHALF_SECRET_FILE. Without the key the tokens cannot be read.',
      },
    )
  }

  #wrongSecret(): BehalfError {
    return new BehalfError(
      'wrong-secret',
      `The store is sealed with another secret than ${describeSecretSource(this.#source)}`,
      {
        hint: 'Set BEHALF_SECRET or BEHALF_SECRET_FILE to the secret the store was made with.',
      },
    )
  }
}

const areSameKeys = (a: WrappedKeys, b: WrappedKeys): boolean =>
  a.salt === b.salt && a.check === b.check && a.data === b.data && a.token === b.token && a.previous === b.previous

/** The store's keys, ready for use. */
export function toStoreKeys({data, token, previous}: BareKeys): StoreKeys {
  const noSalt = Buffer.alloc(0)
  const fingerprintKey = createSecretKey(derive(token, noSalt, 'fingerprint'))
  const macKey = createSecretKey(derive(token, noSalt, 'api token'))
  return {
    sealer: new Sealer(data, previous),
    fingerprint: (text) => createHmac('sha256', fingerprintKey).update(text, 'utf8').digest('base64url'),
    mac: (salt, text) => createHmac('sha256', macKey).update(`${salt}\0${text}`, 'utf8').digest('base64url'),
  }
}
