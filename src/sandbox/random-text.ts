import {createHash, randomInt} from 'node:crypto'

const LOWER = 'abcdefghijklmnopqrstuvwxyz0123456789'
const CAPITALS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
const MIXED = `${LOWER}${CAPITALS}`

const draw = (alphabet: string, length: number): string =>
  Array.from({length}, () => alphabet.charAt(randomInt(alphabet.length))).join('')

/** Client ids, secrets, codes and access tokens: 30 lower-case letters and digits. */
export const randomToken = (): string => draw(LOWER, 30)
export const randomRefreshToken = (): string => draw(MIXED, 50)
export const randomDeviceCode = (): string => draw(MIXED, 40)
export const randomUserCode = (): string => draw(CAPITALS, 8)

/** Tells values apart without showing them: the first 12 hex digits of their SHA-256. */
export const shortHash = (value: string): string => createHash('sha256').update(value).digest('hex').slice(0, 12)
