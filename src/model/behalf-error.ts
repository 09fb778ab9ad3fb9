/** Every way in which behalf can fail. Two tables, in `cli/` and `daemon/`, map each to an exit code and an HTTP status. */
export const ERROR_CODES = [
  'internal',
  'usage',
  'invalid-input',
  'unknown-scope',
  'body-too-large',
  'ambiguous-account',
  'provider-exists',
  'provider-in-use',
  'configuration',
  'provider-misconfigured',
  'wrong-secret',
  'callback-port-taken',
  'login-needed',
  'login-failed',
  'wrong-person',
  'credential-refused',
  'account-not-found',
  'provider-not-found',
  'token-not-found',
  'flow-not-found',
  'unavailable',
  'lock-timeout',
  'store-damaged',
  'store-newer',
  'store-foreign',
  'store-locked',
  'store-read-only',
  'store-full',
  'store-moved',
  'store-not-empty',
  'store-unavailable',
  'points-insufficient',
  'points-out-of-range',
  'idempotency-key-reused',
  'unauthenticated',
  'refused',
  'missing-scope',
  'api-error',
  'program-not-found',
  'program-not-runnable',
  'interrupted',
] as const

export type ErrorCode = (typeof ERROR_CODES)[number]

export interface BehalfErrorOptions {
  /** The next command to type, or what else to do. */
  hint?: string
  cause?: unknown
  /** The HTTP status, when an API answered. */
  status?: number
  /** The API's own body, when it answered: parsed JSON or text. */
  body?: unknown
  /** `login-needed`: what the person is to open; a flow that was begun for them waits behind it. */
  authorizationUrl?: string
  /** `points-insufficient`: what there is. */
  balance?: {user: string; points: number}
}

/** The one error type. Its message names accounts and providers, never a token. */
export class BehalfError extends Error {
  override readonly name = 'BehalfError'
  readonly code: ErrorCode
  readonly hint: string | undefined
  readonly status: number | undefined
  readonly body: unknown
  readonly authorizationUrl: string | undefined
  readonly balance: BehalfErrorOptions['balance']

  constructor(code: ErrorCode, message: string, options: BehalfErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : {cause: options.cause})
    this.code = code
    this.hint = options.hint
    this.status = options.status
    this.body = options.body
    this.authorizationUrl = options.authorizationUrl
    this.balance = options.balance
  }
}
