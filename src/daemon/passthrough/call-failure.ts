import {BehalfError, type BehalfErrorOptions, type ErrorCode} from '../../model/behalf-error.js'

/** A failure of the passthrough itself that has an HTTP status of its own. */
export class CallFailure extends BehalfError {
  readonly httpStatus: number
  readonly headers: Readonly<Record<string, string>>

  constructor(
    httpStatus: number,
    code: ErrorCode,
    message: string,
    {headers = {}, ...options}: BehalfErrorOptions & {headers?: Readonly<Record<string, string>>} = {},
  ) {
    super(code, message, options)
    this.httpStatus = httpStatus
    this.headers = headers
  }
}
