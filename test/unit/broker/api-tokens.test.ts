import assert from 'node:assert/strict'
import {readFile} from 'node:fs/promises'
import {inspect} from 'node:util'

import {listApiTokens, revokeApiToken, showApiToken, unlockApiToken} from '../../../src/broker/api-tokens.js'
import {issueApiToken, rotateApiToken, type IssueTokenInput} from '../../../src/broker/issue-api-token.js'
import {formatApiToken, parseApiToken} from '../../../src/model/api-token-text.js'
import type {BehalfError} from '../../../src/model/behalf-error.js'
import {Secret} from '../../../src/model/secret.js'
import {DAY_MS} from '../../../src/model/time.js'
import {makeBrokerWorld, type BrokerWorld} from '../../support/broker-world.js'
import {makeProvider} from '../../support/make-provider.js'

const PROVIDER = makeProvider()
const INPUT: IssueTokenInput = {name: 'overlay', scopes: ['helix:read'], as: ['made_up_2002'], asAny: false}

describe('API tokens', () => {
  let world: BrokerWorld
  beforeEach(async () => {
    world = await makeBrokerWorld()
    await world.addAccount(PROVIDER)
    await world.addAccount(PROVIDER, {userId: '1001', role: 'owner'})
    await world.addAccount(PROVIDER, {userId: '3001', role: 'user', subject: 'slack:U02AB'})
  })
  afterEach(() => world.dispose())

  const issue = (parts: Partial<IssueTokenInput> = {}) => issueApiToken(world.deps, {...INPUT, ...parts})

  describe('issueApiToken', () => {
    it('gives the text once, in the form that secret scanners know', async () => {
      const {token, apiToken} = await issue()
      assert.match(token.reveal(), /^bhf_[A-Za-z0-9]{8}_[A-Za-z0-9]{32}_[A-Za-z0-9]{6}$/)
      assert.equal(parseApiToken(token)?.id, apiToken.id)
      assert.deepEqual(
        [apiToken.name, apiToken.scopes, apiToken.as, apiToken.asAny, apiToken.state],
        ['overlay', ['helix:read'], ['example/made_up_2002'], false, 'active'],
      )
      assert.equal('expiresAt' in apiToken, false)
    })

    it('is in small letters where it lets its holder chat, for chat clients make them of what they are told', async () => {
      for (const id of [undefined, 'GivenOne']) {
        const {token, apiToken} = await issue({scopes: ['helix:read', 'chat'], ...(id !== undefined && {id})})
        assert.match(token.reveal(), /^bhf_[a-z0-9]{8}_[a-z0-9]{32}_[a-z0-9]{6}$/)
        assert.equal((await unlockApiToken(world.deps, token))?.id, apiToken.id)
        assert.match((await rotateApiToken(world.deps, apiToken.id)).token.reveal(), /^[a-z0-9_]+$/)
      }
    })

    it('keeps nothing of it that is secret', async () => {
      const {token, apiToken} = await issue()
      const secret = parseApiToken(token)?.secret.reveal() ?? ''
      assert.equal((await readFile(world.path, 'utf8')).includes(secret), false)
      const views = inspect([apiToken, ...(await listApiTokens(world.deps))], {depth: 9})
      assert.doesNotMatch(views, new RegExp(`${secret}|salt|hmac`))
    })

    it('keeps accounts by key, for logins are reused', async () => {
      const {apiToken} = await issue({as: ['made_up_2002', 'id:2002']})
      assert.deepEqual((await world.store.apiTokens.get(apiToken.id))?.as, ['example:2002'])
      await world.store.accounts.update('example:2002', (account) => ({...account, login: 'renamed'}))
      assert.deepEqual((await listApiTokens(world.deps))[0]?.as, ['example/renamed'])
    })

    it('keeps chat users by subject, for most link their accounts later', async () => {
      const as = ['subject:slack:U02AB', 'subject:webex:*', 'example/subject:irc:vera']
      const {apiToken} = await issue({as: [...as, 'subject:slack:U02AB ']})
      assert.deepEqual((await world.store.apiTokens.get(apiToken.id))?.as, as)
      assert.deepEqual(apiToken.as, as)
    })

    it('refuses what is meant to be chat users and names none', async () => {
      for (const name of ['subject:*', 'subject:slack*', 'subject:import:*', 'example/subject:']) {
        await assert.rejects(issue({as: [name]}), {code: 'invalid-input'}, name)
      }
    })

    it('notes the default account, for whom it was issued, and when it ends', async () => {
      const {apiToken} = await issue({
        as: ['made_up_2002', 'made_up_1001'],
        defaultAs: 'made_up_1001',
        issuedTo: 'subject:slack:U02AB',
        expiresInMs: 90 * DAY_MS,
      })
      assert.deepEqual(
        [apiToken.defaultAs, apiToken.issuedTo, apiToken.expiresAt],
        ['example/made_up_1001', 'example/subject:slack:U02AB', world.clock.now() + 90 * DAY_MS],
      )
    })

    it('needs no account where no scope acts', async () => {
      const {apiToken} = await issue({scopes: ['account:read', 'points:read'], as: []})
      assert.deepEqual([apiToken.as, apiToken.asAny], [[], false])
    })

    const refused: [string, Partial<IssueTokenInput>, object][] = [
      ['no name', {name: '  '}, {code: 'invalid-input'}],
      ['a name with a line break', {name: 'a\nb'}, {code: 'invalid-input'}],
      ['a name of 101 characters', {name: 'x'.repeat(101)}, {code: 'invalid-input'}],
      ['no scope', {scopes: []}, {code: 'usage'}],
      ['an unknown scope', {scopes: ['helix:raed']}, {code: 'unknown-scope'}],
      ['an acting scope without an account', {as: []}, {code: 'usage', hint: /--as LOGIN/}],
      ['both --as and --as-any', {asAny: true}, {code: 'usage'}],
      ['an unknown account', {as: ['made_up_2003']}, {code: 'account-not-found', message: /Did you mean made_up_2002/}],
      ['an unknown default', {defaultAs: 'nobody'}, {code: 'account-not-found'}],
      [
        'a default it may not act as',
        {defaultAs: 'made_up_1001'},
        {code: 'invalid-input', hint: 'Add --as made_up_1001.'},
      ],
      [
        'a chat user as the default of --as-any',
        {as: [], asAny: true, defaultAs: 'subject:slack:U02AB'},
        {code: 'invalid-input'},
      ],
    ]
    for (const [what, parts, error] of refused) {
      it(`refuses ${what}, and issues nothing`, async () => {
        await assert.rejects(issue(parts), error)
        assert.deepEqual(await world.store.apiTokens.list(), [])
      })
    }

    it('lets --as-any have the owner or a bot as default', async () => {
      assert.equal(
        (await issue({as: [], asAny: true, defaultAs: 'made_up_1001'})).apiToken.defaultAs,
        'example/made_up_1001',
      )
    })
  })

  describe('unlockApiToken', () => {
    it('gives issued_to, issued_at and scopes to who holds the text', async () => {
      const {token, apiToken} = await issue({issuedTo: 'made_up_2002'})
      const unlocked = await unlockApiToken(world.deps, token)
      assert.deepEqual(
        [unlocked?.id, unlocked?.issuedTo, unlocked?.issuedAt, unlocked?.scopes],
        [apiToken.id, 'example:2002', world.clock.now(), ['helix:read']],
      )
    })

    it('opens for no other secret, mistyped or made up, nor for another token’s', async () => {
      const {token, apiToken} = await issue()
      const other = (await issue({name: 'another'})).token
      const otherSecret = parseApiToken(other)?.secret ?? new Secret('')
      const text = token.reveal()
      for (const wrong of [
        formatApiToken(apiToken.id, new Secret('0'.repeat(32))),
        formatApiToken(apiToken.id, otherSecret),
        formatApiToken('00000000', otherSecret),
        new Secret(text.slice(0, -1) + (text.endsWith('0') ? '1' : '0')),
        new Secret(''),
      ]) {
        assert.equal(await unlockApiToken(world.deps, wrong), undefined)
      }
    })

    it('does not open from its expiry on', async () => {
      const {token} = await issue({expiresInMs: 1000})
      world.clock.advance(999)
      assert.ok(await unlockApiToken(world.deps, token))
      world.clock.advance(1)
      assert.equal(await unlockApiToken(world.deps, token), undefined)
      assert.equal((await listApiTokens(world.deps))[0]?.state, 'expired')
    })

    it('does not open once another process has revoked it', async () => {
      const {token, apiToken} = await issue()
      const other = await world.openAgain()
      assert.ok(await unlockApiToken(other, token))
      await revokeApiToken(world.deps, apiToken.id)
      assert.equal(await unlockApiToken(other, token), undefined)
    })

    it('compares the whole of what is stored, also when it has another length', async () => {
      const {token, apiToken} = await issue()
      for (const spoil of [(hmac: string) => hmac.slice(0, -1), (hmac: string) => `${hmac}A`, () => '']) {
        const {hmac} = (await world.store.apiTokens.get(apiToken.id)) ?? {hmac: ''}
        await world.store.apiTokens.update(apiToken.id, (kept) => ({...kept, hmac: spoil(hmac)}))
        assert.equal(await unlockApiToken(world.deps, token), undefined)
        await world.store.apiTokens.update(apiToken.id, (kept) => ({...kept, hmac}))
      }
      assert.ok(await unlockApiToken(world.deps, token))
    })
  })

  describe('revokeApiToken', () => {
    it('is for good, and changes nothing the second time', async () => {
      const {apiToken} = await issue()
      const first = await revokeApiToken(world.deps, apiToken.id)
      assert.deepEqual([first.state, first.revokedAt], ['revoked', world.clock.now()])
      world.clock.advance(1000)
      assert.equal((await revokeApiToken(world.deps, apiToken.id)).revokedAt, first.revokedAt)
    })

    it('names the id when it was given the name, and the nearest ids', async () => {
      const {apiToken} = await issue()
      const meant = {
        code: 'token-not-found',
        message: new RegExp(`Did you mean ${apiToken.id}\\?`),
        hint: 'behalf token list',
      }
      await assert.rejects(revokeApiToken(world.deps, 'overlay'), meant)
      await assert.rejects(revokeApiToken(world.deps, `${apiToken.id.slice(0, 7)}x`), meant)
    })
  })

  describe('showApiToken', () => {
    it('shows the token with that very id, and no other', async () => {
      const {apiToken} = await issue()
      assert.deepEqual(await showApiToken(world.deps, apiToken.id), apiToken)
      await assert.rejects(showApiToken(world.deps, apiToken.id.slice(0, 7)), {
        code: 'token-not-found',
        message: new RegExp(`Did you mean ${apiToken.id}\\?`),
      })
      await assert.rejects(showApiToken(world.deps, ''), {code: 'token-not-found'})
    })
  })

  describe('rotateApiToken', () => {
    it('gives the same token a new secret, and the old one opens nothing, in another process too', async () => {
      const {token, apiToken} = await issue({asAny: true, as: [], scopes: ['helix', 'chat'], defaultAs: 'made_up_1001'})
      const other = await world.openAgain()
      const rotated = await rotateApiToken(world.deps, apiToken.id)
      assert.deepEqual(rotated.apiToken, apiToken)
      assert.equal(parseApiToken(rotated.token)?.id, apiToken.id)
      assert.equal(await unlockApiToken(other, token), undefined)
      assert.equal((await unlockApiToken(other, rotated.token))?.id, apiToken.id)
      assert.equal((await listApiTokens(world.deps)).length, 1)
    })

    it('keeps how long it lives, from now on; one without an end has none', async () => {
      const {apiToken} = await issue({expiresInMs: 90 * DAY_MS})
      const endless = (await issue()).apiToken
      world.clock.advance(89 * DAY_MS)
      const {apiToken: rotated} = await rotateApiToken(world.deps, apiToken.id)
      assert.deepEqual([rotated.issuedAt, rotated.expiresAt], [world.clock.now(), world.clock.now() + 90 * DAY_MS])
      assert.equal('expiresAt' in (await rotateApiToken(world.deps, endless.id)).apiToken, false)
    })

    it('has never been used', async () => {
      const {apiToken} = await issue()
      await world.store.apiTokens.update(apiToken.id, (token) => ({...token, lastUsedAt: world.clock.now()}))
      assert.equal('lastUsedAt' in (await rotateApiToken(world.deps, apiToken.id)).apiToken, false)
    })

    it('refuses a token that is over, with the command that issues one like it, and leaves it as it is', async () => {
      const {apiToken} = await issue({name: "Sam's overlay", expiresInMs: DAY_MS, issuedTo: 'made_up_1001'})
      const before = await world.store.apiTokens.get(apiToken.id)
      const hint =
        "behalf token issue 'Sam'\\''s overlay' --scope helix:read --as example/made_up_2002 " +
        '--issued-to example/made_up_1001 --expires 1d'
      world.clock.advance(DAY_MS)
      await assert.rejects(rotateApiToken(world.deps, apiToken.id), {code: 'refused', message: /has expired/, hint})
      assert.deepEqual(await world.store.apiTokens.get(apiToken.id), before)
      await revokeApiToken(world.deps, apiToken.id)
      await assert.rejects(rotateApiToken(world.deps, apiToken.id), {code: 'refused', message: /is revoked/, hint})
    })

    it('leaves one secret that opens when two rotate at once', async () => {
      const {apiToken} = await issue()
      const other = await world.openAgain()
      const both = await Promise.all([world.deps, other].map((deps) => rotateApiToken(deps, apiToken.id)))
      const opened = await Promise.all(both.map(({token}) => unlockApiToken(world.deps, token)))
      assert.equal(opened.filter((one) => one !== undefined).length, 1)
    })
  })

  describe('a whole token in the place of its id', () => {
    for (const [name, use] of Object.entries({showApiToken, revokeApiToken, rotateApiToken})) {
      it(`is refused by ${name}, not repeated, and is to be revoked`, async () => {
        const {token, apiToken} = await issue()
        const text = token.reveal()
        const secret = parseApiToken(token)?.secret.reveal() ?? ''
        for (const given of [text, text.slice(0, 20), `${text}x`]) {
          await assert.rejects(use(world.deps, given), (error: BehalfError) => {
            assert.equal(error.code, 'invalid-input')
            assert.equal(error.hint, `behalf token revoke ${apiToken.id}`)
            return !error.message.includes(secret.slice(0, 4))
          })
        }
        assert.ok(await unlockApiToken(world.deps, token))
      })
    }

    it('names no id where there is none', async () => {
      await assert.rejects(showApiToken(world.deps, 'bhf_not-an-id_and-more'), {
        code: 'invalid-input',
        hint: 'Revoke it: `behalf token list` shows its id.',
      })
    })
  })
})
