import assert from 'node:assert/strict'

import type {UserContext} from '../../../src/library/index.js'
import {HOUR_MS} from '../../../src/model/time.js'
import {makeLibraryScene, type LibraryScene} from '../../support/library-scene.js'

const SAM = 'slack:U01SAM'

describe('refreshing from a program', () => {
  let scene: LibraryScene
  let sam: UserContext

  beforeEach(async () => {
    scene = await makeLibraryScene()
    sam = await scene.makeContext(SAM, 'streamer_sam')
    await scene.behalf.setUserContext({subject: SAM, userContext: sam})
  })
  afterEach(() => scene.dispose())

  const failRefresh = (status: number, body?: unknown) =>
    scene.sandbox.state.faults.add({
      kind: 'status',
      path: '/oauth2/token',
      match: {grant_type: 'refresh_token'},
      count: 100,
      after: 0,
      process: false,
      status,
      headers: {},
      body,
      delayMs: 0,
    })

  describe('tokenRefresh', () => {
    it('leaves tokens that are fresh, and says so', async () => {
      assert.equal(await scene.behalf.tokenRefresh({subject: SAM}), false)
      assert.deepEqual(scene.refreshes(), [])
    })

    it('refreshes those that have ended', async () => {
      scene.clock.advance(4 * HOUR_MS)
      assert.equal(await scene.behalf.tokenRefresh({subject: SAM, provider: 'twitch'}), true)
      assert.equal(await scene.behalf.tokenRefresh({subject: SAM, provider: 'twitch'}), false)
      assert.equal(scene.refreshes().length, 1)
    })

    it('refreshes once for all who force it at the same time, and all get to know', async () => {
      const other = await scene.open()
      const updated = await Promise.all(
        [scene.behalf, other, other].map((behalf) => behalf.tokenRefresh({subject: SAM, force: true})),
      )
      assert.deepEqual(updated, [true, true, true])
      assert.equal(scene.refreshes().length, 1)
    })

    it('is refused for who has no account', async () => {
      await assert.rejects(scene.behalf.tokenRefresh({subject: 'slack:U09'}), {code: 'account-not-found'})
    })

    it('fails for now where the service is out of order; the tokens in hand are still there', async () => {
      failRefresh(503)
      await assert.rejects(scene.behalf.tokenRefresh({subject: SAM, force: true}), {code: 'unavailable'})
      assert.deepEqual(await scene.behalf.getUserContextAndRefresh({subject: SAM}), sam)
      assert.match(
        scene.lines.join('\n'),
        /^warn behalf: The tokens of twitch\/subject:slack:U01SAM could not be refreshed/m,
      )
    })
  })

  describe('refreshToken', () => {
    it('gives new tokens for one that is kept elsewhere, and stores nothing', async () => {
      const {tokens} = await scene.makeContext('slack:U09', 'otherbot')
      const renewed = await scene.behalf.refreshToken({provider: 'twitch', refreshToken: tokens.refreshToken ?? ''})
      assert.ok(renewed && renewed.accessToken !== tokens.accessToken)
      assert.equal(renewed.refreshToken, tokens.refreshToken)
      assert.ok((renewed.expiresAt ?? 0) > scene.clock.now() + HOUR_MS)
      assert.deepEqual([renewed.scopes, renewed.tokenType], [['user:bot', 'user:read:chat'], 'bearer'])
      assert.equal(await scene.behalf.getUserContext({subject: 'slack:U09'}), undefined)
    })

    it('is undefined for one that is refused', async () => {
      const refreshToken = 'made-up-refused-token'
      assert.equal(await scene.behalf.refreshToken({provider: 'twitch', refreshToken}), undefined)
    })

    it('is no verdict where the service is out of order', async () => {
      failRefresh(502)
      const refreshToken = sam.tokens.refreshToken ?? ''
      await assert.rejects(scene.behalf.refreshToken({provider: 'twitch', refreshToken}), (error: Error) => {
        assert.ok(!error.message.includes(refreshToken))
        return 'code' in error && error.code === 'unavailable'
      })
    })

    it('blames the provider’s settings where these are refused', async () => {
      failRefresh(403, {status: 403, message: 'invalid client secret'})
      await assert.rejects(scene.behalf.refreshToken({provider: 'twitch', refreshToken: 'made-up'}), {
        code: 'provider-misconfigured',
      })
    })

    it('is refused for a provider that is not there', async () => {
      await assert.rejects(scene.behalf.refreshToken({provider: 'nobody', refreshToken: 'made-up'}), {
        code: 'provider-not-found',
      })
    })
  })

  describe('an account that needs a login', () => {
    beforeEach(() => {
      failRefresh(400, {status: 400, message: 'Invalid refresh token'})
      scene.clock.advance(4 * HOUR_MS)
    })

    it('has its person told once, with an address that the error has too', async () => {
      const addresses = new Set<string>()
      for (const ask of [
        () => scene.behalf.getUserContextAndRefresh({subject: SAM}),
        () => scene.behalf.tokenRefresh({subject: SAM}),
        () => scene.behalf.getUserContextAndRefresh({subject: SAM, provider: 'twitch'}),
      ]) {
        await assert.rejects(ask, (error: Error & {code?: string; authorizationUrl?: string}) => {
          assert.equal(error.code, 'login-needed')
          addresses.add(error.authorizationUrl ?? '')
          return true
        })
      }
      const [address = '', ...others] = addresses
      assert.deepEqual(others, [], 'one flow is begun, however often it is tried')
      assert.ok(address.startsWith(`${scene.sandbox.url}/oauth2/authorize?`), 'the person is known: no page is needed')
      assert.deepEqual(scene.notices, [{subject: SAM, text: `You need to log in at twitch again: ${address}`}])
    })
  })
})
