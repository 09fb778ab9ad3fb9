import {readFileSync} from 'node:fs'

export type HelixMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
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
  /** Query parameters: `*` marks required ones (see {@link requiredQuery}), `[]` repeatable ones. */
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

let loaded: {all: readonly HelixEndpoint[]; byKey: ReadonlyMap<string, HelixEndpoint>} | undefined

/** Every endpoint of the Twitch API, in the order of its reference. Read from disk on first use. */
export function listEndpoints(): readonly HelixEndpoint[] {
  return loadCatalogue().all
}

/** The endpoint of a method and a path (with its leading slash, without `/helix` and query). */
export function findEndpoint(method: string, path: string): HelixEndpoint | undefined {
  return loadCatalogue().byKey.get(`${method.toUpperCase()} ${path}`)
}

/** Endpoints whose starred parameters are alternatives: one of them is needed, not all. */
const ALTERNATIVES: ReadonlySet<string> = new Set([
  'GET /clips',
  'GET /games',
  'GET /streams/markers',
  'GET /teams',
  'GET /videos',
])

/** The query parameters a call must have: `all` of the one list, and at least one of `oneOf` unless it is empty. */
export function requiredQuery(endpoint: HelixEndpoint): {all: string[]; oneOf: string[]} {
  const starred = endpoint.query.filter((entry) => entry.includes('*')).map(parameterName)
  return ALTERNATIVES.has(`${endpoint.method} ${endpoint.path}`) ? {all: [], oneOf: starred} : {all: starred, oneOf: []}
}

/** The name of a `query` entry without its marks: `id*[]` is `id`. */
export const parameterName = (entry: string): string => entry.replace(/\*?(\[\])?$/, '')

function loadCatalogue(): NonNullable<typeof loaded> {
  if (loaded === undefined) {
    const all = readEndpoints()
    loaded = {all, byKey: new Map(all.map((endpoint) => [`${endpoint.method} ${endpoint.path}`, endpoint]))}
  }
  return loaded
}

/** The data's only reader: the build copies the file next to the bundle. A test checks its shape. */
function readEndpoints(): HelixEndpoint[] {
  return JSON.parse(readFileSync(new URL('./endpoints.json', import.meta.url), 'utf8')) as HelixEndpoint[]
}
