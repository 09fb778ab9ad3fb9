import assert from 'node:assert/strict'

import {z} from 'zod'

import {findEndpoint, listEndpoints, parameterName, requiredQuery} from '../../../src/helix/catalogue.js'

const grant = z.strictObject({
  allOf: z.array(z.string()).optional(),
  anyOf: z.array(z.string()).optional(),
  oneOf: z.array(z.string()).optional(),
  plus: z.array(z.string()).optional(),
  grantedBy: z.string(),
  channelGrant: z
    .strictObject({scopes: z.array(z.string()), grantedBy: z.string(), unless: z.string().optional()})
    .optional(),
})

const size = z.number().int().positive().nullable()

const endpointSchema = z.strictObject({
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
  path: z.string().regex(/^(\/[a-z_]+)+$/),
  name: z.string().min(1),
  category: z.string().min(1),
  summary: z.string().min(1),
  scopes: z.array(z.string().regex(/^[a-z_]+(:[a-z_]+)+$/)),
  optionalScopes: z.array(z.string()).optional(),
  scopesMode: z.enum(['none', 'one', 'any']),
  tokenTypes: z.array(z.enum(['user', 'app', 'extension-jwt', 'none'])).min(1),
  appTokenNeedsGrant: grant.optional(),
  tokenUserMustMatch: z.string().nullable(),
  query: z.array(z.string().regex(/^[a-z_]+\*?(\[\])?$/)),
  body: z.record(z.string(), z.unknown()).nullable(),
  bodyRequired: z.array(z.string()),
  response: z.record(z.string(), z.unknown()).nullable(),
  success: z.union([z.literal(200), z.literal(202), z.literal(204)]),
  errors: z.array(z.number().int().min(400).max(599)),
  paginated: z.boolean(),
  cursorParams: z.array(z.enum(['after', 'before'])).optional(),
  pageSize: z.strictObject({default: size, max: size}).optional(),
  deprecated: z.boolean().optional(),
  note: z.string().optional(),
})

describe('the Helix catalogue', () => {
  it('has 149 endpoints, each in the shape that its type promises', () => {
    const endpoints = z.array(endpointSchema).parse(listEndpoints())
    assert.equal(endpoints.length, 149)
  })

  it('has each method and path once', () => {
    const keys = listEndpoints().map(({method, path}) => `${method} ${path}`)
    assert.equal(new Set(keys).size, keys.length)
  })

  it('agrees with itself', () => {
    for (const endpoint of listEndpoints()) {
      const key = `${endpoint.method} ${endpoint.path}`
      assert.equal(endpoint.scopes.length === 0, endpoint.scopesMode === 'none', key)
      assert.equal(endpoint.appTokenNeedsGrant !== undefined && !endpoint.tokenTypes.includes('app'), false, key)
      const names = endpoint.query.map(parameterName)
      for (const cursor of endpoint.cursorParams ?? []) assert.ok(names.includes(cursor), key)
    }
  })

  it('finds an endpoint by method, in any case, and exact path', () => {
    assert.equal(findEndpoint('GET', '/users')?.name, 'Get Users')
    assert.equal(findEndpoint('patch', '/channels')?.success, 204)
    for (const [method, path] of [
      ['DELETE', '/users'],
      ['GET', '/users/'],
      ['GET', 'users'],
      ['GET', '/Users'],
      ['', ''],
    ] as const) {
      assert.equal(findEndpoint(method, path), undefined, `${method} ${path}`)
    }
  })

  it('tells the required parameters from alternatives', () => {
    const required = (method: string, path: string) => {
      const endpoint = findEndpoint(method, path)
      assert.ok(endpoint)
      return requiredQuery(endpoint)
    }
    assert.deepEqual(required('GET', '/users'), {all: [], oneOf: []})
    assert.deepEqual(required('GET', '/chat/chatters'), {all: ['broadcaster_id', 'moderator_id'], oneOf: []})
    assert.deepEqual(required('GET', '/games'), {all: [], oneOf: ['id', 'name', 'igdb_id']})
  })

  it('marks as alternatives just those that the reference calls so', () => {
    const noted = listEndpoints().filter(
      ({note, query}) => /exactly one|at least one/.test(note ?? '') && query.length > 0,
    )
    for (const endpoint of noted) assert.ok(requiredQuery(endpoint).oneOf.length > 1, endpoint.path)
    const alternatives = listEndpoints().filter((endpoint) => requiredQuery(endpoint).oneOf.length > 0)
    assert.equal(alternatives.length, noted.length)
  })
})
