import assert from 'node:assert/strict'
import {readdir} from 'node:fs/promises'

import {removeAccount} from '../../../src/broker/accounts.js'
import {getFreshToken} from '../../../src/broker/get-fresh-token.js'
import {refreshAccount} from '../../../src/broker/refresh-account.js'
import type {RefreshInput, RefreshResult} from '../../../src/broker/refresh-attempt.js'
import {BehalfError} from '../../../src/model/behalf-error.js'
import {HOUR_MS} from '../../../src/model/time.js'
import {shortHash} from '../../../src/sandbox/random-text.js'
import {withChangedLock} from '../../support/changed-lock.js'
import {makeSandboxScene, type SandboxScene} from '../../support/sandbox-scene.js'
import {tokensOf} from '../../support/tokens-of.js'
import {until} from '../../support/until.js'

const KEY = 'twitch:2002'
const DUE: RefreshInput = {key: KEY, cause: 'due', withinMs: 5 * HOUR_MS, urgency: 'demand'}

describe('while a refresh is under way (rules 1 and 3)', () => {
  let scene: SandboxScene
  before(async () => (scene = await makeSandboxScene()))
  after(() => scene.dispose())
  beforeEach(async () => {
    await scene.logIn('techydrroid')
    scene.clock.advance(HOUR_MS)
    scene.sandbox.state.calls.clear()
  })

  /** A refresh that has reached the sandbox, which takes its time to answer. */
  async function begin(delayMs = 150): Promise<{result: Promise<RefreshResult>}> {
    scene.failRefresh({kind: 'delay', delayMs})
    const result = refreshAccount(scene.deps, DUE)
    await until('the refresh has arrived', () => scene.refreshes().length === 1)
    return {result}
  }

  it('what others write is kept', async () => {
    const {result} = await begin()
    const other = await scene.openAgain()
    await other.store.accounts.update(KEY, (account) => ({...account, displayName: 'Renamed'}))
    await scene.addAccount(scene.provider, {userId: '7'})
    assert.equal((await result).kind, 'refreshed')
    const account = await scene.account(KEY)
    assert.equal(account.displayName, 'Renamed')
    assert.equal((await scene.helix({as: 'techydrroid'})).answer.status, 200)
    assert.ok(await scene.store.accounts.get('twitch:7'))
  })

  it('a removal waits, revokes what the refresh has brought, and the account does not come back', async () => {
    const {result} = await begin()
    const removal = removeAccount(await scene.openAgain(), {account: 'techydrroid', keepGrant: false})
    assert.equal((await result).kind, 'refreshed')
    assert.equal((await removal).revoked, true)
    assert.equal(await scene.store.accounts.get(KEY), undefined)
    const [refreshed] = scene.refreshes()
    const [revoked] = scene.calls('/oauth2/revoke')
    assert.equal(revoked?.tokenHash, refreshed?.issuedAccessTokenHash)
    assert.deepEqual(await readdir(`${scene.path}.journals`), [])
  })

  it('a new login wins', async () => {
    // Longer than a login takes on a busy machine.
    const {result} = await begin(2000)
    await scene.logIn('techydrroid')
    const {grantId, credential} = await scene.account(KEY)
    assert.equal((await result).kind, 'superseded')
    const account = await scene.account(KEY)
    assert.equal(account.grantId, grantId)
    assert.ok(tokensOf(account).accessToken.equals(credential.accessToken))
    assert.equal((await scene.helix({as: 'techydrroid'})).answer.status, 200)
  })

  it('others wait for it, and ask for nothing themselves', async () => {
    scene.clock.advance(5 * HOUR_MS)
    scene.failRefresh({kind: 'delay', delayMs: 100})
    const deps = [scene.deps, await scene.openAgain(), await scene.openAgain()]
    const tokens = await Promise.all(
      Array.from({length: 24}, (_, index) => getFreshToken(deps[index % deps.length] ?? scene.deps, KEY, 0)),
    )
    assert.equal(scene.refreshes().length, 1)
    const hashes = new Set(tokens.map(({accessToken}) => shortHash(accessToken.reveal())))
    assert.deepEqual([...hashes], [scene.refreshes()[0]?.issuedAccessTokenHash])
  })

  it('no space is left between the reply and its save: the token works, and is saved when there is', async () => {
    scene.clock.advance(5 * HOUR_MS)
    const full = new BehalfError('store-full', 'There is no space left.')
    const store = withChangedLock(scene.store, () => ({commit: () => Promise.reject(full)}))
    const {accessToken, warning} = await getFreshToken({...scene.deps, store}, KEY, 0)
    assert.equal(warning, full.message)
    const users = await fetch(`${scene.sandbox.url}/helix/users`, {
      headers: {authorization: `Bearer ${accessToken.reveal()}`, 'client-id': scene.provider.clientId},
    })
    assert.equal(users.status, 200)

    const next = await scene.openAgain()
    assert.ok((await getFreshToken(next, KEY, 0)).accessToken.equals(accessToken))
    assert.ok(tokensOf(await scene.account(KEY)).accessToken.equals(accessToken))
    assert.equal(scene.refreshes().length, 1)
  })
})

describe('while someone else holds the account’s lock (rule 1)', () => {
  let scene: SandboxScene
  before(async () => (scene = await makeSandboxScene()))
  after(() => scene.dispose())

  it('a living token is used, and the holder is named once nothing lives', async () => {
    await scene.logIn('techydrroid')
    const holder = await scene.openAgain()
    const lock = await holder.store.accounts.lock(KEY, {waitMs: 0})
    const {store} = scene
    const hasty = {
      ...store,
      accounts: {...store.accounts, lock: (key: string) => store.accounts.lock(key, {waitMs: 50})},
    }
    const {credential} = await scene.account(KEY)
    scene.clock.setWall((credential.expiresAt ?? 0) - 1000)
    const {accessToken, warning} = await getFreshToken({...scene.deps, store: hasty}, KEY, 0)
    assert.ok(accessToken.equals(credential.accessToken))
    assert.match(warning ?? '', new RegExp(`in use by .*${String(process.pid)}`))

    scene.clock.advance(1000)
    await assert.rejects(getFreshToken({...scene.deps, store: hasty}, KEY, 0), {
      code: 'lock-timeout',
      message: new RegExp(`in use by .*${String(process.pid)}`),
    })
    assert.equal(scene.refreshes().length, 0)

    await lock.release()
    await getFreshToken({...scene.deps, store: hasty}, KEY, 0)
    assert.equal(scene.refreshes().length, 1)
  })
})
