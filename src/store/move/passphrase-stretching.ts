import {createCipheriv, createDecipheriv, randomBytes, scrypt} from 'node:crypto'
import {promisify} from 'node:util'

import {Stanza, type Identity, type Recipient} from 'age-encryption'

import type {Secret} from '../../model/secret.js'

/** What the `age` program takes: 256 MiB of memory, about a second. */
const LOG_N = 18
/** No file makes us take more than a gigabyte. */
const MAX_LOG_N = 20
const BLOCK_SIZE = 8
const LABEL = 'age-encryption.org/v1/scrypt'
const SALT_BYTES = 16
const TAG_BYTES = 16
const SEALED_KEY_BYTES = 16 + TAG_BYTES

/** Each key seals one thing. */
const NONCE = Buffer.alloc(12)
const TAG_LENGTH = {authTagLength: TAG_BYTES} as const

const stretch = promisify<string, Buffer, number, object, Buffer>(scrypt)

/**
 * A passphrase as age takes it (https://age-encryption.org/v1, “The scrypt recipient type”), stretched by Node itself: in
 * JavaScript, as age-encryption does it, that takes several times as long.
 * @param logN of the work factor; one less is half the work.
 */
export const createPassphraseRecipient = (passphrase: Secret, logN = LOG_N): Recipient => ({
  async wrapFileKey(fileKey) {
    const salt = randomBytes(SALT_BYTES)
    const cipher = createCipheriv('chacha20-poly1305', await toKey(passphrase, salt, logN), NONCE, TAG_LENGTH)
    const body = Buffer.concat([cipher.update(fileKey), cipher.final(), cipher.getAuthTag()])
    return [new Stanza(['scrypt', encode(salt), String(logN)], body)]
  },
})

/** Opens what `createPassphraseRecipient` or `age --passphrase` sealed. */
export const createPassphraseIdentity = (passphrase: Secret): Identity => ({
  async unwrapFileKey(stanzas) {
    const [stanza] = stanzas
    if (stanza?.args[0] !== 'scrypt') return null
    const [, saltText = '', logN = ''] = stanza.args
    const salt = Buffer.from(saltText, 'base64')
    const isWhole = salt.length === SALT_BYTES && encode(salt) === saltText && stanza.body.length === SEALED_KEY_BYTES
    // It must be alone in its file: nobody else may have a key to what a passphrase opens.
    if (stanzas.length !== 1 || stanza.args.length !== 3 || !isWhole || !/^[1-9][0-9]?$/.test(logN)) {
      throw new Error('invalid scrypt stanza')
    }
    if (Number(logN) > MAX_LOG_N) throw new Error('the scrypt work factor is too high')
    const key = await toKey(passphrase, salt, Number(logN))
    const decipher = createDecipheriv('chacha20-poly1305', key, NONCE, TAG_LENGTH)
    decipher.setAuthTag(stanza.body.subarray(-TAG_BYTES))
    const fileKey = decipher.update(stanza.body.subarray(0, -TAG_BYTES))
    try {
      decipher.final()
    } catch {
      return null
    }
    // Not a view of Node's pool.
    return Uint8Array.from(fileKey)
  },
})

const encode = (salt: Buffer): string => salt.toString('base64').replaceAll('=', '')

function toKey(passphrase: Secret, salt: Buffer, logN: number): Promise<Buffer> {
  const N = 2 ** logN
  // It works in about half of that.
  const maxmem = 2 * 128 * (N + 2) * BLOCK_SIZE
  return stretch(passphrase.reveal(), Buffer.concat([Buffer.from(LABEL), salt]), 32, {N, r: BLOCK_SIZE, p: 1, maxmem})
}
