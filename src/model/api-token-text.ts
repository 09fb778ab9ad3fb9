import {crc32} from 'node:zlib'

import {Secret} from './secret.js'

/** `bhf_<id>_<secret>_<checksum>`: 8, 32 and 6 characters of A–Z, a–z, 0–9; 32 of them are 190 bits. */
const TEXT = /^bhf_([A-Za-z0-9]{8})_([A-Za-z0-9]{32})_([A-Za-z0-9]{6})$/

export const API_TOKEN_ID_LENGTH = 8
export const API_TOKEN_SECRET_LENGTH = 32

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** The token as its holder gets it, with the CRC-32 by which a secret scanner recognises it. */
export function formatApiToken(id: string, secret: Secret): Secret {
  const body = `bhf_${id}_${secret.reveal()}`
  return new Secret(`${body}_${checksum(body)}`)
}

/** Whether all behind the id is in small letters and digits. */
export const hasSmallEnding = (token: Secret): boolean => /^bhf_.{8}_[a-z0-9]+_[a-z0-9]+$/.test(token.reveal())

/** Takes an API token apart; undefined for anything that is not one, a mistyped one included. */
export function parseApiToken(text: Secret): {id: string; secret: Secret} | undefined {
  const [, id, secret, sum] = TEXT.exec(text.reveal()) ?? []
  if (id === undefined || secret === undefined) return undefined
  return checksum(`bhf_${id}_${secret}`) === sum ? {id, secret: new Secret(secret)} : undefined
}

/** CRC-32 in base 62, six digits: 62^6 > 2^32. */
function checksum(body: string): string {
  let rest = crc32(body)
  let text = ''
  for (let place = 0; place < 6; place += 1) {
    text = DIGITS.charAt(rest % 62) + text
    rest = Math.floor(rest / 62)
  }
  return text
}
