import type {ErrorCode} from '../model/behalf-error.js'

/** The HTTP status of each failure. A new error code does not compile until it has a place here. */
export const HTTP_STATUSES: Record<ErrorCode, number> = {
  usage: 400,
  'invalid-input': 400,
  'unknown-scope': 400,
  'ambiguous-account': 400,
  unauthenticated: 401,
  refused: 403,
  'missing-scope': 403,
  'account-not-found': 404,
  'provider-not-found': 404,
  'token-not-found': 404,
  'flow-not-found': 404,
  // What is there is in the way.
  'provider-exists': 409,
  'provider-in-use': 409,
  'store-not-empty': 409,
  'points-insufficient': 409,
  'points-out-of-range': 409,
  // What someone at the terminal has to mend first.
  'login-needed': 409,
  'login-failed': 409,
  'wrong-person': 409,
  'body-too-large': 413,
  // Well-formed, and no good: the service does not take it.
  'credential-refused': 422,
  'idempotency-key-reused': 422,
  internal: 500,
  configuration: 500,
  'wrong-secret': 500,
  'store-damaged': 500,
  'store-newer': 500,
  'store-foreign': 500,
  'store-moved': 500,
  'callback-port-taken': 500,
  'program-not-found': 500,
  'program-not-runnable': 500,
  'provider-misconfigured': 502,
  'api-error': 502,
  // What may be gone in a moment.
  unavailable: 503,
  'lock-timeout': 503,
  'store-locked': 503,
  'store-read-only': 503,
  'store-full': 503,
  'store-unavailable': 503,
  interrupted: 503,
}

/** What is not the caller's fault, and only the log may describe: it names files and settings of this machine. */
export const isOurFault = (code: ErrorCode): boolean =>
  HTTP_STATUSES[code] === 500 || code.startsWith('store-') || code === 'lock-timeout'
