import {armor, Decrypter, Encrypter} from 'age-encryption'

import {BehalfError} from '../../model/behalf-error.js'
import type {Secret} from '../../model/secret.js'
import {damagedExport, foreignExport} from './export-format.js'
import {createPassphraseIdentity, createPassphraseRecipient} from './passphrase-stretching.js'

const AGE_START = 'age-encryption.org/'
const ARMOR_START = '-----BEGIN AGE ENCRYPTED FILE-----'

/** What seals a file that anyone may come by has to stand against guessing. */
const SHORTEST = 8

export interface SealOptions {
  /** As text that survives mail and copying. */
  armored: boolean
}

/**
 * Seals a text under a passphrase, in the format of age (https://age-encryption.org/v1).
 * @throws BehalfError `invalid-input` when it is too short.
 */
export async function sealExport(text: string, passphrase: Secret, {armored}: SealOptions): Promise<Buffer> {
  if (passphrase.reveal().length < SHORTEST) {
    throw new BehalfError('invalid-input', `The passphrase is shorter than ${String(SHORTEST)} characters.`, {
      hint: 'Take four or five random words.',
    })
  }
  const encrypter = new Encrypter()
  encrypter.addRecipient(createPassphraseRecipient(passphrase))
  const sealed = await encrypter.encrypt(text)
  return Buffer.from(armored ? armor.encode(sealed) : sealed)
}

/**
 * @param source What to call it in messages.
 * @throws BehalfError `wrong-secret`, `store-foreign`, `store-damaged`.
 */
export async function openExport(bytes: Buffer, passphrase: Secret, source: string): Promise<string> {
  const sealed = dearmor(bytes, source)
  const decrypter = new Decrypter()
  decrypter.addIdentity(createPassphraseIdentity(passphrase))
  try {
    return await decrypter.decrypt(sealed, 'text')
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('no identity matched')) {
      throw new BehalfError('wrong-secret', `The passphrase does not open ${source}.`, {
        cause: error,
        hint: 'Give the passphrase that it was exported with.',
      })
    }
    throw damagedExport(source, error)
  }
}

function dearmor(bytes: Buffer, source: string): Uint8Array {
  const start = bytes.toString('latin1', 0, 256).trimStart()
  if (start.startsWith(AGE_START)) return bytes
  if (!start.startsWith(ARMOR_START)) throw foreignExport(source)
  try {
    return armor.decode(bytes.toString('latin1'))
  } catch (error) {
    throw damagedExport(source, error)
  }
}
