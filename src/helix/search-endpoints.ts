import type {HelixEndpoint} from '../model/helix-endpoint.js'
import {findEndpoint, listEndpoints} from './catalogue.js'
import {coversScope} from './endpoint-scopes.js'

/** Which endpoints are meant. What is undefined leaves all. */
export interface EndpointSearch {
  /** Each must stand somewhere in method, path, name, category, summary or scopes; or, together, a method and a whole path. */
  words: readonly string[]
  /** A scope of which the endpoint makes use. */
  scope?: string | undefined
  /** In any case. */
  method?: string | undefined
  token?: 'user' | 'app' | undefined
}

/** Those that fit, in the order of the reference. */
export function searchEndpoints({words, scope, method, token}: EndpointSearch): HelixEndpoint[] {
  const wanted = words
    .flatMap((word) => word.toLowerCase().split(/\s+/))
    .map((word) => word.replace(/^\/?helix\//, '/'))
  const named = findNamed(wanted)
  return (named ? [named] : listEndpoints().filter((endpoint) => mentionsAll(endpoint, wanted))).filter(
    (endpoint) =>
      (scope === undefined || usesScope(endpoint, scope)) &&
      (method === undefined || endpoint.method === method.toUpperCase()) &&
      (token === undefined || endpoint.tokenTypes.includes(token)),
  )
}

/** `get users` is one endpoint, though others have both words. */
function findNamed([method, path, ...more]: string[]): HelixEndpoint | undefined {
  if (method === undefined || path === undefined || more.length > 0) return undefined
  return findEndpoint(method, path.startsWith('/') ? path : `/${path}`)
}

function mentionsAll(endpoint: HelixEndpoint, words: readonly string[]): boolean {
  const {method, path, name, category, summary, scopes} = endpoint
  const text = [method, path, name, category, summary, ...scopes].join(' ').toLowerCase()
  return words.every((word) => text.includes(word))
}

/** Also scopes that only add to the answer, and those that the application needs granted. */
function usesScope(endpoint: HelixEndpoint, scope: string): boolean {
  const {scopes, optionalScopes = [], appTokenNeedsGrant: grant} = endpoint
  const granted = [grant?.allOf, grant?.anyOf, grant?.oneOf, grant?.plus, grant?.channelGrant?.scopes].flat()
  // An optional scope may have a remark behind it.
  const optional = optionalScopes.map((text) => text.replace(/ .*/, ''))
  return [...scopes, ...optional, ...granted].some((one) => one !== undefined && coversScope([scope], one))
}
