import assert from 'node:assert/strict'
import {readFile} from 'node:fs/promises'
import {setTimeout as wait} from 'node:timers/promises'

import {leaveAccount} from '../../../src/broker/leave-account.js'
import type {Provider} from '../../../src/model/provider.js'
import type {Revocation} from '../../../src/providers/provider-client.js'
import {makeBrokerWorld, type BrokerWorld} from '../../support/broker-world.js'
import {makeCredential, withoutRefreshToken} from '../../support/make-account.js'
import {makeProvider} from '../../support/make-provider.js'

const KEY = 'example:2002'
const REVOKE_URL = 'https://id.example.test/revoke'

describe('leaveAccount (rule 11)', () => {
  let world: BrokerWorld
  let provider: Provider
  let answers: Partial<Record<'access_token' | 'refresh_token', Revocation>>
  const revoked: string[] = []

  beforeEach(async () => {
    revoked.length = 0
    answers = {}
    world = await makeBrokerWorld({
      client: {
        revoke(_provider, token, kind) {
          revoked.push(`${kind} ${token.reveal()}`)
          return Promise.resolve(answers[kind] ?? {kind: 'revoked'})
        },
      },
    })
    provider = makeProvider({revokeUrl: REVOKE_URL})
    await world.addAccount(provider)
  })
  afterEach(() => world.dispose())

  const leave = (at: Provider | undefined = provider, keepGrant = false) =>
    leaveAccount(world.deps, at, KEY, {keepGrant})
  const exists = async () => (await world.store.accounts.get(KEY)) !== undefined

  it('revokes the refresh token, then the access token, then forgets the account', async () => {
    const {account, revoked: wasRevoked} = await leave()
    assert.deepEqual([account.login, wasRevoked, await exists()], ['made_up_2002', true, false])
    assert.deepEqual(revoked, [
      'refresh_token made-up-refresh-token-of-2002',
      'access_token made-up-access-token-of-2002',
    ])
  })

  it('revokes the access token alone where there is no other, and at Twitch', async () => {
    await world.addAccount(provider, {userId: '7'})
    const account = await world.store.accounts.get(KEY)
    assert.ok(account)
    await world.store.accounts.put({...account, credential: withoutRefreshToken(makeCredential())})
    await leave()
    const twitch = {...provider, dialect: 'twitch'} as const
    await leaveAccount(world.deps, twitch, 'example:7', {keepGrant: false})
    assert.deepEqual(revoked, ['access_token made-up-access-token', 'access_token made-up-access-token-of-7'])
  })

  for (const kind of ['refresh_token', 'access_token'] as const) {
    it(`forgets nothing when the ${kind} could not be revoked, and says how to forget it anyway`, async () => {
      answers = {[kind]: {kind: 'failed', reason: 'it is down'}}
      await assert.rejects(leave(), {
        code: 'unavailable',
        message: 'example/made_up_2002 could not be revoked: it is down. Nothing was forgotten.',
        hint: /behalf bot remove made_up_2002 --keep-grant/,
      })
      assert.equal(await exists(), true)
    })
  }

  it('forgets where the provider has no way to revoke, and says that it did not', async () => {
    answers = {access_token: {kind: 'unsupported'}, refresh_token: {kind: 'unsupported'}}
    assert.deepEqual([(await leave()).revoked, await exists()], [false, false])
  })

  it('counts as revoked when one of both was, and the other cannot be', async () => {
    answers = {access_token: {kind: 'unsupported'}}
    assert.equal((await leave()).revoked, true)
  })

  it('revokes nothing when the grant is to be kept', async () => {
    assert.deepEqual([(await leave(provider, true)).revoked, await exists(), revoked], [false, false, []])
  })

  for (const [what, change] of [
    ['another client id', {clientId: 'another'}],
    ['another revocation origin', {revokeUrl: 'https://evil.test/revoke'}],
    ['another token origin', {tokenUrl: 'https://evil.test/token'}],
  ] as const) {
    it(`sends nothing under ${what} (rule 10), and forgets nothing`, async () => {
      await assert.rejects(leave({...provider, ...change}), {
        code: 'configuration',
        hint: 'behalf bot remove made_up_2002 --keep-grant',
      })
      assert.deepEqual([revoked, await exists()], [[], true])
    })
  }

  it('sends nothing when the provider is gone', async () => {
    await assert.rejects(leaveAccount(world.deps, undefined, KEY, {keepGrant: false}), {code: 'configuration'})
    assert.deepEqual([revoked, await exists()], [[], true])
    await leaveAccount(world.deps, undefined, KEY, {keepGrant: true})
    assert.equal(await exists(), false)
  })

  it('waits for a refresh in flight, then revokes what that has brought', async () => {
    const lock = await world.store.accounts.lock(KEY, {waitMs: 0})
    const leaving = leave()
    await wait(30)
    assert.deepEqual(revoked, [])
    const fresh = makeCredential()
    await lock.commit((current) => ({...current, credential: fresh}))
    await lock.release()
    await leaving
    assert.deepEqual(revoked, ['refresh_token made-up-refresh-token', 'access_token made-up-access-token'])
  })

  it('leaves nothing of it in the store or its backup', async () => {
    await world.addAccount(provider, {userId: '7'})
    await leave()
    for (const file of [world.path, `${world.path}.bak`]) {
      const text = await readFile(file, 'utf8')
      assert.equal(text.includes('made_up_2002'), false, file)
      assert.equal(text.includes('made_up_7'), true, file)
    }
  })

  it('says that the account is gone', async () => {
    await assert.rejects(leaveAccount(world.deps, provider, 'example:404', {keepGrant: false}), {
      code: 'account-not-found',
    })
  })
})
