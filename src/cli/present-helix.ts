import type {HelixAnswer} from '../compose.js'
import {BehalfError} from '../model/behalf-error.js'

/** What an answer of 400 and above means for the command; undefined for any other. */
export function errorOf(answer: HelixAnswer): BehalfError | undefined {
  const {status, loginNeeded} = answer
  if (status < 400) return undefined
  const body = parseBody(answer.body)
  if (loginNeeded) return new BehalfError('login-needed', loginNeeded.message, {hint: loginNeeded.hint, status, body})
  const reason = messageOf(body)
  const message = `Helix answered ${String(status)} ${answer.statusText}${reason === undefined ? '.' : `: ${reason}`}`
  const passing = status === 429 || status >= 500
  const hint = answer.hint ?? hintFor(status)
  return new BehalfError(passing ? 'unavailable' : 'api-error', message, {
    status,
    body,
    ...(hint !== undefined && {hint}),
  })
}

function hintFor(status: number): string | undefined {
  if (status === 429) return 'Try again later, or wait longer with --max-wait.'
  return status >= 500 ? 'Try again later; the fault is on the other side.' : undefined
}

/** A body as JSON, or as text where it is none. */
export const parseBody = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

const messageOf = (body: unknown): string | undefined =>
  typeof body === 'object' &&
  body !== null &&
  'message' in body &&
  typeof body.message === 'string' &&
  body.message !== ''
    ? body.message
    : undefined

/** What was left out and filled in, for a person to know. */
export const describeFilled = ({name, value, login}: NonNullable<HelixAnswer['filled']>): string =>
  `Filled in ${name}=${value} (${login}).`

/** Status line and headers, and the empty line behind them. */
export const describeHead = ({
  status,
  statusText,
  headers,
}: Pick<HelixAnswer, 'status' | 'statusText' | 'headers'>): string =>
  [`HTTP/1.1 ${String(status)} ${statusText}`, ...headers.map(([name, value]) => `${name}: ${value}`), '', ''].join(
    '\n',
  )
