import assert from 'node:assert/strict'

import {Validator} from '@seriousme/openapi-schema-validator'

import {readOpenApiDocument} from '../../support/expect-described.js'

interface Operation {
  operationId?: string
  security?: unknown
  summary?: string
  responses: Record<string, unknown>
}

describe('/openapi.json', () => {
  let document: Record<string, unknown>
  before(async () => {
    document = await readOpenApiDocument()
  })

  it('is a valid OpenAPI 3.1 document', async () => {
    assert.deepEqual(await new Validator().validate(document), {valid: true})
    assert.equal(document.openapi, '3.1.0')
  })

  it('has every route of the daemon', () => {
    assert.deepEqual(Object.keys(document.paths as object).sort(), [
      '/api/v1/accounts',
      '/api/v1/accounts/{key}',
      '/api/v1/accounts/{key}/token',
      '/api/v1/bots',
      '/api/v1/flows/{id}',
      '/api/v1/flows/{id}/code',
      '/api/v1/oauth',
      '/api/v1/oauth/callback',
      '/api/v1/oauth/login',
      '/api/v1/oauth/{provider}',
      '/api/v1/points',
      '/api/v1/points/',
      '/api/v1/points/{user}',
      '/api/v1/points/{user}/history',
      '/api/v1/tokens',
      '/api/v1/tokens/{id}',
      '/api/v1/tokens/{id}/rotate',
      '/api/v1/users',
      '/api/v1/users/{subject}',
      '/api/v1/users/{subject}/otp',
      '/api/{provider}/helix/{path}',
      '/api/{provider}/{path}',
      '/auth/verify',
      '/callback',
      '/flows/{id}/confirm',
      '/flows/{id}/start',
      '/healthz',
      '/irc',
      '/metrics',
      '/oauth2/introspect',
      '/openapi.json',
      '/readyz',
      '/redirect',
      '/twitch-bot-callback',
      '/twitch-callback',
    ])
  })

  it('gives every operation an id of its own', () => {
    const operations = Object.values(document.paths as Record<string, Record<string, Operation>>).flatMap(Object.values)
    const ids = operations.map(({operationId}: Operation) => operationId ?? '')
    assert.equal(new Set(ids).size, ids.length)
    for (const id of ids) assert.match(id, /^[a-z]+[A-Z]\w*$/)
    assert.ok(['getTokensById', 'postTokensByIdRotate', 'patchOauthByProvider'].every((id) => ids.includes(id)))
  })

  it('says of every operation what it does, and 401 where it wants an API token', () => {
    const paths = document.paths as Record<string, Record<string, Operation>>
    for (const [path, operations] of Object.entries(paths)) {
      for (const [method, {summary, security, responses}] of Object.entries(operations)) {
        assert.ok(summary, `${method} ${path}`)
        assert.equal('401' in responses, security !== undefined, `${method} ${path}`)
      }
    }
  })
})
