import type {Dialect, Provider} from '../../model/provider.js'
import type {Secret} from '../../model/secret.js'
import type {HttpRequest} from '../http-exchange.js'
import type {JsonAnswer} from '../json-answer.js'
import type {ClientFault} from '../provider-client.js'

/** How a provider departs from the RFCs. `rfc` departs in nothing; the others change what they must. */
export interface DialectRules {
  /**
   * Rewrites an answer of the token, device or revocation endpoint into what the RFCs prescribe:
   * the status, and `error` with one of the RFC's codes.
   * `redirect_uri_mismatch`, which no RFC names, is a redirect URI that is not registered.
   */
  toRfc(answer: JsonAnswer): JsonAnswer
  device: {
    /** What the scopes are called in a device authorization request (RFC 8628 3.1: `scope`). */
    scopeParameter: 'scope' | 'scopes'
    /** Whether the client authenticates in the device flow. */
    authenticates: boolean
  }
  /** Life of a refresh token, in milliseconds, where it is documented but not announced. */
  refreshTokenLifeMs(provider: Provider): number | undefined
  /** A client that has a secret begins a device login without it, and is refused for want of it when it refreshes. */
  demandsSecretAtRefresh: boolean
  /** What of the client its own words, in lower case, find wrong. Undefined where they do not tell. */
  faultOfClient(words: string): ClientFault | undefined
  /** The scheme of the validation request. */
  validationScheme: 'Bearer' | 'OAuth'
  identifyBy: 'validate' | 'userinfo'
  /** The members of the userinfo answer (or ID token), in the order of preference. */
  identity: {userId: readonly string[]; login: readonly string[]; displayName: readonly string[]}
  /** Trades the token of a login for one that lives longer. Undefined where that cannot be asked for. */
  lengthen?(provider: Provider, accessToken: Secret): HttpRequest | undefined
  revocation: {
    takes: readonly ('access_token' | 'refresh_token')[]
    /** Where it is not the request of RFC 7009 2.1. */
    buildRequest?: (provider: Provider, revokeUrl: string, token: Secret) => HttpRequest
    /** Statuses that say that the token was dead already. */
    deadStatuses: readonly number[]
  }
}

export type DialectTable = Readonly<Record<Dialect, DialectRules>>

/** A form as RFC 6749 appendix B has it. */
export function buildFormRequest(url: string, form: Record<string, string>): HttpRequest {
  return {
    method: 'POST',
    url,
    headers: {accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded'},
    body: new URLSearchParams(form).toString(),
  }
}
