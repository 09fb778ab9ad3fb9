import {BehalfError} from '../../model/behalf-error.js'
import {CallFailure} from './call-failure.js'

const TIMED_OUT = new Set(['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ETIMEDOUT'])

/** Why an API gave no whole answer. The error of undici is not shown: it may know more than a caller should. */
export function explainUpstreamError(host: string, error: Error): BehalfError {
  if (error instanceof BehalfError) return error
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name
  return TIMED_OUT.has(code)
    ? new CallFailure(504, 'unavailable', `${host} did not answer in time.`, {cause: error})
    : new CallFailure(502, 'unavailable', `${host} gave no answer (${code}).`, {cause: error})
}
