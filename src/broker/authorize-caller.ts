import type {NamedAccount} from '../model/account-name.js'
import type {ApiToken} from '../model/api-token.js'

/** What a request says of who makes it, as its headers came: every value of each. */
export interface CallerInput {
  /** `Bearer <API token>` or `Token <API token>`, the scheme in any case. */
  authorization: readonly string[]
  /** `X-Behalf-Of` and `X-TAU-On-Behalf-Of`. */
  actAs: readonly string[]
}

/** What the request wants to do. */
export type Wanted =
  /** Something that acts as no account: a scope that is one word. */
  | {kind: 'word'; scope: string}
  /** A call of a provider's API as an account of that provider; `segments`: the path, decoded. */
  | {kind: 'call'; provider: string; isHelix: boolean; method: string; segments: readonly string[]}
  /** A scope that is one word, for one account: the named one must be among those it may act as. */
  | {kind: 'account'; scope: string; account: string}

/** Who makes a request, and on whose behalf. */
export interface Caller {
  apiToken: ApiToken
  account?: NamedAccount
}
