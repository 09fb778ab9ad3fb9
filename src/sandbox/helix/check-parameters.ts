import {parameterName, requiredQuery} from '../../helix/catalogue.js'
import type {HelixEndpoint} from '../../model/helix-endpoint.js'
import {HelixError, missingParameter} from './helix-error.js'

/** How many values of one repeatable parameter are taken. */
const MAX_VALUES = 100

/** Required, repeated and page-size parameters, as the catalogue has them. */
export function checkParameters(endpoint: HelixEndpoint, query: URLSearchParams, body: unknown): void {
  const has = (name: string): boolean => (query.get(name) ?? '') !== ''
  const {all, oneOf} = requiredQuery(endpoint)
  const missing = all.find((name) => !has(name))
  if (missing !== undefined) throw missingParameter(missing)
  if (oneOf.length > 0 && !oneOf.some(has)) throw missingParameter(oneOf[0] ?? '')
  for (const entry of endpoint.query) {
    if (entry.endsWith('[]') && query.getAll(parameterName(entry)).length > MAX_VALUES) {
      throw new HelixError(400, 'Malformed query params.')
    }
  }
  checkPageSize(endpoint, query)
  checkBody(endpoint, body)
}

/** Out of range is malformed, never clamped (facts 3.4). */
function checkPageSize(endpoint: HelixEndpoint, query: URLSearchParams): void {
  if (endpoint.pageSize === undefined) return
  const name = endpoint.query.includes('count') ? 'count' : 'first'
  const text = query.get(name) ?? ''
  if (text === '') return
  const max = endpoint.pageSize.max ?? 100
  const malformed = (why: string) => new HelixError(400, `The parameter "${name}" was malformed: ${why}`)
  if (!/^-?\d{1,9}$/.test(text)) throw malformed('the value must be a number')
  if (Number(text) < 1) throw malformed('the value must be greater than or equal to 1')
  if (Number(text) > max) throw malformed(`the value must be less than or equal to ${String(max)}`)
}

/** `bodyRequired` is flat: names of inner objects are left to the handlers. */
function checkBody(endpoint: HelixEndpoint, body: unknown): void {
  const fields = endpoint.body
  if (fields === null) return
  if (body !== undefined && (typeof body !== 'object' || body === null || Array.isArray(body))) {
    throw new HelixError(400, 'The request body must be a JSON object.')
  }
  const given = new Map(Object.entries(body ?? {}))
  const missing = endpoint.bodyRequired.find((name) => {
    const value: unknown = given.get(name)
    return Object.hasOwn(fields, name) && (value === undefined || value === null || value === '')
  })
  if (missing !== undefined) throw missingParameter(missing)
}
