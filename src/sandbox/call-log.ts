import type {EpochMs} from '../model/time.js'

/** A request as it was seen. Never holds a token in clear: `…Hash` fields are `shortHash` of one. */
export interface CallRecord {
  at: EpochMs
  method: string
  path: string
  query: string[]
  form: string[]
  grantType?: string
  authorization: 'none' | 'bearer' | 'oauth' | 'basic' | 'other'
  /** Of the token in the `Authorization` header. */
  tokenHash?: string
  /** Of the `refresh_token` sent. */
  refreshTokenHash?: string
  /** Of the tokens in the answer, whether or not it arrived. */
  issuedAccessTokenHash?: string
  issuedRefreshTokenHash?: string
  clientId?: string
  /** Login of the token's user. */
  user?: string
  /** What the sandbox did; missing when the request was cut before. */
  status?: number
  /** `replied`, or the fault that took its place. */
  outcome: string
}

const CAPACITY = 20_000

/** The latest calls, the oldest first. */
export class CallLog {
  #records: CallRecord[] = []
  #dropped = 0

  add(record: CallRecord): void {
    this.#records.push(record)
    // Trimmed in bulk: shifting one at a time is slow on long runs.
    if (this.#records.length > 2 * CAPACITY) {
      this.#dropped += this.#records.length - CAPACITY
      this.#records = this.#records.slice(-CAPACITY)
    }
  }

  list(): readonly CallRecord[] {
    return this.#records
  }

  /** How many older ones are no longer kept. */
  get dropped(): number {
    return this.#dropped
  }

  clear(): void {
    this.#records = []
    this.#dropped = 0
  }
}
