import {Flags} from '@oclif/core'

import {BehalfError} from '../model/behalf-error.js'

const UNITS: Readonly<Record<string, number>> = {'': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3}
const MAX_BYTES = 1024 ** 4

/**
 * Reads `512k`, `16m`, `1g` or a number of bytes; at least one byte, at most a terabyte.
 * @throws BehalfError `invalid-input`.
 */
export function parseSize(text: string): number {
  const [, digits, unit = ''] = /^(\d{1,13})([kmg]?)(?:i?b)?$/.exec(text.trim().toLowerCase()) ?? []
  const bytes = Number(digits) * (UNITS[unit] ?? 1)
  if (bytes > 0 && bytes <= MAX_BYTES) return bytes
  throw new BehalfError('invalid-input', `“${text.slice(0, 40)}” is not a size.`, {
    hint: 'Write it like 512k, 16m or 1g.',
  })
}

/** A flag that takes a size and gives bytes. */
export const sizeFlag = Flags.custom<number>({
  helpValue: 'SIZE',
  parse: (text) => Promise.resolve().then(() => parseSize(text)),
})
