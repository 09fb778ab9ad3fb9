import assert from 'node:assert/strict'
import {connect} from 'node:net'
import {text} from 'node:stream/consumers'

import type {BrokerDeps} from '../../../src/broker/broker-deps.js'
import {revokeApiToken} from '../../../src/broker/api-tokens.js'
import {rotateApiToken} from '../../../src/broker/issue-api-token.js'
import {Secret} from '../../../src/model/secret.js'
import {MINUTE_MS} from '../../../src/model/time.js'
import type {WorldPlace} from '../../support/broker-world.js'
import {startPassthrough} from '../../support/passthrough-scene.js'
import {REDIS_SERVER} from '../../support/redis-server.js'
import {makeRedisWorldPlace} from '../../support/redis-world.js'
import {skipWithout} from '../../support/skip-without.js'
import {tokensOf} from '../../support/tokens-of.js'
import {makeUpstreamScene, type UpstreamScene} from '../../support/upstream-scene.js'

describe('a caller of the passthrough that comes again', () => {
  describe('with a store in a JSON file', () => {
    describeReturning()
  })

  describe('with a store in Redis', () => {
    before(function () {
      skipWithout('redis-server', REDIS_SERVER !== undefined, this)
    })
    describeReturning(makeRedisWorldPlace)
  })
})

/** What another process changes holds from the very next call of a caller that was let in a moment before. */
function describeReturning(makePlace?: () => Promise<WorldPlace>): void {
  let scene: UpstreamScene
  let elsewhere: BrokerDeps

  beforeEach(async () => {
    scene = await makeUpstreamScene(makePlace && {makePlace})
    scene.answer((request, response) => {
      response.end(request.headers.authorization)
    })
    elsewhere = await scene.world.openAgain()
    assert.equal(await status(), 200)
    assert.equal(await status(), 200)
  })

  afterEach(() => scene.dispose())

  const call = () => scene.call('/api/example/items')
  const status = async (): Promise<number> => {
    const answer = await call()
    await answer.arrayBuffer()
    return answer.status
  }

  async function onlyTokenId(): Promise<string> {
    const [token] = await elsewhere.store.apiTokens.list()
    assert.ok(token)
    return token.id
  }

  async function removeAccount(): Promise<void> {
    const lock = await elsewhere.store.accounts.lock(scene.account.key, {waitMs: 1000})
    await lock.remove()
    await lock.release()
  }

  it('is refused once its API token is revoked', async () => {
    await revokeApiToken(elsewhere, await onlyTokenId())
    assert.equal(await status(), 401)
  })

  it('is refused once its API token has lost the scope, or the account', async () => {
    const id = await onlyTokenId()
    await elsewhere.store.apiTokens.update(id, (token) => ({...token, scopes: ['api:example:GET:/other']}))
    assert.equal(await status(), 403)
    await elsewhere.store.apiTokens.update(id, (token) => ({...token, scopes: ['api:example'], as: [], asAny: false}))
    assert.equal(await status(), 400)
  })

  it('is refused once its API token has expired, though nothing is written then', async () => {
    const id = await onlyTokenId()
    const expiresAt = scene.world.clock.now() + 30_000
    await elsewhere.store.apiTokens.update(id, (token) => ({...token, expiresAt}))
    assert.equal(await status(), 200)
    scene.world.clock.advance(30_000)
    assert.equal(await status(), 401)
  })

  it('is refused by every daemon, once its API token has a new secret', async () => {
    const other = await startPassthrough(elsewhere)
    try {
      const statusOf = async (origin: string, token: string): Promise<number> => {
        const answer = await fetch(`${origin}/api/example/items`, {headers: {Authorization: `Bearer ${token}`}})
        await answer.arrayBuffer()
        return answer.status
      }
      assert.equal(await statusOf(other.origin, scene.token), 200)
      const {token} = await rotateApiToken(scene.world.deps, await onlyTokenId())
      for (const {origin} of [other, scene.daemon]) {
        assert.equal(await statusOf(origin, scene.token), 401)
        assert.equal(await statusOf(origin, token.reveal()), 200)
      }
    } finally {
      await other.stop()
    }
  })

  it('is sent away once the account is gone', async () => {
    await removeAccount()
    assert.equal(await status(), 400)
  })

  it('is sent away when the account goes while the body of its call is on the way', async () => {
    const socket = connect(scene.daemon.port, '127.0.0.1')
    const head = ['POST /api/example/items HTTP/1.1', 'Host: localhost', `Authorization: Bearer ${scene.token}`]
    socket.write([...head, 'Content-Length: 20', 'Connection: close', '', 'ten bytes.'].join('\r\n'))
    // By the time this has come back, that one has been let in.
    assert.equal(await status(), 200)
    const before = scene.received.length
    await removeAccount()
    socket.write('ten bytes.')
    assert.match(await text(socket), /^HTTP\/1.1 404 /)
    assert.equal(scene.received.length, before)
  })

  it('gets the token that another process has stored', async () => {
    const before = await (await call()).text()
    await elsewhere.store.accounts.update(scene.account.key, (account) => {
      assert.ok(account.credential.kind === 'oauth2')
      return {...account, credential: {...account.credential, accessToken: new Secret('made-up-other-token')}}
    })
    assert.notEqual(before, 'Bearer made-up-other-token')
    assert.equal(await (await call()).text(), 'Bearer made-up-other-token')
  })

  it('gets a new token once the one in hand is about to end', async () => {
    const {expiresAt} = tokensOf(scene.account)
    assert.ok(expiresAt)
    scene.world.clock.advance(expiresAt - scene.world.clock.now() - 2 * MINUTE_MS)
    assert.equal(await status(), 200)
    assert.equal(scene.refreshes(), 0)
    scene.world.clock.advance(MINUTE_MS + 1)
    assert.equal(await status(), 200)
    assert.equal(scene.refreshes(), 1)
  })

  it('leaves a use of its API token behind each minute', async () => {
    const id = await onlyTokenId()
    scene.world.clock.advance(MINUTE_MS)
    assert.equal(await status(), 200)
    assert.equal((await scene.world.store.apiTokens.get(id))?.lastUsedAt, scene.world.clock.now())
  })
}
