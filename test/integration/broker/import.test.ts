import assert from 'node:assert/strict'

import {importAccount, type ImportInput} from '../../../src/broker/import-account.js'
import {importTwitchCli} from '../../../src/broker/import-twitch-cli.js'
import {getFreshToken} from '../../../src/broker/get-fresh-token.js'
import {listAccounts, removeAccount} from '../../../src/broker/accounts.js'
import {BehalfError} from '../../../src/model/behalf-error.js'
import {Secret} from '../../../src/model/secret.js'
import {HOUR_MS, SECOND_MS} from '../../../src/model/time.js'
import {dieAtStep} from '../../support/crash-at-step.js'
import {Crash} from '../../support/crashing-store.js'
import {grantElsewhere, GRANTED_ELSEWHERE} from '../../support/grant-elsewhere.js'
import {makeSandboxScene, type SandboxScene} from '../../support/sandbox-scene.js'
import {tokensOf} from '../../support/tokens-of.js'

const BOT = 'techydrroid'
const KEY = 'twitch:2002'

type Kind = 'confidential' | 'public'

describe('importing an authorization', () => {
  let scene: SandboxScene
  afterEach(() => scene.dispose())

  /** Tokens that another program has been granted to the client of `kind`. */
  async function grantAt(kind: Kind, login = BOT): Promise<{refreshToken: Secret; accessToken: Secret}> {
    const {publicClient, confidentialClient} = scene.sandbox
    const client = kind === 'public' ? publicClient : confidentialClient
    const tokens = await grantElsewhere(scene.sandbox, client, login)
    return {refreshToken: new Secret(tokens.refreshToken), accessToken: new Secret(tokens.accessToken)}
  }

  const inputOf = (tokens: Pick<ImportInput, 'refreshToken' | 'accessToken'>): ImportInput => ({
    provider: 'twitch',
    role: 'bot',
    scopes: [],
    replaceOwner: false,
    ...tokens,
  })

  const states = async () => (await listAccounts(scene.deps)).map(({key, state}) => `${key} ${state}`)

  for (const kind of ['confidential', 'public'] as const) {
    describe(`at Twitch, of a ${kind} client`, () => {
      beforeEach(async () => {
        scene = await makeSandboxScene(kind)
      })

      it('uses the token once, and keeps what comes under whose it is', async () => {
        const tokens = await grantAt(kind)
        const result = await importAccount(scene.deps, inputOf({refreshToken: tokens.refreshToken}))
        assert.deepEqual([result.account.login, result.account.role, result.created], [BOT, 'bot', true])
        assert.deepEqual([result.alreadyImported, result.copyEnded], [false, kind === 'public'])
        assert.deepEqual(await states(), [`${KEY} ok`])
        assert.equal(scene.refreshes().length, 1)
        assert.deepEqual(tokensOf(await scene.account(KEY)).scopes, GRANTED_ELSEWHERE)
        scene.clock.advance(5 * HOUR_MS)
        const {account} = await getFreshToken(scene.deps, KEY, 0)
        assert.equal(account.state, 'ok')
      })

      it('does nothing the second time, whatever has become of the token since', async () => {
        const input = inputOf(await grantAt(kind))
        await importAccount(scene.deps, input)
        const sent = scene.refreshes().length
        for (let times = 0; times < 2; times += 1) {
          const again = await importAccount(scene.deps, input)
          assert.deepEqual([again.alreadyImported, again.created, again.account.login], [true, false, BOT])
        }
        assert.equal(scene.refreshes().length, sent)
        scene.clock.advance(5 * HOUR_MS)
        assert.equal((await getFreshToken(scene.deps, KEY, 0)).account.state, 'ok')
      })

      it('sends it once when two import it at the same time', async () => {
        const input = inputOf(await grantAt(kind))
        const other = await scene.openAgain()
        const results = await Promise.all([scene.deps, other].map((deps) => importAccount(deps, input)))
        assert.deepEqual(
          results.map(({account}) => account.login),
          [BOT, BOT],
        )
        assert.equal(scene.refreshes().length, 1)
        assert.deepEqual(await states(), [`${KEY} ok`])
      })

      it('stores nothing when the provider refuses the token', async () => {
        const input = inputOf({refreshToken: new Secret('made-up-and-unknown')})
        await assert.rejects(importAccount(scene.deps, input), {
          code: 'login-failed',
          hint: 'behalf bot add',
        })
        assert.deepEqual(await states(), [])
      })

      it('stores nothing when the provider cannot be reached, and has not used the token', async () => {
        const input = inputOf(await grantAt(kind))
        scene.failRefresh({kind: 'status', status: 429})
        await assert.rejects(importAccount(scene.deps, input), {code: 'unavailable', message: /not used/})
        assert.deepEqual(await states(), [])
        assert.equal((await importAccount(scene.deps, input)).account.login, BOT)
      })

      it('uses nothing when a living access token says that it is someone else’s', async () => {
        const input = {...inputOf(await grantAt(kind)), expect: 'otherbot'}
        await assert.rejects(importAccount(scene.deps, input), {
          code: 'wrong-person',
          message: 'techydrroid authorized, but otherbot was expected. Nothing was stored.',
        })
        assert.equal(scene.refreshes().length, 0)
        assert.deepEqual(await states(), [])
      })

      it('loses nothing to a wrong --expect: what is used up is kept until the right one', async () => {
        const {refreshToken} = await grantAt(kind)
        const input = inputOf({refreshToken})
        const wrong = importAccount(scene.deps, {...input, expect: 'otherbot'})
        const hint = /with the right --role, --expect or --replace/
        await assert.rejects(wrong, {code: 'wrong-person', hint})
        const left = await states()
        assert.equal(left.length, kind === 'public' ? 1 : 0)
        if (kind === 'public') assert.match(left[0] ?? '', /^twitch@import:\S{16} unfinished$/)
        assert.equal((await importAccount(scene.deps, {...input, expect: BOT})).account.login, BOT)
        assert.deepEqual(await states(), [`${KEY} ok`])
      })

      it('refuses the owner’s own account as a bot, and a bot as the owner', async () => {
        await scene.logIn('streamer_sam', {role: 'owner'})
        const ofOwner = inputOf(await grantAt(kind, 'streamer_sam'))
        await assert.rejects(importAccount(scene.deps, ofOwner), {code: 'wrong-person', message: /owner’s own/})
        const ofBot = inputOf(await grantAt(kind))
        await assert.rejects(importAccount(scene.deps, {...ofBot, role: 'owner'}), {
          code: 'wrong-person',
          message: /the owner is streamer_sam/,
        })
        const replaced = await importAccount(scene.deps, {...ofBot, role: 'owner', replaceOwner: true})
        assert.equal(replaced.account.role, 'owner')
        assert.deepEqual(await states(), [`${KEY} ok`])
      })

      it('renews a bot that is there, with its own tokens gone', async () => {
        await scene.logIn(BOT)
        const before = await scene.account(KEY)
        const result = await importAccount(scene.deps, inputOf(await grantAt(kind)))
        assert.equal(result.created, false)
        assert.notEqual((await scene.account(KEY)).grantId, before.grantId)
      })

      describe('ended at any step', () => {
        /** With the access token too, and without. */
        for (const withWitness of [true, false]) {
          it(`goes on from there ${withWitness ? 'with a living access token' : 'with the refresh token alone'}`, async () => {
            for (let step = 0; ; step += 1) {
              await scene.dispose()
              scene = await makeSandboxScene(kind)
              const {refreshToken, accessToken} = await grantAt(kind)
              const input = inputOf({refreshToken, ...(withWitness && {accessToken})})
              const store = dieAtStep(scene.store, step)
              const end = await importAccount({...scene.deps, store}, input).then(
                () => 'done',
                (error: unknown) => (error instanceof Crash ? 'crashed' : assert.fail(String(error))),
              )
              if (end === 'done') break
              const where = store.steps.join(', ')
              assert.doesNotMatch((await states()).join(), /@import:\S+ (?!unfinished)/, where)
              const lost = kind === 'public' && store.steps.at(-1) === 'before recordReply'
              scene.clock.advance(31 * SECOND_MS)
              const deps = await scene.openAgain()
              const again = await importAccount(deps, input).catch((error: unknown) => error)
              if (lost) {
                assert.ok(again instanceof BehalfError && again.code === 'login-failed', `${where}: ${String(again)}`)
                assert.deepEqual(await states(), [], where)
                continue
              }
              assert.ok(!(again instanceof Error), `${where}: ${String(again)}`)
              assert.deepEqual(await states(), [`${KEY} ok`], where)
              scene.clock.advance(5 * HOUR_MS)
              assert.equal((await getFreshToken(deps, KEY, 0)).account.state, 'ok', where)
            }
          })
        }
      })
    })
  }

  describe('whose answer got lost', () => {
    beforeEach(async () => {
      scene = await makeSandboxScene('public')
    })

    const lose = async (fault: 'drop' | 'drop-before'): Promise<ImportInput> => {
      const input = inputOf(await grantAt('public'))
      scene.failRefresh({kind: fault})
      await assert.rejects(importAccount(scene.deps, input), {code: 'unavailable', message: /not known whether/})
      assert.match((await states()).join(), /^twitch@import:\S{16} unfinished$/)
      return input
    }

    it('is kept, and sent again only once the access token in hand has proved that it was not used', async () => {
      const input = await lose('drop-before')
      await assert.rejects(importAccount(scene.deps, input), {code: 'unavailable'})
      assert.equal(scene.refreshes().length, 1)
      scene.clock.advance(31 * SECOND_MS)
      assert.equal((await importAccount(scene.deps, input)).account.login, BOT)
      assert.deepEqual(await states(), [`${KEY} ok`])
    })

    it('is given up when it was used: nothing is sent, and nothing stays', async () => {
      const input = await lose('drop')
      scene.clock.advance(31 * SECOND_MS)
      await assert.rejects(importAccount(scene.deps, input), {code: 'login-failed', message: /its reply was lost/})
      assert.equal(scene.refreshes().length, 1)
      assert.deepEqual(await states(), [])
    })
  })

  describe('that is not finished', () => {
    let subject: string
    beforeEach(async () => {
      scene = await makeSandboxScene('public')
      const {refreshToken} = await grantAt('public')
      await assert.rejects(importAccount(scene.deps, {...inputOf({refreshToken}), expect: 'otherbot'}))
      subject = (await listAccounts(scene.deps))[0]?.subject ?? ''
    })

    it('is nobody: its token is not handed out', async () => {
      await assert.rejects(getFreshToken(scene.deps, `twitch@${subject}`, 0), {
        code: 'login-needed',
        hint: `Run the same import again, or forget it: behalf logout twitch/subject:${subject}`,
      })
    })

    it('is forgotten by the command that the error names, and revoked', async () => {
      const {revoked} = await removeAccount(scene.deps, {account: `twitch/subject:${subject}`, keepGrant: false})
      assert.equal(revoked, true)
      assert.deepEqual(await states(), [])
    })
  })

  describe('from twitch-cli', () => {
    const {provider: _, ...rest} = inputOf({refreshToken: new Secret('')})

    it('takes the provider that is there if it is the same client', async () => {
      scene = await makeSandboxScene()
      const tokens = await grantAt('confidential')
      const {clientId} = scene.provider
      const result = await importTwitchCli(scene.deps, {...rest, ...tokens, provider: 'twitch', clientId})
      assert.deepEqual([result.providerAdded, result.login?.account.login], [false, BOT])
    })

    it('refuses one with another client id, and says how', async () => {
      scene = await makeSandboxScene()
      const tokens = await grantAt('confidential')
      const input = {...rest, ...tokens, provider: 'twitch', clientId: 'another-client'}
      await assert.rejects(importTwitchCli(scene.deps, input), {
        code: 'usage',
        hint: /behalf import twitch-cli --provider twitch-cli$/,
      })
      assert.equal(scene.refreshes().length, 0)
    })

    it('sets the provider up from the client when there is none, also without a user token', async () => {
      scene = await makeSandboxScene()
      const {refreshToken: _none, ...input} = rest
      const clientSecret = new Secret('made-up-client-secret')
      const result = await importTwitchCli(scene.deps, {
        ...input,
        provider: 'second',
        clientId: 'made-up',
        clientSecret,
      })
      assert.deepEqual(result, {provider: 'second', providerAdded: true})
      const added = await scene.store.providers.get('second')
      assert.deepEqual([added?.clientId, added?.preset, added?.authMethod], ['made-up', 'twitch', 'post'])
      assert.ok(added?.clientSecret?.equals(clientSecret))
    })
  })
})
