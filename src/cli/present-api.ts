import type {ApiAnswer} from '../compose.js'
import {BehalfError} from '../model/behalf-error.js'
import {parseBody} from './present-helix.js'

/** So much of an answer is looked into for the reason of a failure; with `--json` it is what is shown of it. */
export const SHOWN_BYTES = 1024 * 1024

/** What an answer of 400 and above means for the command; undefined for any other. @param start of its body. */
export function describeApiFailure(
  {status, statusText, provider, loginNeeded}: Omit<ApiAnswer, 'body'>,
  start: Buffer,
): BehalfError | undefined {
  if (status < 400) return undefined
  const body = parseBody(start.toString('utf8'))
  if (loginNeeded) return new BehalfError('login-needed', loginNeeded.message, {hint: loginNeeded.hint, status, body})
  const reason = findReason(body)
  const message = `${provider} answered ${`${String(status)} ${statusText}`.trim()}${reason === undefined ? '.' : `: ${reason}`}`
  const isPassing = status === 429 || status >= 500
  return new BehalfError(isPassing ? 'unavailable' : 'api-error', message, {
    status,
    body,
    ...(isPassing && {hint: 'Try again later.'}),
  })
}

const DEEPEST_REASON = 4

/** `{"message"}`, `{"error"}`, `{"error": {"message"}}`, `{"errors": [{"message"}]}`: what APIs call it. */
function findReason(body: unknown, depth = 0): string | undefined {
  if (typeof body !== 'object' || body === null || depth > DEEPEST_REASON) return undefined
  if (Array.isArray(body)) return findReason(body[0], depth + 1)
  const members = body as {message?: unknown; error_description?: unknown; error?: unknown; errors?: unknown}
  for (const member of [members.message, members.error_description, members.error, members.errors]) {
    const reason = typeof member === 'string' ? member.trim() : findReason(member, depth + 1)
    if (reason !== undefined && reason !== '') return reason
  }
  return undefined
}
