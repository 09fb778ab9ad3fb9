import {createCipheriv, createDecipheriv, randomBytes} from 'node:crypto'

/** Which record and field a sealed value belongs to, such as `['account', 'twitch:2002', 'refreshToken']`. */
export type SealedPlace = readonly string[]

const PREFIX = 'v1.'
const NONCE_BYTES = 12
const TAG_BYTES = 16

/** The form of a sealed value: `v1.` and base64url of nonce, ciphertext and tag. */
export const SEALED_PATTERN = /^v1\.[A-Za-z0-9_-]{38,}$/

/** AES-256-GCM with the place as associated data, so that a value cannot be moved to another record or field. */
export class Sealer {
  readonly #key: Buffer
  readonly #previous: Buffer | undefined

  /**
   * @param key 32 bytes.
   * @param previous Another one, by which values are opened too, and none is sealed.
   */
  constructor(key: Buffer, previous?: Buffer) {
    this.#key = key
    this.#previous = previous
  }

  /** Each call uses a new random nonce: the same text never looks the same twice. */
  seal(place: SealedPlace, text: string): string {
    const nonce = randomBytes(NONCE_BYTES)
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce).setAAD(associatedData(place))
    const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
    return PREFIX + sealed.toString('base64url')
  }

  /** The text, or undefined when it was not sealed with this key for this place, or was changed since. */
  open(place: SealedPlace, sealed: string): string | undefined {
    if (!SEALED_PATTERN.test(sealed)) return undefined
    const bytes = Buffer.from(sealed.slice(PREFIX.length), 'base64url')
    return openWith(this.#key, place, bytes) ?? (this.#previous && openWith(this.#previous, place, bytes))
  }
}

function openWith(key: Buffer, place: SealedPlace, bytes: Buffer): string | undefined {
  const nonce = bytes.subarray(0, NONCE_BYTES)
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, {authTagLength: TAG_BYTES})
  decipher.setAAD(associatedData(place)).setAuthTag(bytes.subarray(-TAG_BYTES))
  try {
    return decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8')
  } catch {
    return undefined
  }
}

/** JSON keeps the parts apart: `['a', 'b,c']` and `['a,b', 'c']` are different places. */
const associatedData = (place: SealedPlace): Buffer => Buffer.from(JSON.stringify(place), 'utf8')
