import {findEndpoint, listEndpoints} from '../../../helix/catalogue.js'
import {chooseScope, findMissingScopes} from '../../../helix/endpoint-scopes.js'
import {nameOf} from '../../../model/account-name.js'
import {loginCommandFor, type AccountStatus} from '../../../model/account-status.js'
import {matchesPath} from '../../../model/api-token-match.js'
import type {HelixEndpoint} from '../../../model/helix-endpoint.js'
import {nearestNames} from '../../../model/nearest-names.js'

/** Something that a new API token will not do though it may; and the command that mends it, where there is one. */
export interface Trouble {
  text: string
  command?: string
}

/** What Twitch asks of an account that chats (facts 6). */
const CHAT_SCOPES = ['chat:read', 'chat:edit']

/**
 * What these scopes will not do for these accounts: endpoints that there are not, and Twitch scopes that an account has
 * not granted. Only what was chosen by itself is looked at: `helix:read` is everything, and nobody needs all of it.
 * @param accounts those of providers of the Twitch dialect.
 */
export function foreseeTrouble(scopes: readonly string[], accounts: readonly AccountStatus[]): Trouble[] {
  const endpoints = scopes.flatMap(endpointOf)
  return [
    ...scopes.flatMap(findNoEndpoint),
    ...accounts.flatMap((account) => [
      ...(account.state === 'login-needed' ? [needsLogin(account)] : []),
      ...endpoints.flatMap((endpoint) => findLack(account, endpoint)),
      ...(scopes.includes('chat') ? findNoChat(account) : []),
    ]),
  ]
}

const splitHelixScope = (scope: string): {method: string; path: string} | undefined => {
  const [, method, path] = /^helix:([A-Z]+|\*):(\/.*)$/.exec(scope) ?? []
  return method === undefined || path === undefined ? undefined : {method, path}
}

/** The single endpoint that a scope names. */
function endpointOf(scope: string): HelixEndpoint[] {
  const parts = splitHelixScope(scope)
  const endpoint = parts && findEndpoint(parts.method, parts.path)
  return endpoint ? [endpoint] : []
}

/** A scope may name what the catalogue does not know yet: it says so, and no more. */
function findNoEndpoint(scope: string): Trouble[] {
  const parts = splitHelixScope(scope)
  if (!parts) return []
  const {method} = parts
  const pattern = parts.path.slice(1).split('/')
  const isOfMethod = (endpoint: HelixEndpoint): boolean => method === '*' || method === endpoint.method
  const all = listEndpoints()
  if (all.some((endpoint) => isOfMethod(endpoint) && matchesPath(pattern, endpoint.path.slice(1).split('/')))) return []
  const nearest = nearestNames(
    parts.path,
    all.filter(isOfMethod).map(({path}) => path),
  )
  const meant = nearest.length > 0 ? ` Did you mean ${nearest.join(', ')}?` : ''
  return [{text: `No endpoint of the Twitch API that is known here fits ${scope}.${meant}`}]
}

function findLack(account: AccountStatus, endpoint: HelixEndpoint): Trouble[] {
  if (!endpoint.tokenTypes.includes('user')) return []
  const missing = findMissingScopes(endpoint, account.scopes)
  if (missing.length === 0) return []
  const need = missing.length === 1 ? missing.join() : `one of ${missing.join(', ')}`
  const scope = chooseScope(endpoint, false) ?? missing.join()
  return [
    {
      text: `${nameOf(account)} has not granted ${need}, which ${endpoint.name} (${endpoint.method} ${endpoint.path}) needs.`,
      command: `${loginCommandFor(account)} --scope ${scope}`,
    },
  ]
}

function findNoChat(account: AccountStatus): Trouble[] {
  const missing = CHAT_SCOPES.filter((scope) => !account.scopes.includes(scope))
  if (missing.length === 0) return []
  return [
    {
      text: `${nameOf(account)} has not granted ${missing.join(' and ')}, which chat over IRC needs.`,
      command: `${loginCommandFor(account)} ${missing.map((scope) => `--scope ${scope}`).join(' ')}`,
    },
  ]
}

const needsLogin = (account: AccountStatus): Trouble => ({
  text: `${nameOf(account)} needs a login before anything can be done as it.`,
  command: loginCommandFor(account),
})
