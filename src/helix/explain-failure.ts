import type {HelixRequest} from '../model/helix-call.js'
import type {HelixEndpoint} from '../model/helix-endpoint.js'
import {nearestNames} from '../model/nearest-names.js'
import {findEndpoint, listEndpoints, requiredQuery} from './catalogue.js'

type Call = Pick<HelixRequest, 'method' | 'path' | 'query' | 'body'>

/**
 * What may help after the API answered `status`: parameters that a 400 is likely about, or what a 404 may have been
 * meant to be. Undefined where nothing is known to.
 */
export function explainFailure(call: Call, status: number): string | undefined {
  const endpoint = findEndpoint(call.method, call.path)
  if (endpoint && status === 400) return explainMissing(endpoint, call)
  return !endpoint && status === 404 ? suggestEndpoint(call) : undefined
}

function explainMissing(endpoint: HelixEndpoint, call: Call): string | undefined {
  const missing = listMissing(endpoint, call)
  if (missing.length === 0) return undefined
  return `It needs ${missing.join(', ')}: behalf helix endpoints ${endpoint.method.toLowerCase()} ${endpoint.path.slice(1)}`
}

/** Required parameters that the call does not have; alternatives as one. */
function listMissing(endpoint: HelixEndpoint, {query, body}: Call): string[] {
  const inQuery = new URLSearchParams(query)
  const {all, oneOf} = requiredQuery(endpoint)
  const alternatives = oneOf.length === 0 || oneOf.some((name) => inQuery.has(name)) ? [] : [oneOf.join(' or ')]
  const inBody = new Set(namesOf(body))
  const bodyNames = new Set(endpoint.bodyRequired.filter((name) => Object.hasOwn(endpoint.body ?? {}, name)))
  return [
    ...all.filter((name) => !inQuery.has(name)),
    ...alternatives,
    ...[...bodyNames].filter((name) => !inBody.has(name)).map((name) => `${name} in the body`),
  ]
}

function namesOf(body = '{}'): string[] {
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === 'object' && value !== null ? Object.keys(value) : []
  } catch {
    return []
  }
}

function suggestEndpoint({path}: Call): string | undefined {
  const [known, ...others] = listEndpoints().filter((endpoint) => endpoint.path === path)
  if (known) {
    const methods = [known, ...others].map(({method}) => method).join(', ')
    return `There is only ${methods} of it: behalf helix ${known.method.toLowerCase()} ${path.slice(1)}`
  }
  const nearest = nearestNames(
    path,
    listEndpoints().map((endpoint) => endpoint.path),
  )
  return nearest.length === 0 ? undefined : `Did you mean ${nearest.map((near) => near.slice(1)).join(', ')}?`
}
