import {createDecipheriv, createHash} from 'node:crypto'

import {Secret} from './secret.js'

/** A name and password. */
export interface OpenedCredential {
  username: string
  password: Secret
}

/**
 * Opens a Jenkins credential, `user:apitoken`, that a script of an old Hubot encrypted with Node's
 * `createCipher('aes-256-cbc', secret)`: hex, with key and IV from OpenSSL's `EVP_BytesToKey`, one round of MD5 and no
 * salt. Node has no such function any more.
 * @returns undefined where the secret does not fit. To one wrong secret in 256 the padding seems right, hardly ever the text.
 */
export function openHubotCredential(hex: string, secret: Secret): OpenedCredential | undefined {
  const [, username, password] = /^\s*([^\s:\p{Cc}]+):([^\p{Cc}]*[^\s\p{Cc}])\s*$/u.exec(decrypt(hex, secret)) ?? []
  return username === undefined || password === undefined ? undefined : {username, password: new Secret(password)}
}

/** Empty where the secret does not fit. */
function decrypt(hex: string, secret: Secret): string {
  if (!/^(?:[0-9a-f]{32})+$/i.test(hex)) return ''
  const {key, iv} = deriveKey(secret)
  const decipher = createDecipheriv('aes-256-cbc', key, iv)
  try {
    const bytes = Buffer.concat([decipher.update(hex, 'hex'), decipher.final()])
    return new TextDecoder('utf-8', {fatal: true}).decode(bytes)
  } catch {
    return ''
  }
}

/** Each block is the MD5 of the one before and the secret, until there are 32 bytes for the key and 16 for the IV. */
function deriveKey(secret: Secret): {key: Buffer; iv: Buffer} {
  const hash = (before: Buffer): Buffer => createHash('md5').update(before).update(secret.reveal(), 'utf8').digest()
  const first = hash(Buffer.alloc(0))
  const second = hash(first)
  return {key: Buffer.concat([first, second]), iv: hash(second)}
}
