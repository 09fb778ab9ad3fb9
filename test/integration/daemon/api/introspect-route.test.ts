import assert from 'node:assert/strict'

import {revokeApiToken} from '../../../../src/broker/api-tokens.js'
import {HOUR_MS} from '../../../../src/model/time.js'
import {startApi, type ApiScene} from '../../../support/api-scene.js'
import {makeBrokerWorld, type BrokerWorld} from '../../../support/broker-world.js'
import {makeProvider} from '../../../support/make-provider.js'
import type {SeenAnswer} from '../../../support/expect-described.js'

const FORM = {'content-type': 'application/x-www-form-urlencoded'}

describe('POST /oauth2/introspect', () => {
  let world: BrokerWorld
  let scene: ApiScene
  let asker: string
  before(async () => {
    world = await makeBrokerWorld()
    await world.addAccount(makeProvider(), {login: 'techydrroid'})
    scene = await startApi(world.deps)
    asker = await scene.issue(['introspect'], {as: [], asAny: false})
  })
  after(async () => {
    await scene.stop()
    await world.dispose()
  })

  const introspect = async (body: string, headers: Record<string, string> = FORM): Promise<SeenAnswer> =>
    scene.call('POST', '/oauth2/introspect', {token: asker, headers, body})

  it('says what a token may do, and since and until when', async () => {
    const token = await scene.issue(['helix:read', 'chat'], {
      name: 'overlay',
      as: ['techydrroid'],
      defaultAs: 'techydrroid',
      issuedTo: 'techydrroid',
      expiresInMs: HOUR_MS,
    })
    const issuedAt = world.clock.now()
    const {status, json, headers} = await introspect(`token=${token}&token_type_hint=refresh_token`)
    assert.equal(status, 200)
    assert.equal(headers.get('cache-control'), 'no-store')
    assert.deepEqual(json, {
      active: true,
      token_type: 'Bearer',
      scope: 'helix:read chat',
      jti: token.slice(4, 12),
      iat: issuedAt / 1000,
      exp: (issuedAt + HOUR_MS) / 1000,
      name: 'overlay',
      scopes: ['helix:read', 'chat'],
      as: ['example/techydrroid'],
      as_any: false,
      default_as: 'example/techydrroid',
      issued_to: 'example/techydrroid',
      issued_at: new Date(issuedAt).toISOString(),
    })
  })

  it('says of every other one that it is not active, and nothing else', async () => {
    const revoked = await scene.issue(['helix'])
    await revokeApiToken(world.deps, revoked.slice(4, 12))
    const expired = await scene.issue(['helix'], {expiresInMs: 1})
    world.clock.advance(1)
    const good = await scene.issue(['helix'])
    for (const token of [revoked, expired, `${good}x`, good.slice(0, -1), 'x', '%00', `+${good}`]) {
      const {status, json} = await introspect(`token=${token}`)
      assert.deepEqual([status, json], [200, {active: false}])
    }
  })

  it('does not count as a use of it', async () => {
    const token = await scene.issue(['helix'])
    await introspect(`token=${token}`)
    assert.equal((await world.store.apiTokens.get(token.slice(4, 12)))?.lastUsedAt, undefined)
  })

  for (const body of ['', 'token=', 'tokens=x', 'token=a&token=b', 'token%5B%5D=a']) {
    it(`answers 400 for “${body}”`, async () => {
      const {status, json} = await introspect(body)
      assert.equal(status, 400)
      assert.equal((json as {error: string}).error, 'invalid_request')
    })
  }

  for (const type of ['application/json', 'text/plain', 'multipart/form-data; boundary=x']) {
    it(`answers 415 for ${type}`, async () => {
      assert.equal((await introspect('token=x', {'content-type': type})).status, 415)
    })
  }

  it('answers in the words of OAuth when it refuses', async () => {
    const nobody = await scene.call('POST', '/oauth2/introspect', {headers: FORM, body: 'token=x'})
    assert.deepEqual([nobody.status, (nobody.json as {error: string}).error], [401, 'invalid_token'])
    const token = await scene.issue(['admin'])
    const other = await scene.call('POST', '/oauth2/introspect', {token, headers: FORM, body: 'token=x'})
    assert.deepEqual([other.status, (other.json as {error: string}).error], [403, 'insufficient_scope'])
  })

  it('says nothing of the token in its log', async () => {
    const token = await scene.issue(['helix'])
    await introspect(`token=${token}`)
    assert.equal(JSON.stringify([scene.logged, scene.audited]).includes(token.slice(13, 45)), false)
  })
})
