import assert from 'node:assert/strict'

import {createAddressGuard, type Resolve} from '../../../src/providers/create-address-guard.js'
import type {AddressGuard} from '../../../src/model/address-guard.js'
import {makeBrokerWorld, type BrokerWorld} from '../../support/broker-world.js'
import {startJsonServer, type JsonServer} from '../../support/json-server.js'
import {makeProvider} from '../../support/make-provider.js'
import {startPassthrough, type PassthroughScene} from '../../support/passthrough-scene.js'

describe('the passthrough before an API whose URL came over HTTP', () => {
  let world: BrokerWorld
  let api: JsonServer
  let daemon: PassthroughScene
  afterEach(async () => {
    await daemon.stop()
    await api.stop()
    await world.dispose()
  })

  async function open(
    host: string,
    addressGuard: AddressGuard,
    parts: {addressesFrom?: 'http'} = {addressesFrom: 'http'},
  ) {
    world = await makeBrokerWorld()
    api = await startJsonServer({'GET /v1/me': {body: {id: 1}}})
    const provider = makeProvider({apiUrl: `http://${host}:${new URL(api.origin).port}/v1`, ...parts})
    await world.store.providers.put(provider)
    await world.addAccount(provider, {role: 'owner'})
    daemon = await startPassthrough(world.deps, {addressGuard})
  }

  async function call(): Promise<{status: number; text: string}> {
    const headers = {authorization: `Bearer ${await daemon.issue(['api:example'])}`}
    const response = await fetch(`${daemon.origin}/api/example/me`, {headers})
    return {status: response.status, text: await response.text()}
  }

  for (const host of ['127.0.0.1', 'localhost']) {
    it(`does not call ${host}, and says no more than that there was no answer`, async () => {
      await open(host, createAddressGuard({allowPrivate: false}))
      const {status, text} = await call()
      assert.equal(status, 502)
      assert.match(text, /gave no answer \(EADDRESSGUARD\)/)
      assert.deepEqual(api.requests, [])
    })

    it(`calls ${host} where that is allowed`, async () => {
      await open(host, createAddressGuard({allowPrivate: true}))
      assert.deepEqual(await call(), {status: 200, text: '{"id":1}'})
    })

    it(`calls ${host} for a provider of the terminal’s without a look`, async () => {
      const unused: AddressGuard = {lookup: () => assert.fail(), refuse: () => assert.fail()}
      await open(host, unused, {})
      assert.equal((await call()).status, 200)
    })
  }

  it('connects to the very address that was judged', async () => {
    const answers = ['127.0.0.1', '169.254.169.254']
    const asked: string[] = []
    const resolve: Resolve = (name, _options, callback) => {
      asked.push(name)
      callback(null, [{address: answers[asked.length - 1] ?? '0.0.0.0', family: 4}])
    }
    await open('localhost', createAddressGuard({allowPrivate: true, resolve}))
    assert.equal((await call()).status, 200)
    assert.deepEqual(asked, ['localhost'])
  })
})
