import {BehalfError} from '../../model/behalf-error.js'
import {checkIdempotencyKey} from '../../model/points.js'

/** A string of structured fields (RFC 8941 3.3.3), as draft-ietf-httpapi-idempotency-key-header has it. */
const QUOTED = /^"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"$/
/** What most clients send: the key as it is. A comma would make it a list, a semicolon parameters. */
const BARE = /^[^\s",;]+$/

/**
 * The key of a request that counts once, however often it comes; undefined where there is none.
 * @param values every `Idempotency-Key` of the request.
 * @throws BehalfError `invalid-input` for one that is empty, too long or malformed, and for more than one.
 */
export function readIdempotencyKey(values: readonly string[] = []): string | undefined {
  const [value, ...others] = values
  if (value === undefined) return undefined
  const key = BARE.test(value) ? value : QUOTED.exec(value)?.[1]?.replaceAll(/\\(["\\])/g, '$1')
  if (others.length === 0 && key !== undefined) return checkIdempotencyKey(key)
  throw new BehalfError('invalid-input', 'The Idempotency-Key cannot be read.', {
    hint: 'Send one, such as a UUID, as it is or in double quotes.',
  })
}
