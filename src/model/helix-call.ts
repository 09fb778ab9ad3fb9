import type {HelixMethod} from './helix-endpoint.js'
import type {Secret} from './secret.js'

/** A request to the Twitch API, its token apart. */
export interface HelixRequest {
  /** Without a trailing slash. */
  apiUrl: string
  /** As the provider has it. */
  addressesFrom?: 'http'
  method: HelixMethod
  /** Encoded, with a leading slash. */
  path: string
  /** Encoded, without `?`. */
  query: string
  /** JSON text. */
  body?: string
}

export interface HelixCredentials {
  accessToken: Secret
  clientId: string
}

export interface HelixResponse {
  status: number
  statusText: string
  headers: [string, string][]
  /** As it came; empty for 204. */
  body: string
  /** The token itself was refused; not its scopes, its user or its client. */
  tokenRefused: boolean
}

/** The cause of an error, where a request has certainly not reached the API. */
export class UnsentRequest extends Error {
  override readonly name = 'UnsentRequest'
}
