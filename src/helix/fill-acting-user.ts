import type {HelixEndpoint} from '../model/helix-endpoint.js'
import {requiredQuery} from './catalogue.js'

/** What of a call may name the acting user. */
export interface CallParts {
  /** Encoded, without `?`. */
  query: string
  /** JSON text. */
  body?: string
}

export interface Filling {
  parts: CallParts
  /** The parameter that was left out and is now there. */
  filled?: string
}

/**
 * Adds the parameter that must name the acting user, where the call needs it and says nothing of it. Nothing is
 * replaced: a value that stands anywhere, in query or body, was meant. The rest of a body keeps its every byte.
 */
export function fillActingUser(endpoint: HelixEndpoint, parts: CallParts, userId: string): Filling {
  const name = endpoint.tokenUserMustMatch
  const place = findPlace(endpoint)
  const body = parseObject(parts.body)
  if (name === null || place === undefined || body === undefined) return {parts}
  if (Object.hasOwn(body, name) || new URLSearchParams(parts.query).has(name)) return {parts}
  if (place === 'body') return {parts: {...parts, body: insertMember(parts.body ?? '{}', name, userId)}, filled: name}
  const added = `${name}=${encodeURIComponent(userId)}`
  return {parts: {...parts, query: parts.query === '' ? added : `${parts.query}&${added}`}, filled: name}
}

/**
 * Where the parameter belongs that must name the acting user and that no call is without. Undefined where there is
 * none, or where the reference has a phrase such as `user_id or editor`: then more than one value can be right.
 */
export function findPlace(endpoint: HelixEndpoint): 'query' | 'body' | undefined {
  const name = endpoint.tokenUserMustMatch
  if (name === null) return undefined
  if (requiredQuery(endpoint).all.includes(name)) return 'query'
  return Object.hasOwn(endpoint.body ?? {}, name) ? 'body' : undefined
}

/** Undefined for a body that is there and no JSON object. */
function parseObject(body = '{}'): object | undefined {
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** In the text itself: parsing and writing it anew would round large numbers and drop repeated names. */
function insertMember(object: string, name: string, value: string): string {
  const inside = object.indexOf('{') + 1
  const rest = object.slice(inside)
  const comma = /^\s*\}/.test(rest) ? '' : ','
  return `${object.slice(0, inside)}${JSON.stringify(name)}:${JSON.stringify(value)}${comma}${rest}`
}
