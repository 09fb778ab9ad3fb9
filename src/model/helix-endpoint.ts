export const HELIX_METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const
export type HelixMethod = (typeof HELIX_METHODS)[number]
export type HelixTokenKind = 'user' | 'app' | 'extension-jwt' | 'none'

/** An app token may act where the user in `grantedBy` (a parameter) granted the client these scopes earlier. */
export interface AppTokenGrant {
  allOf?: string[]
  anyOf?: string[]
  oneOf?: string[]
  plus?: string[]
  /** A parameter of the call, or a sentence where the reference does not say which. */
  grantedBy: string
  /** What the broadcaster must have granted besides. */
  channelGrant?: {scopes: string[]; grantedBy: string; unless?: string}
}

/** One Helix endpoint as the reference documents it. */
export interface HelixEndpoint {
  method: HelixMethod
  /** Relative to `https://api.twitch.tv/helix`, with a leading slash. */
  path: string
  name: string
  category: string
  summary: string
  /** Any one of them suffices; empty: none is needed. */
  scopes: string[]
  optionalScopes?: string[]
  scopesMode: 'none' | 'one' | 'any'
  tokenTypes: HelixTokenKind[]
  appTokenNeedsGrant?: AppTokenGrant
  /** The parameter that must equal the token's user, or a phrase such as `user_id or editor`. */
  tokenUserMustMatch: string | null
  /** Query parameters: `*` marks required ones (see `requiredQuery` in `helix/catalogue.ts`), `[]` repeatable ones. */
  query: string[]
  /** Names and types of the JSON body. */
  body: Record<string, unknown> | null
  /** Required names of the body, flat: nested names are included. */
  bodyRequired: string[]
  response: Record<string, unknown> | null
  success: number
  errors: number[]
  paginated: boolean
  cursorParams?: ('after' | 'before')[]
  /** Of `first` (`count` on the Bits leaderboard). */
  pageSize?: {default: number | null; max: number | null}
  /** Answers 410. */
  deprecated?: boolean
  note?: string
}
