import {BehalfError} from '../../model/behalf-error.js'

/** @throws BehalfError `invalid-input` for a text that would end its line, or that no text file can hold. */
export function checkOneLine(text: string): string {
  if (!/\p{Cc}/u.test(text)) return text
  throw new BehalfError('invalid-input', `“${text.slice(0, 80)}” has a control character in it.`, {
    hint: 'A service can be told such a thing by a file only: give it a path without one.',
  })
}
