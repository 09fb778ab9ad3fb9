import assert from 'node:assert/strict'

import {startSandbox, type Sandbox} from '../../../src/sandbox/start-sandbox.js'
import {createFakeClock, type FakeClock} from '../../support/fake-clock.js'
import {assertIdentityError, SandboxCaller, type TokenAnswer} from '../../support/sandbox-caller.js'

const DAY_MS = 86_400_000

describe('sandbox refresh', () => {
  let sandbox: Sandbox
  let caller: SandboxCaller
  let clock: FakeClock

  beforeEach(async () => {
    clock = createFakeClock()
    sandbox = await startSandbox({clock})
    caller = new SandboxCaller(sandbox)
  })
  afterEach(() => sandbox.stop())

  describe('of a confidential client', () => {
    it('repeats the refresh token, as often as one likes, and leaves older access tokens alone', async () => {
      const first = await caller.logIn('techydrroid', 'chat:read')
      for (let i = 0; i < 3; i += 1) {
        const answer = await caller.refresh(first.refresh_token)
        const body = answer.json as TokenAnswer
        assert.deepEqual(Object.keys(body), ['access_token', 'expires_in', 'refresh_token', 'scope', 'token_type'])
        assert.equal(body.refresh_token, first.refresh_token)
        assert.notEqual(body.access_token, first.access_token)
      }
      assert.equal((await caller.validate(first.access_token)).status, 200)
    })

    it('works after years', async () => {
      const {refresh_token: refreshToken} = await caller.logIn('techydrroid', 'chat:read')
      clock.advance(1000 * DAY_MS)
      assert.equal((await caller.refresh(refreshToken)).status, 200)
    })

    it('gives fifty living access tokens, and not one more until one ends', async () => {
      const first = await caller.logIn('techydrroid', 'chat:read')
      const fetched: string[] = []
      for (let i = 0; i < 50; i += 1) {
        const answer = await caller.refresh(first.refresh_token)
        assert.equal(answer.status, 200, `refresh ${String(i + 1)}`)
        fetched.push((answer.json as TokenAnswer).access_token)
      }
      assertIdentityError(await caller.refresh(first.refresh_token), 400, 'Invalid refresh token')
      assert.equal((await caller.validate(first.access_token)).status, 200)
      await caller.post('revoke', {client_id: caller.client.id, token: fetched[0] ?? ''})
      assert.equal((await caller.refresh(first.refresh_token)).status, 200)
      assertIdentityError(await caller.refresh(first.refresh_token), 400, 'Invalid refresh token')
      clock.advance(15_601_000)
      assert.equal((await caller.refresh(first.refresh_token)).status, 200)
    })

    it('needs the secret, even for tokens of the device flow', async () => {
      const tokens = await caller.logInDevice('techydrroid', 'chat:read', caller.client)
      const withoutSecret = {...caller.client, secret: null}
      assertIdentityError(await caller.refresh(tokens.refresh_token, withoutSecret), 400, 'missing client secret')
      const wrongSecret = {...caller.client, secret: 'wrong'}
      assertIdentityError(await caller.refresh(tokens.refresh_token, wrongSecret), 403, 'invalid client secret')
      assert.equal((await caller.refresh(tokens.refresh_token)).status, 200)
    })

    it('can be made to renew the refresh token, the old one staying good', async () => {
      await caller.control('settings', {renewsRefreshTokens: true})
      const {refresh_token: old} = await caller.logIn('techydrroid', 'chat:read')
      const renewed = (await caller.refresh(old)).json as TokenAnswer
      assert.notEqual(renewed.refresh_token, old)
      assert.equal((await caller.refresh(old)).status, 200)
      assert.equal((await caller.refresh(renewed.refresh_token)).status, 200)
    })
  })

  describe('of a public client', () => {
    const refresh = (token: string) => caller.refresh(token, caller.publicClient)

    it('renews the refresh token and ends the old access token', async () => {
      const first = await caller.logInDevice('techydrroid', 'chat:read')
      const answer = await refresh(first.refresh_token)
      assert.equal(answer.status, 200)
      const second = answer.json as TokenAnswer
      assert.notEqual(second.refresh_token, first.refresh_token)
      assert.deepEqual(second.scope, ['chat:read'])
      assertIdentityError(await caller.validate(first.access_token), 401, 'invalid access token')
      assert.equal((await caller.validate(second.access_token)).status, 200)
      assert.equal((await refresh(second.refresh_token)).status, 200)
    })

    it('punishes a replay: every token, subscription and the grant of that user and app are gone, no others', async () => {
      const bystander = await caller.logInDevice('otherbot', 'chat:read')
      const elsewhere = await caller.logIn('techydrroid', 'chat:read')
      const first = await caller.logInDevice('techydrroid', 'chat:read')
      const second = (await refresh(first.refresh_token)).json as TokenAnswer
      const third = await caller.logInDevice('techydrroid', 'chat:read')
      const subscription = {
        type: 'stream.online',
        version: '1',
        condition: {broadcaster_user_id: '1001'},
        transport: {method: 'websocket', session_id: 'made-up'},
      }
      const subscribed = await caller.helix('POST /eventsub/subscriptions', third.access_token, {
        body: subscription,
        clientId: caller.publicClient.id,
      })
      assert.equal(subscribed.status, 202)

      assertIdentityError(await refresh(first.refresh_token), 400, 'Invalid refresh token')
      for (const token of [second.access_token, third.access_token]) {
        assertIdentityError(await caller.validate(token), 401, 'invalid access token')
      }
      for (const token of [second.refresh_token, third.refresh_token]) {
        assertIdentityError(await refresh(token), 400, 'Invalid refresh token')
      }
      assert.equal(sandbox.state.subscriptions.size, 0)
      assert.equal(sandbox.state.findGrant(caller.publicClient.id, '2002'), undefined)
      assert.equal((await caller.validate(bystander.access_token)).status, 200)
      assert.equal((await caller.validate(elsewhere.access_token)).status, 200)
    })

    it('lets a refresh token lapse after thirty days, renewed by each refresh', async () => {
      const {refresh_token: first} = await caller.logInDevice('techydrroid', 'chat:read')
      clock.advance(30 * DAY_MS - 1)
      const second = (await refresh(first)).json as TokenAnswer
      assert.equal(typeof second.refresh_token, 'string')
      clock.advance(30 * DAY_MS)
      assertIdentityError(await refresh(second.refresh_token), 400, 'Invalid refresh token')
    })

    it('wants no secret', async () => {
      const {refresh_token: token} = await caller.logInDevice('techydrroid', 'chat:read')
      const withSecret = {...caller.publicClient, secret: 'made-up'}
      assertIdentityError(await caller.refresh(token, withSecret), 403, 'invalid client secret')
      assert.equal((await refresh(token)).status, 200)
    })

    it('takes one of two refreshes sent together, and ends what it gave', async () => {
      const {refresh_token: token} = await caller.logInDevice('techydrroid', 'chat:read')
      const answers = await Promise.all([refresh(token), refresh(token)])
      assert.deepEqual(answers.map(({status}) => status).sort(), [200, 400])
      const winner = answers.find(({status}) => status === 200)?.json as TokenAnswer
      assert.equal((await caller.validate(winner.access_token)).status, 401)
    })
  })

  it('refuses the refresh token of another client, and harms nobody', async () => {
    const tokens = await caller.logInDevice('techydrroid', 'chat:read')
    assertIdentityError(await caller.refresh(tokens.refresh_token), 400, 'Invalid refresh token')
    assert.equal((await caller.refresh(tokens.refresh_token, caller.publicClient)).status, 200)
  })

  it('goes on after the access token was revoked', async () => {
    const tokens = await caller.logIn('techydrroid', 'chat:read')
    await caller.post('revoke', {client_id: caller.client.id, token: tokens.access_token})
    assert.equal((await caller.refresh(tokens.refresh_token)).status, 200)
  })
})
