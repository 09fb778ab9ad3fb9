import assert from 'node:assert/strict'
import {readFile, writeFile} from 'node:fs/promises'

import {startApi, type ApiScene} from '../../../support/api-scene.js'
import {makeBrokerWorld, type BrokerWorld} from '../../../support/broker-world.js'
import {makeProvider} from '../../../support/make-provider.js'

describe('the other routes of the API', () => {
  let world: BrokerWorld
  let scene: ApiScene
  beforeEach(async () => {
    world = await makeBrokerWorld()
    await world.addAccount(makeProvider())
    scene = await startApi(world.deps)
  })
  afterEach(async () => {
    await scene.stop()
    await world.dispose()
  })

  /** Nothing that the store says of itself, such as where it is, is for those who call. */
  const damage = async (): Promise<void> => writeFile(world.path, '{"damaged')

  describe('GET /healthz', () => {
    it('says that the daemon is alive, whatever else is not', async () => {
      await damage()
      scene.isScheduleAlive = false
      const {status, json} = await scene.call('GET', '/healthz')
      assert.deepEqual([status, json], [200, {status: 'ok'}])
    })

    it('answers HEAD without a body', async () => {
      const {status, text} = await scene.call('HEAD', '/healthz')
      assert.deepEqual([status, text], [200, ''])
    })
  })

  describe('GET /readyz', () => {
    it('says that store and schedule work', async () => {
      const {status, json} = await scene.call('GET', '/readyz')
      assert.deepEqual([status, json], [200, {status: 'ok', store: 'ok', schedule: 'ok'}])
    })

    it('answers 503 while the schedule does not', async () => {
      scene.isScheduleAlive = false
      const {status, json} = await scene.call('GET', '/readyz')
      assert.deepEqual([status, json], [503, {status: 'unavailable', store: 'ok', schedule: 'stopped'}])
    })

    it('answers 503 while the store cannot be read, and says no more of it', async () => {
      await damage()
      const {status, json} = await scene.call('GET', '/readyz')
      assert.deepEqual([status, json], [503, {status: 'unavailable', store: 'unavailable', schedule: 'ok'}])
      assert.equal(scene.logged.at(-1)?.event, 'store-unavailable')
    })

    it('counts what is damaged, and is ready for the rest', async () => {
      const document = JSON.parse(await readFile(world.path, 'utf8')) as {accounts: Record<string, object>}
      const [key = ''] = Object.keys(document.accounts)
      await writeFile(world.path, JSON.stringify({...document, accounts: {...document.accounts, [key]: {}}}))
      const {status, json} = await scene.call('GET', '/readyz')
      assert.deepEqual([status, json], [200, {status: 'ok', store: 'ok', schedule: 'ok', damaged: 1}])
    })

    it('says nothing against a store that is empty, and writes none', async () => {
      const empty = await makeBrokerWorld()
      const other = await startApi(empty.deps)
      assert.equal((await other.call('GET', '/readyz')).status, 200)
      assert.equal(await empty.store.lastWrittenAt(), undefined)
      await other.stop()
      await empty.dispose()
    })
  })

  describe('GET /metrics', () => {
    it('gives metrics to a token with metrics:read alone', async () => {
      const {status, text, headers} = await scene.call('GET', '/metrics', {token: await scene.issue(['metrics:read'])})
      assert.deepEqual([status, text, headers.get('content-type')], [200, 'made_up 1\n', 'text/plain; version=0.0.4'])
      assert.equal((await scene.call('GET', '/metrics')).status, 401)
      assert.equal((await scene.call('GET', '/metrics', {token: await scene.issue(['admin'])})).status, 403)
    })
  })

  describe('what is not there', () => {
    for (const target of [
      '/api/v1',
      '/api/v1/',
      '/api/v1/nothing',
      '/api/v1/accounts/',
      '/api/v1/accounts/a/b/c',
      '/API/v1/bots',
    ]) {
      it(`is 404 at ${target}`, async () => {
        const {status, json} = await scene.call('GET', target)
        assert.equal(status, 404)
        if (!target.startsWith('/api/v1')) return
        assert.deepEqual(json, {
          code: '404',
          message: 'There is nothing here.',
          error: 'true',
          hint: 'See /openapi.json.',
        })
      })
    }

    for (const [method, target, allow] of [
      ['POST', '/api/v1/accounts', 'GET, HEAD'],
      ['PUT', '/api/v1/tokens', 'GET, HEAD, POST'],
      ['PATCH', '/api/v1/tokens/AAAAAAAA', 'GET, HEAD, DELETE'],
      ['GET', '/api/v1/tokens/AAAAAAAA/rotate', 'POST'],
      ['OPTIONS', '/api/v1/bots', 'GET, HEAD'],
      ['DELETE', '/healthz', 'GET, HEAD'],
      ['GET', '/oauth2/introspect', 'POST'],
      ['POST', '/openapi.json', 'GET, HEAD'],
    ] as const) {
      it(`is 405 with Allow for ${method} ${target}`, async () => {
        const {status, headers} = await scene.call(method, target)
        assert.deepEqual([status, headers.get('allow')], [405, allow])
        assert.equal(headers.get('x-behalf-error'), 'method-not-allowed')
      })
    }
  })

  it('tells callers nothing of what is wrong on this machine', async () => {
    const token = await scene.issue(['account:read'])
    await damage()
    const {status, text} = await scene.call('GET', '/api/v1/bots', {token})
    assert.equal(status, 500)
    assert.equal(text.includes(world.path), false)
    assert.deepEqual(JSON.parse(text), {
      code: '500',
      message: 'The daemon could not do this; its log says why.',
      error: 'true',
    })
    assert.equal(scene.logged.at(-1)?.event, 'call-failed')
  })
})
