import assert from 'node:assert/strict'
import {readFile} from 'node:fs/promises'

import {removeAccount} from '../../../src/broker/accounts.js'
import {changeTokens} from '../../../src/sandbox/control/change-tokens.js'
import {makeSandboxScene, type SandboxScene} from '../../support/sandbox-scene.js'

const KEY = 'twitch:2002'
const BOT = {account: 'techydrroid', role: 'bot', keepGrant: false} as const

describe('leaving Twitch (rule 11)', () => {
  let scene: SandboxScene
  beforeEach(async () => {
    scene = await makeSandboxScene()
    await scene.logIn('techydrroid')
  })
  afterEach(() => scene.dispose())

  const exists = async () => (await scene.store.accounts.get(KEY)) !== undefined

  it('revokes the token, then forgets the account, in the backup as well', async () => {
    const {revoked, connectionsUrl} = await removeAccount(scene.deps, BOT)
    assert.deepEqual([revoked, connectionsUrl], [true, 'https://www.twitch.tv/settings/connections'])
    assert.equal(scene.sandbox.state.accessTokens.size, 0)
    assert.equal(await exists(), false)
    for (const file of [scene.path, `${scene.path}.bak`]) {
      assert.doesNotMatch(await readFile(file, 'utf8'), /techydrroid/, file)
    }
  })

  it('counts a token as revoked that was dead already', async () => {
    changeTokens(scene.sandbox.state, {login: 'techydrroid', kind: 'access'}, 'revoke')
    assert.equal((await removeAccount(scene.deps, BOT)).revoked, true)
    assert.equal(await exists(), false)
  })

  for (const [what, fault] of [
    ['it breaks the connection', {kind: 'drop-before'}],
    ['it answers 503', {kind: 'status', status: 503}],
  ] as const) {
    it(`forgets nothing when ${what}, and can be done later`, async () => {
      scene.fail('/oauth2/revoke', fault)
      await assert.rejects(removeAccount(scene.deps, BOT), {
        code: 'unavailable',
        message: /could not be revoked.*Nothing was forgotten/,
        hint: /--keep-grant/,
      })
      assert.equal(await exists(), true)
      assert.equal((await scene.helix({as: 'techydrroid'})).answer.status, 200)
      assert.equal((await removeAccount(scene.deps, BOT)).revoked, true)
    })
  }

  it('forgets nothing when it cannot be reached, but with --keep-grant', async () => {
    await scene.sandbox.stop()
    await assert.rejects(removeAccount(scene.deps, BOT), {code: 'unavailable'})
    assert.equal(await exists(), true)
    assert.equal((await removeAccount(scene.deps, {...BOT, keepGrant: true})).revoked, false)
    assert.equal(await exists(), false)
  })
})
