import {STATUS_CODES} from 'node:http'

export type HelixStatus = 400 | 401 | 403 | 404 | 409 | 410 | 422 | 429

/** A refusal in the form of Helix (facts 3.2): `{"error", "status", "message"}`. */
export class HelixError extends Error {
  override readonly name = 'HelixError'
  readonly status: HelixStatus

  constructor(status: HelixStatus, message: string) {
    super(message)
    this.status = status
  }

  toBody(): {error: string; status: number; message: string} {
    return {error: STATUS_CODES[this.status] ?? '', status: this.status, message: this.message}
  }
}

export const missingParameter = (name: string): HelixError =>
  new HelixError(400, `Missing required parameter "${name}"`)
