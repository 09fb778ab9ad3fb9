import {randomBytes, randomInt} from 'node:crypto'

import type {Random} from '../model/random.js'

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** The machine's randomness, fit for secrets. */
export function createSystemRandom(): Random {
  return {
    token: (bytes) => randomBytes(bytes).toString('base64url'),
    alphanumeric: (length) => Array.from({length}, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join(''),
    fraction: () => randomInt(1 << 30) / (1 << 30),
  }
}
