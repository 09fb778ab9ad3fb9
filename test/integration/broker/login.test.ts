import assert from 'node:assert/strict'

import {beginLogin, type LoginInput} from '../../../src/broker/begin-login.js'
import {shortHash} from '../../../src/sandbox/random-text.js'
import {makeSandboxScene, type SandboxScene} from '../../support/sandbox-scene.js'
import {tokensOf} from '../../support/tokens-of.js'

const BOT: LoginInput = {role: 'bot', scopes: [], method: 'browser'}

describe('a login at Twitch', () => {
  let scene: SandboxScene
  before(async () => (scene = await makeSandboxScene()))
  after(() => scene.dispose())
  beforeEach(async () => {
    for (const {key} of await scene.store.accounts.list()) {
      const lock = await scene.store.accounts.lock(key, {waitMs: 0})
      await lock.remove()
      await lock.release()
    }
    scene.sandbox.state.reset()
  })

  const keys = async () => (await scene.store.accounts.list()).map(({key, role}) => `${key} ${role}`)
  const expectRevoked = () => {
    const [issued] = scene.calls('/oauth2/token').slice(-1)
    const revoked = scene.calls('/oauth2/revoke').map(({tokenHash}) => tokenHash)
    assert.deepEqual(revoked, [issued?.issuedAccessTokenHash])
  }

  it('stores the owner and bots, with who they are and what was granted', async () => {
    await scene.logIn('streamer_sam', {role: 'owner', scopes: ['channel:read:polls']})
    const {account, created, missingScopes} = await scene.logIn('techydrroid', {expect: 'TechyDrroid'})
    assert.deepEqual([account.userId, account.login, created, missingScopes], ['2002', 'techydrroid', true, []])
    assert.deepEqual(await keys(), ['twitch:1001 owner', 'twitch:2002 bot'])
    assert.deepEqual(tokensOf(await scene.account('twitch:1001')).scopes, ['channel:read:polls', 'user:read:email'])
    assert.equal((await scene.helix()).answer.status, 200)
    assert.equal((await scene.helix({as: 'techydrroid'})).answer.status, 200)
  })

  it('by device stores the same', async () => {
    const open = await makeSandboxScene('public')
    try {
      const {account} = await open.logIn('techydrroid')
      assert.deepEqual(
        [account.key, account.scopes],
        ['twitch:2002', ['user:bot', 'user:read:chat', 'user:write:chat']],
      )
      assert.equal((await open.helix({as: 'techydrroid'})).answer.status, 200)
    } finally {
      await open.dispose()
    }
  })

  describe('of the wrong person stores nothing, and the unwanted token is revoked', () => {
    it('a browser that answers with the owner', async () => {
      await scene.logIn('streamer_sam', {role: 'owner'})
      await assert.rejects(scene.logIn('streamer_sam'), {code: 'wrong-person', message: /owner’s own account/})
      assert.deepEqual(await keys(), ['twitch:1001 owner'])
      expectRevoked()
      assert.equal((await scene.helix()).answer.status, 200, 'the owner’s own token was ended')
    })

    it('another bot than the expected one', async () => {
      await assert.rejects(scene.logIn('otherbot', {expect: 'techydrroid'}), {code: 'wrong-person'})
      assert.deepEqual(await keys(), [])
      expectRevoked()
    })

    it('another owner', async () => {
      await scene.logIn('streamer_sam', {role: 'owner'})
      await assert.rejects(scene.logIn('viewer_vera', {role: 'owner'}), {
        code: 'wrong-person',
        hint: 'behalf login --replace',
      })
      assert.deepEqual(await keys(), ['twitch:1001 owner'])
      expectRevoked()
    })
  })

  it('of another owner who is to replace the first revokes and forgets that one', async () => {
    await scene.logIn('streamer_sam', {role: 'owner'})
    const {credential} = await scene.account('twitch:1001')
    await scene.logIn('viewer_vera', {role: 'owner', replaceOwner: true})
    assert.deepEqual(await keys(), ['twitch:3001 owner'])
    const [revoked] = scene.calls('/oauth2/revoke')
    assert.equal(revoked?.tokenHash, shortHash(credential.accessToken.reveal()))
  })

  it('that is declined stores nothing', async () => {
    const pending = await beginLogin(scene.deps, BOT)
    assert.ok(pending.kind === 'redirect')
    scene.sandbox.state.settings.auto = {kind: 'deny'}
    const response = await fetch(pending.authorizationUrl, {redirect: 'manual'})
    const back = new URL(response.headers.get('location') ?? '').searchParams
    await assert.rejects(pending.finish(back), {code: 'login-failed', message: /declined/})
    assert.deepEqual([await keys(), await scene.store.flows.list()], [[], []])
  })

  it('whose code was used before stores nothing', async () => {
    scene.sandbox.state.settings.auto = {kind: 'approve', login: 'techydrroid'}
    const pending = await beginLogin(scene.deps, BOT)
    assert.ok(pending.kind === 'redirect')
    const response = await fetch(pending.authorizationUrl, {redirect: 'manual'})
    const back = new URL(response.headers.get('location') ?? '').searchParams
    scene.sandbox.state.codes.clear()
    await assert.rejects(pending.finish(back), {code: 'login-failed', message: /code/})
    assert.deepEqual(await keys(), [])
  })
})
