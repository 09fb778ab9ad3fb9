import assert from 'node:assert/strict'

import {getAppToken} from '../../../src/broker/get-app-token.js'
import {BehalfError} from '../../../src/model/behalf-error.js'
import type {TokenGrant} from '../../../src/model/refresh.js'
import {Secret} from '../../../src/model/secret.js'
import {DAY_MS} from '../../../src/model/time.js'
import {makeBrokerWorld, type BrokerWorld} from '../../support/broker-world.js'
import {createFakeClock} from '../../support/fake-clock.js'
import {makeProvider} from '../../support/make-provider.js'

const PROVIDER = makeProvider()
const LIFE_MS = 60 * DAY_MS
const DOWN = new BehalfError('unavailable', 'It is down.')
const REFUSED = new BehalfError('provider-misconfigured', 'It refuses the client.')

describe('getAppToken', () => {
  const clock = createFakeClock()
  let world: BrokerWorld
  let requests = 0
  let trouble: BehalfError | undefined
  let expires = true

  beforeEach(async () => {
    requests = 0
    trouble = undefined
    expires = true
    const requestAppToken = (): Promise<TokenGrant> => {
      requests += 1
      if (trouble) return Promise.reject(trouble)
      const issuedAt = clock.now()
      const accessToken = new Secret(`made-up-app-token-${String(requests)}`)
      return Promise.resolve({
        accessToken,
        tokenType: 'bearer',
        issuedAt,
        ...(expires && {expiresAt: issuedAt + LIFE_MS}),
      })
    }
    world = await makeBrokerWorld({clock, client: {requestAppToken}})
  })
  afterEach(() => world.dispose())

  const get = async (parts = {}, refused?: string): Promise<string> => {
    const token = await getAppToken(world.deps, {...PROVIDER, ...parts}, refused ? new Secret(refused) : undefined)
    return token.reveal()
  }

  it('goes to the API that it was asked for, and to no other (rule 10)', async () => {
    assert.equal(await get({apiUrl: 'https://api.example.test'}), 'made-up-app-token-1')
    assert.equal(await get({apiUrl: 'https://api.example.test/v2'}), 'made-up-app-token-1')
    assert.equal(await get({apiUrl: 'https://elsewhere.test'}), 'made-up-app-token-2')
  })

  it('is kept, sealed, and renewed at 80 % of its life', async () => {
    assert.equal(await get(), 'made-up-app-token-1')
    clock.advance(0.8 * LIFE_MS - 1)
    assert.equal(await get(), 'made-up-app-token-1')
    clock.advance(1)
    assert.equal(await get(), 'made-up-app-token-2')
    assert.equal(
      (await (await world.openAgain()).store.providers.getState('example'))?.appToken?.clientId,
      'made-up-client',
    )
  })

  it('is kept for ever where no expiry is known', async () => {
    expires = false
    await get()
    clock.advance(100 * LIFE_MS)
    assert.equal(await get(), 'made-up-app-token-1')
  })

  it('is renewed when the API has refused it, and not when it refused an earlier one', async () => {
    await get()
    assert.equal(await get({}, 'made-up-app-token-1'), 'made-up-app-token-2')
    assert.equal(await get({}, 'made-up-app-token-1'), 'made-up-app-token-2')
    assert.equal(requests, 2)
  })

  it('is used by no other client and at no other token URL', async () => {
    await get()
    assert.equal(await get({clientId: 'another-made-up-client'}), 'made-up-app-token-2')
    assert.equal(await get(), 'made-up-app-token-3')
    assert.equal(await get({tokenUrl: 'https://elsewhere.test/token'}), 'made-up-app-token-4')
  })

  for (const error of [DOWN, REFUSED]) {
    it(`is used while it lives when renewing it fails (${error.code})`, async () => {
      await get()
      trouble = error
      clock.advance(LIFE_MS - 1)
      assert.equal(await get(), 'made-up-app-token-1')
      await assert.rejects(get({}, 'made-up-app-token-1'), {code: error.code})
      clock.advance(1)
      await assert.rejects(get(), {code: error.code})
    })
  }

  it('flags the provider when that refuses the client, and asks no more until its settings change', async () => {
    trouble = REFUSED
    await assert.rejects(get(), {code: 'provider-misconfigured'})
    await assert.rejects(get(), {code: 'provider-misconfigured'})
    assert.equal(requests, 1)
    trouble = undefined
    assert.equal(await get({clientSecret: new Secret('the right made-up secret')}), 'made-up-app-token-2')
    assert.equal((await world.store.providers.getState('example'))?.misconfigured, undefined)
  })

  it('is not to be had by a public client', async () => {
    const {clientSecret: _none, ...open} = PROVIDER
    await assert.rejects(getAppToken(world.deps, open), {
      code: 'configuration',
      hint: /behalf provider update example --client-secret-file -/,
    })
    assert.equal(requests, 0)
  })
})
