import type {Plugin} from 'rolldown'

const escapeUnit = (unit: number): string => `\\u${unit.toString(16).padStart(4, '0')}`

/** As JavaScript writes it in strings, templates and regular expressions; nowhere else do our chunks have such characters. */
export const escapeNonAscii = (code: string): string =>
  code.replaceAll(/[^\x00-\x7f]/g, (unit) => escapeUnit(unit.charCodeAt(0))) // eslint-disable-line no-control-regex

/**
 * Writes chunks in ASCII. One dash elsewhere makes V8 keep a whole file at two bytes a character, and Node decode it the
 * slow way: 7 % of a short command (docs/decisions/0001-start-up.md).
 */
export const asciiOnly: Plugin = {
  name: 'ascii-only',
  generateBundle(_, bundle) {
    for (const chunk of Object.values(bundle)) {
      if (chunk.type === 'chunk') chunk.code = escapeNonAscii(chunk.code)
    }
  },
}
