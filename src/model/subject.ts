import {BehalfError} from './behalf-error.js'

/** The longest ids of chat services (Webex) have some 80 characters. */
const MAX_LENGTH = 200

/** What of a subject nobody else may take: imports that are not finished are kept under it. */
const RESERVED = 'import:'

/**
 * Checks the id that a chat service gives a person (`slack:U02AB`). It comes from outside, is shown to people and stands
 * in the names of records. `*` is what stands for many.
 * @throws BehalfError `invalid-input`.
 */
export function checkSubject(text: string): string {
  const isFit = text !== '' && text.length <= MAX_LENGTH && !/[\s\p{C}*]/u.test(text) && !text.startsWith(RESERVED)
  if (isFit) return text
  throw new BehalfError('invalid-input', `“${text.slice(0, 80)}” cannot be a subject.`, {
    hint: 'It is the id that a chat service gives a person, behind the name of that service: slack:U02AB.',
  })
}
