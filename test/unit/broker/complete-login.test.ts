import assert from 'node:assert/strict'
import {readFile, writeFile} from 'node:fs/promises'

import type {LoginPurpose} from '../../../src/broker/check-person.js'
import {completeLogin} from '../../../src/broker/complete-login.js'
import {flagMisconfigured} from '../../../src/broker/load-provider.js'
import {BehalfError} from '../../../src/model/behalf-error.js'
import type {Provider, Role} from '../../../src/model/provider.js'
import type {TokenGrant} from '../../../src/model/refresh.js'
import {Secret} from '../../../src/model/secret.js'
import {HOUR_MS} from '../../../src/model/time.js'
import type {Identity, Revocation} from '../../../src/providers/provider-client.js'
import {makeBrokerWorld, makeProviderSource, type BrokerWorld} from '../../support/broker-world.js'
import {makeProvider} from '../../support/make-provider.js'
import {tokensOf} from '../../support/tokens-of.js'

const SAM: Identity = {userId: '1001', login: 'streamer_sam', displayName: 'Streamer_Sam'}
const DROID: Identity = {userId: '2002', login: 'techydrroid'}
const OTHER: Identity = {userId: '2003', login: 'otherbot'}

describe('completeLogin (rule 8)', () => {
  let world: BrokerWorld
  let provider: Provider
  let who: Identity | BehalfError
  let revocation: Revocation
  let logins: number
  const revoked: string[] = []

  beforeEach(async () => {
    revoked.length = 0
    logins = 0
    revocation = {kind: 'revoked'}
    provider = makeProvider()
    world = await makeBrokerWorld({
      client: {
        identify: () => (who instanceof Error ? Promise.reject(who) : Promise.resolve(who)),
        revoke(_provider, token, kind) {
          revoked.push(`${kind} ${token.reveal()}`)
          return Promise.resolve(revocation)
        },
      },
    })
    await world.store.providers.put(provider)
  })
  afterEach(() => world.dispose())

  /** The tokens of the nth login. */
  const grant = (n: number, parts: Partial<TokenGrant> = {}): TokenGrant => ({
    accessToken: new Secret(`made-up-access-${String(n)}`),
    tokenType: 'bearer',
    refreshToken: new Secret(`made-up-refresh-${String(n)}`),
    issuedAt: world.clock.now(),
    expiresAt: world.clock.now() + HOUR_MS,
    ...parts,
  })

  const purposeOf = (role: Role): LoginPurpose => ({provider, role, scopes: ['read'], replaceOwner: false})

  function logIn(
    identity: Identity | BehalfError,
    role: Role,
    parts: Partial<LoginPurpose> = {},
    granted: Partial<TokenGrant> = {},
  ) {
    who = identity
    logins += 1
    return completeLogin(world.deps, {...purposeOf(role), ...parts}, grant(logins, granted))
  }
  const keys = async () => (await world.store.accounts.list()).map(({key, role}) => `${key} ${role}`)

  /** It is refused, nothing changes, and the token that nobody wanted is revoked. */
  async function assertWrongPerson(login: Promise<unknown>, message: RegExp, hint: string | RegExp): Promise<void> {
    await assert.rejects(login, {code: 'wrong-person', message, hint})
    const unwanted = `made-up-access-${String(logins)}`
    const stored = await world.store.accounts.list()
    assert.equal(
      stored.some((account) => tokensOf(account).accessToken.reveal() === unwanted),
      false,
    )
    assert.equal(stored.length, logins - 1)
    assert.deepEqual(revoked, [`access_token ${unwanted}`])
  }

  describe('the right person', () => {
    it('is stored with what was granted, where, and to whom', async () => {
      const {account, created, missingScopes, cannotRefresh} = await logIn(DROID, 'bot', {expect: 'TechyDrroid'})
      assert.deepEqual([account.key, account.state, created], ['example:2002', 'ok', true])
      assert.deepEqual([missingScopes, cannotRefresh], [[], false])
      const stored = await world.store.accounts.get('example:2002')
      assert.deepEqual([stored?.clientId, stored?.origins.token], ['made-up-client', 'https://id.example.test'])
      assert.equal(tokensOf(stored).accessToken.reveal(), 'made-up-access-1')
      assert.deepEqual(revoked, [])
    })

    for (const expect of ['techydrroid', '2002', 'id:2002']) {
      it(`is known by ${expect}`, async () => {
        await logIn(DROID, 'bot', {expect})
        assert.deepEqual(await keys(), ['example:2002 bot'])
      })
    }

    it('that is known is updated: another grant, the same age', async () => {
      await logIn(DROID, 'bot')
      const before = await world.store.accounts.get('example:2002')
      world.clock.advance(1000)
      const {created} = await logIn(DROID, 'bot')
      const after = await world.store.accounts.get('example:2002')
      assert.deepEqual([created, after?.addedAt], [false, before?.addedAt])
      assert.notEqual(after?.grantId, before?.grantId)
    })

    it('is well again after a login, whatever was wrong', async () => {
      await logIn(DROID, 'bot')
      const state = {kind: 'login-needed', reason: 'rejected', since: 0} as const
      const lastFailure = {at: 0, count: 1, summary: 'down', scheduleNotBefore: 0}
      await world.store.accounts.update('example:2002', (account) => ({...account, state, lastFailure}))
      await logIn(DROID, 'bot')
      const account = await world.store.accounts.get('example:2002')
      assert.deepEqual([account?.state.kind, account?.lastFailure], ['ok', undefined])
    })

    it('shows that the client is accepted', async () => {
      await flagMisconfigured(world.deps, provider, 'refused before')
      await logIn(DROID, 'bot')
      assert.equal((await world.store.providers.getState('example'))?.misconfigured, undefined)
    })

    it('has the scopes that were really granted, and is told of those that were not', async () => {
      const asked = {scopes: ['read', 'write']}
      assert.deepEqual((await logIn(DROID, 'bot', asked)).missingScopes, [])
      assert.deepEqual((await logIn(DROID, 'bot', asked, {scopes: ['read']})).missingScopes, ['write'])
      const says = {...DROID, scopes: ['write']}
      const {account, missingScopes} = await logIn(says, 'bot', asked, {scopes: ['read']})
      assert.deepEqual([account.scopes, missingScopes], [['write'], ['read']])
    })

    it('is told when there is nothing to refresh with', async () => {
      const {refreshToken: _none, ...rest} = grant(1)
      who = DROID
      assert.equal((await completeLogin(world.deps, purposeOf('bot'), rest)).cannotRefresh, true)
    })
  })

  describe('a bot', () => {
    it('that is not the expected one is refused', async () => {
      await assertWrongPerson(
        logIn(OTHER, 'bot', {expect: 'techydrroid'}),
        /otherbot authorized, but techydrroid was expected\. Nothing was stored/,
        /other account/,
      )
    })

    it('that has not the expected id is refused', async () => {
      await assertWrongPerson(logIn(OTHER, 'bot', {expect: 'id:2002'}), /id:2002 was expected/, /other account/)
    })

    it('is never the owner’s own account', async () => {
      await logIn(SAM, 'owner')
      await assertWrongPerson(logIn(SAM, 'bot'), /streamer_sam is the owner’s own account/, /private window/)
      assert.deepEqual(await keys(), ['example:1001 owner'])
    })

    it('may be the owner of another provider', async () => {
      await logIn(SAM, 'owner')
      const forge = makeProvider({name: 'forge'})
      await world.store.providers.put(forge)
      await logIn(SAM, 'bot', {provider: forge})
      assert.deepEqual(await keys(), ['example:1001 owner', 'forge:1001 bot'])
    })
  })

  describe('the owner', () => {
    it('is not replaced by someone else unless that is said', async () => {
      await logIn(SAM, 'owner')
      await assertWrongPerson(
        logIn(OTHER, 'owner'),
        /otherbot authorized, but the owner is streamer_sam/,
        'behalf login --provider example --replace',
      )
    })

    it('is revoked and forgotten when someone else replaces them', async () => {
      await logIn(SAM, 'owner')
      await logIn(OTHER, 'owner', {replaceOwner: true})
      assert.deepEqual(await keys(), ['example:2003 owner'])
      assert.deepEqual(revoked, ['refresh_token made-up-refresh-1', 'access_token made-up-access-1'])
    })

    it('stays when they cannot be revoked', async () => {
      await logIn(SAM, 'owner')
      revocation = {kind: 'failed', reason: 'it is down'}
      await assert.rejects(logIn(OTHER, 'owner', {replaceOwner: true}), {code: 'unavailable'})
      assert.deepEqual(await keys(), ['example:1001 owner'])
      assert.equal(revoked.at(-1), 'access_token made-up-access-2')
    })

    it('logs in again without being replaced', async () => {
      await logIn(SAM, 'owner')
      await logIn(SAM, 'owner', {replaceOwner: true})
      assert.deepEqual([await keys(), revoked], [['example:1001 owner'], []])
    })

    it('is never someone who is a bot', async () => {
      await logIn(DROID, 'bot')
      await assertWrongPerson(
        logIn(DROID, 'owner', {replaceOwner: true}),
        /techydrroid is a bot here/,
        'behalf bot remove techydrroid',
      )
    })
  })

  describe('of two who come at once', () => {
    /** Both have been asked who they are; the one of them is kept while the other is on the way. */
    async function logInTogether(first: [Identity, Role], second: [Identity, Role], parts: Partial<LoginPurpose> = {}) {
      const other = await world.openAgain()
      const ends = await Promise.allSettled(
        [first, second].map(([identity, role], n) =>
          completeLogin(n === 0 ? world.deps : other, {...purposeOf(role), ...parts}, grant(n + 1), identity),
        ),
      )
      return ends.flatMap((end) => (end.status === 'rejected' ? [(end.reason as BehalfError).code] : []))
    }

    it('one becomes the owner, and the other’s token is revoked', async () => {
      assert.deepEqual(await logInTogether([SAM, 'owner'], [OTHER, 'owner']), ['wrong-person'])
      assert.deepEqual([(await keys()).length, revoked.length], [1, 1])
    })

    it('one becomes the owner, although both may replace the owner', async () => {
      await logInTogether([SAM, 'owner'], [OTHER, 'owner'], {replaceOwner: true})
      assert.equal((await keys()).filter((one) => one.endsWith('owner')).length, 1)
    })

    it('one is kept, where the same person would be owner and bot', async () => {
      assert.deepEqual(await logInTogether([SAM, 'owner'], [SAM, 'bot']), ['wrong-person'])
      assert.equal((await keys()).length, 1)
    })
  })

  describe('a provider that is removed meanwhile', () => {
    /** Until the person has been asked for, it was there. */
    async function logInWhileRemoved() {
      who = DROID
      await flagMisconfigured(world.deps, provider, 'refused before')
      const providers: typeof world.store.providers = {
        ...world.store.providers,
        async updateState(name, change) {
          const state = await world.store.providers.updateState(name, change)
          await world.store.providers.remove(name)
          return state
        },
      }
      return completeLogin({...world.deps, store: {...world.store, providers}}, purposeOf('bot'), grant(1))
    }

    it('gets no account any more, and the token is revoked', async () => {
      await assert.rejects(logInWhileRemoved(), {code: 'provider-not-found', message: /removed during this login/})
      assert.deepEqual([await keys(), revoked], [[], ['access_token made-up-access-1']])
    })

    it('gets it where the environment gives the provider too', async () => {
      const {name: _name, credentialsFrom: _from, ...settings} = provider
      const overrides = [{name: 'example', clientId: 'made-up-client', settings}]
      world.deps.providers = makeProviderSource({overrides})
      await logInWhileRemoved()
      assert.deepEqual(await keys(), ['example:2002 bot'])
    })
  })

  describe('a chat user', () => {
    const slack = {subject: 'slack:U02AB'}

    it('is mended by a login when their record is damaged', async () => {
      await logIn(DROID, 'user', slack)
      const document = JSON.parse(await readFile(world.path, 'utf8')) as {
        accounts: Record<string, {credential: object}>
      }
      for (const record of Object.values(document.accounts)) record.credential = {kind: 'oauth2'}
      await writeFile(world.path, JSON.stringify(document))
      assert.equal((await logIn(DROID, 'user', slack)).account.login, 'techydrroid')
      assert.equal((await world.store.accounts.list()).length, 1)
    })

    it('is one of many people who come at once, whoever that is', async () => {
      const other = await world.openAgain()
      const answers = await Promise.allSettled(
        Array.from({length: 6}, (_, n) => {
          const identity = {userId: String(3000 + n), login: `viewer_${String(n)}`}
          const purpose = {...purposeOf('user'), ...slack}
          return completeLogin(n % 2 === 0 ? world.deps : other, purpose, grant(n), identity)
        }),
      )
      const linked = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value.account.login] : []))
      const [stored] = await world.store.accounts.list()
      assert.deepEqual(linked, [stored?.login])
      assert.equal(revoked.length, 5)
    })

    it('is known by id alone: a login could have been chosen to look like it', async () => {
      for (const expect of ['3001', 'id:3001', 'techydrroid']) {
        await assert.rejects(logIn({...DROID, login: '3001'}, 'user', {...slack, expect}), {code: 'wrong-person'})
      }
      assert.deepEqual(await keys(), [])
      await logIn(DROID, 'user', {...slack, expect: '2002'})
      await logIn(DROID, 'user', {...slack, expect: 'id:2002'})
      assert.deepEqual(await keys(), ['example@slack:U02AB user'])
    })

    it('is kept by subject, beside the same person’s own account', async () => {
      await logIn(SAM, 'owner')
      await logIn(SAM, 'user', slack)
      assert.deepEqual(await keys(), ['example:1001 owner', 'example@slack:U02AB user'])
    })

    it('that is linked to someone else is refused', async () => {
      await logIn(DROID, 'user', slack)
      await assertWrongPerson(
        logIn(OTHER, 'user', slack),
        /otherbot authorized, but slack:U02AB is linked to techydrroid/,
        'behalf user unlink slack:U02AB',
      )
    })
  })

  describe('who logs in at a web page', () => {
    it('is kept by their own id at the provider', async () => {
      await logIn(DROID, 'user')
      assert.deepEqual(await keys(), ['example@example:2002 user'])
    })

    for (const userId of ['*', 'team:*', 'two words', 'x'.repeat(200)]) {
      it(`is refused with an id that can be no subject: ${userId.slice(0, 9)}`, async () => {
        await assert.rejects(logIn({...DROID, userId}, 'user'), {code: 'invalid-input', message: /be a subject/})
        assert.deepEqual([await keys(), revoked], [[], ['access_token made-up-access-1']])
      })
    }
  })

  describe('an unwanted token', () => {
    it('is left alone where revoking it ends the whole grant', async () => {
      provider = makeProvider({revokeEnds: 'grant'})
      await assert.rejects(logIn(OTHER, 'bot', {expect: 'techydrroid'}), {code: 'wrong-person'})
      assert.deepEqual(revoked, [])
    })

    it('is left alone when an account lives on the same one', async () => {
      const same = {accessToken: new Secret('made-up-access-that-is-given-out-again')}
      await logIn(SAM, 'owner', {}, same)
      await assert.rejects(logIn(SAM, 'bot', {}, same), {code: 'wrong-person'})
      assert.deepEqual(revoked, [])
    })

    it('is revoked when nobody says whose it is', async () => {
      await assert.rejects(logIn(new BehalfError('unavailable', 'It is down.'), 'bot'), {code: 'unavailable'})
      assert.deepEqual(revoked, ['access_token made-up-access-1'])
      assert.deepEqual(await keys(), [])
    })

    it('is revoked when it belongs to another client', async () => {
      const login = logIn({...DROID, clientId: 'another-client'}, 'bot')
      await assert.rejects(login, {code: 'provider-misconfigured', message: /another client id/})
      assert.deepEqual([revoked.length, await keys()], [1, []])
    })

    it('is revoked when it cannot be stored', async () => {
      const put = () => Promise.reject(new BehalfError('store-full', 'There is no space left.'))
      const store = {...world.store, accounts: {...world.store.accounts, put}}
      who = DROID
      await assert.rejects(completeLogin({...world.deps, store}, purposeOf('bot'), grant(1)), {code: 'store-full'})
      assert.equal(revoked.length, 1)
    })
  })
})
