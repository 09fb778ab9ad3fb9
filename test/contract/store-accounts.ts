import assert from 'node:assert/strict'

import type {Account, NewAccount} from '../../src/model/account.js'
import {BehalfError} from '../../src/model/behalf-error.js'
import {Secret} from '../../src/model/secret.js'
import type {PresentAccounts} from '../../src/store/store.js'
import {makeAccount, withoutRefreshToken} from '../support/make-account.js'
import {makeProvider} from '../support/make-provider.js'
import {tokensOf} from '../support/tokens-of.js'
import type {StoreUnderTest} from './store-harness.js'

const KEY = 'twitch:2002'

/** An account with its secrets in the clear, to compare. */
export function reveal(account: (NewAccount & {version?: number}) | undefined): unknown {
  if (account === undefined) return undefined
  const {accessToken, refreshToken, ...credential} = tokensOf(account)
  return {
    ...account,
    credential: {...credential, accessToken: accessToken.reveal(), refreshToken: refreshToken?.reveal()},
  }
}

const withLogin =
  (login: string) =>
  (current: Account): Account => ({...current, login})

export function describeAccounts(current: () => StoreUnderTest): void {
  describe('accounts', () => {
    it('gives back what was put, in every instance', async () => {
      const {store, other} = current()
      const account = makeAccount({
        subject: 'slack:U02AB',
        role: 'user',
        state: {kind: 'login-needed', reason: 'rejected', since: 1, detail: 'Grüße, 世界 🎉'},
        lastRefresh: {at: 2, cause: 'refused'},
        lastValidatedAt: 3,
        lastFailure: {at: 4, count: 5, summary: 'made up', scheduleNotBefore: 6, notBefore: 7},
        credential: {refreshTokenExpiresAt: 8, refreshTokenStable: true},
      })
      const saved = await store.accounts.put(account)
      assert.deepEqual(reveal(saved), reveal({...account, version: 1}))
      assert.deepEqual(reveal(await other.accounts.get(account.key)), reveal(saved))
    })

    it('keeps an account without a refresh token, a name to show or an expiry', async () => {
      const {store, other} = current()
      const account = makeAccount()
      delete account.displayName
      account.credential = withoutRefreshToken(account.credential)
      delete account.credential.expiresAt
      await store.accounts.put(account)
      const found = await other.accounts.get(KEY)
      assert.deepEqual(reveal(found), reveal({...account, version: 1}))
      assert.ok(found && !('displayName' in found) && !('refreshToken' in found.credential))
    })

    it('has no account that was never put', async () => {
      const {store} = current()
      assert.equal(await store.accounts.get(KEY), undefined)
      await store.accounts.put(makeAccount())
      assert.equal(await store.accounts.get('twitch:2003'), undefined)
    })

    for (const key of ['__proto__', 'constructor', 'toString', 'a"b\\c\n{}', 'x'.repeat(5000), 'twitch@slack:Ü 🎉']) {
      it(`takes ${JSON.stringify(key.slice(0, 20))} as a key like any other`, async () => {
        const {store, other} = current()
        assert.equal(await store.accounts.get(key), undefined)
        await store.accounts.put({...makeAccount(), key})
        assert.equal((await other.accounts.get(key))?.key, key)
        assert.deepEqual(
          (await other.accounts.list()).map((account) => account.key),
          [key],
        )
        const lock = await store.accounts.lock(key, {waitMs: 1000})
        await lock.remove()
        await lock.release()
        assert.equal(await other.accounts.get(key), undefined)
      })
    }

    it('lists accounts and their names ordered by key', async () => {
      const {store, other} = current()
      for (const userId of ['30', '4', '100']) await store.accounts.put(makeAccount({userId}))
      const keys = ['twitch:100', 'twitch:30', 'twitch:4']
      assert.deepEqual(
        (await other.accounts.list()).map(({key}) => key),
        keys,
      )
      assert.deepEqual(
        (await other.accounts.names()).map(({key}) => key),
        keys,
      )
    })

    it('tells the names apart from everything else', async () => {
      const {store} = current()
      await store.accounts.put(makeAccount({subject: 'slack:U02AB', role: 'user'}))
      assert.deepEqual(await store.accounts.names(), [
        {
          key: 'twitch@slack:U02AB',
          provider: 'twitch',
          login: 'made_up_2002',
          userId: '2002',
          role: 'user',
          subject: 'slack:U02AB',
        },
      ])
    })

    it('tells all of every account but its secrets, with what is in doubt and what was noted', async () => {
      const {store, other, clock} = current()
      for (const userId of ['30', '4', '100']) await store.accounts.put(makeAccount({userId}))
      const lock = await store.accounts.lock('twitch:30', {waitMs: 1000})
      await lock.begin()
      await lock.release()
      await other.accounts.noteValidated('twitch:4', clock.now())
      const outlines = await other.accounts.outlines()
      for (const account of await other.accounts.list()) {
        const {accessToken, refreshToken, ...credential} = tokensOf(account)
        const outline = outlines.find(({key}) => key === account.key)
        assert.ok(outline)
        assert.deepEqual({...outline, credential: undefined}, {...account, credential: undefined})
        const shown = Object.entries(outline.credential).filter(([name]) => Object.hasOwn(credential, name))
        assert.deepEqual(Object.fromEntries(shown), credential)
        const secrets = [accessToken.reveal(), refreshToken?.reveal() ?? '']
        assert.ok(!secrets.some((secret) => JSON.stringify(outline).includes(secret)))
      }
      assert.deepEqual(
        outlines.map(({key}) => key),
        ['twitch:100', 'twitch:30', 'twitch:4'],
      )
    })

    it('replaces a record whole when it is put again, and counts its writes', async () => {
      const {store, other} = current()
      await store.accounts.put(makeAccount({lastValidatedAt: 9}))
      const again = await other.accounts.put(makeAccount({grantId: 'grant-2'}))
      assert.equal(again.version, 2)
      const found = await store.accounts.get(KEY)
      assert.equal(found?.grantId, 'grant-2')
      assert.equal(found.lastValidatedAt, undefined)
    })

    it('puts one of two that exclude each other, whoever puts them at once', async () => {
      const {store, other} = current()
      const alone = ({names}: PresentAccounts): void => {
        if (names.length > 0) throw new BehalfError('wrong-person', `${String(names[0]?.login)} is there`)
      }
      const puts = ['1', '2', '3', '4'].map((userId, n) =>
        (n % 2 === 0 ? store : other).accounts.put(makeAccount({userId, role: 'owner'}), alone),
      )
      const ends = await Promise.allSettled(puts)
      assert.equal((await store.accounts.list()).length, 1)
      const refusals = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason as unknown] : []))
      assert.equal(refusals.length, 3)
      assert.ok(refusals.every(hasCode('wrong-person')))
    })

    it('keeps what it had of an account whose login is refused in the end', async () => {
      const {store, other, clock} = current()
      await store.accounts.put(makeAccount())
      await store.accounts.noteValidated(KEY, clock.now())
      const refuse = (): void => {
        throw new BehalfError('wrong-person', 'made up')
      }
      await assert.rejects(store.accounts.put(makeAccount({grantId: 'grant-2'}), refuse), hasCode('wrong-person'))
      const {grantId, version, lastValidatedAt} = (await store.accounts.get(KEY)) ?? assert.fail()
      assert.deepEqual([grantId, version, lastValidatedAt], [makeAccount().grantId, 1, clock.now()])
      assert.equal((await other.accounts.get(KEY))?.version, 1)
    })

    it('tells who puts an account whom it may clash with when it is written', async () => {
      const {store, other} = current()
      await other.accounts.put(makeAccount({userId: '1', role: 'owner'}))
      await other.accounts.put(makeAccount({userId: '3', role: 'bot'}))
      await other.accounts.put(makeAccount({userId: '4', role: 'owner', provider: 'elsewhere'}))
      await other.accounts.put(makeAccount({role: 'user', subject: 'slack:U02AB'}))
      const seen: unknown[] = []
      const look = ({names, hasProvider}: PresentAccounts): void => {
        seen.push([names.map(({key}) => key), hasProvider])
      }
      const bot = makeAccount({role: 'bot'})
      await store.accounts.put(bot, look)
      await other.providers.put(makeProvider({name: 'twitch'}))
      const owner = makeAccount({userId: '0', role: 'owner'})
      const another = makeAccount({userId: '5', role: 'owner'})
      await Promise.all([
        store.accounts.put(owner),
        store.accounts.put(bot, look),
        store.accounts.put(another),
        store.accounts.put(bot, look),
      ])
      await store.accounts.put(makeAccount({role: 'user', subject: 'slack:U02AB'}), look)
      assert.deepEqual(seen, [
        [['twitch:1'], false],
        [['twitch:0', 'twitch:1', KEY], true],
        [['twitch:0', 'twitch:1', KEY, 'twitch:5'], true],
        [['twitch:0', 'twitch:1', 'twitch:5', 'twitch@slack:U02AB'], true],
      ])
    })

    it('refuses an account that it could not read back, and keeps what it had', async () => {
      const {store} = current()
      await store.accounts.put(makeAccount())
      for (const wrong of [
        {...makeAccount(), addedAt: Number.NaN},
        {...makeAccount(), login: 5},
        {...makeAccount(), role: 'king'},
        {...makeAccount(), state: {kind: 'unheard-of'}},
        {...makeAccount(), origins: null},
      ]) {
        await assert.rejects(store.accounts.put(wrong as unknown as NewAccount), hasCode('invalid-input'))
      }
      assert.equal((await store.accounts.get(KEY))?.version, 1)
    })

    describe('update', () => {
      it('changes the record as it is now', async () => {
        const {store, other} = current()
        await store.accounts.put(makeAccount())
        await other.accounts.update(KEY, withLogin('second'))
        const updated = await store.accounts.update(KEY, (now) => ({...now, login: `${now.login}-third`}))
        assert.equal(updated?.login, 'second-third')
        assert.equal(updated.version, 3)
        assert.deepEqual(reveal(await other.accounts.get(KEY)), reveal(updated))
      })

      it('makes no account where there is none', async () => {
        const {store} = current()
        assert.equal(await store.accounts.update(KEY, withLogin('x')), undefined)
        await store.accounts.put(makeAccount({userId: '1'}))
        assert.equal(await store.accounts.update(KEY, withLogin('x')), undefined)
        assert.equal(await store.accounts.get(KEY), undefined)
      })

      it('passes on what the change throws, and changes nothing', async () => {
        const {store} = current()
        await store.accounts.put(makeAccount())
        const mishap = new Error('made up')
        const failing = store.accounts.update(KEY, () => {
          throw mishap
        })
        const fine = store.accounts.put(makeAccount({userId: '1'}))
        await assert.rejects(failing, (error) => error === mishap)
        assert.equal((await fine).userId, '1')
        assert.equal((await store.accounts.get(KEY))?.version, 1)
      })

      it('loses none of many changes made at once through two instances', async () => {
        const {store, other} = current()
        await store.accounts.put(makeAccount({lastFailure: {at: 1, count: 0, summary: '', scheduleNotBefore: 1}}))
        const addOne = (account: Account): Account => {
          const {lastFailure} = account
          assert.ok(lastFailure)
          return {...account, lastFailure: {...lastFailure, count: lastFailure.count + 1}}
        }
        const changes = Array.from({length: 40}, (_, i) => (i % 2 === 0 ? store : other).accounts.update(KEY, addOne))
        await Promise.all(changes)
        assert.equal((await store.accounts.get(KEY))?.lastFailure?.count, 40)
        assert.equal((await other.accounts.get(KEY))?.version, 41)
      })

      it('does not take a doubt from the outside', async () => {
        const {store, clock} = current()
        await store.accounts.put(makeAccount())
        const doubt = {cause: 'lost-reply' as const, since: clock.moment(), lastSentAt: clock.moment(), sends: 1}
        const updated = await store.accounts.update(KEY, (now) => ({...now, doubt}))
        assert.equal(updated?.doubt, undefined)
        assert.equal((await store.accounts.put({...makeAccount(), doubt})).doubt, undefined)
      })
    })

    describe('noteValidated', () => {
      it('is seen at once in its instance, and by others after the next write', async () => {
        const {store, other} = current()
        await store.accounts.put(makeAccount())
        await store.accounts.noteValidated(KEY, 500)
        assert.equal((await store.accounts.get(KEY))?.lastValidatedAt, 500)
        assert.equal((await store.accounts.list())[0]?.lastValidatedAt, 500)
        await store.accounts.put(makeAccount({userId: '1'}))
        assert.equal((await other.accounts.get(KEY))?.lastValidatedAt, 500)
      })

      it('is saved on close', async () => {
        const {store, other} = current()
        await store.accounts.put(makeAccount())
        await store.accounts.noteValidated(KEY, 500)
        await store.close()
        assert.equal((await other.accounts.get(KEY))?.lastValidatedAt, 500)
      })

      it('never goes back, and makes no account', async () => {
        const {store, other} = current()
        await store.accounts.put(makeAccount())
        await other.accounts.noteValidated(KEY, 900)
        await other.close()
        await store.accounts.noteValidated(KEY, 500)
        assert.equal((await store.accounts.get(KEY))?.lastValidatedAt, 900)
        await store.accounts.noteValidated('twitch:1', 500)
        await store.accounts.put(makeAccount({userId: '3'}))
        assert.equal(await store.accounts.get('twitch:1'), undefined)
      })

      it('does not outlive the login it was about', async () => {
        const {store} = current()
        await store.accounts.put(makeAccount())
        await store.accounts.noteValidated(KEY, 500)
        await store.accounts.put(makeAccount({grantId: 'grant-2'}))
        assert.equal((await store.accounts.get(KEY))?.lastValidatedAt, undefined)
      })
    })

    it('keeps tokens of any text apart', async () => {
      const {store, other} = current()
      const texts = ['', ' ', 'a\0b', '🎉'.repeat(20_000)]
      for (const [i, text] of texts.entries()) {
        await store.accounts.put(makeAccount({userId: String(i), credential: {accessToken: new Secret(text)}}))
      }
      for (const [i, text] of texts.entries()) {
        assert.equal(tokensOf(await other.accounts.get(`twitch:${String(i)}`)).accessToken.reveal(), text)
      }
    })
  })
}

export const hasCode =
  (...codes: string[]) =>
  (error: unknown): boolean =>
    error instanceof BehalfError && codes.includes(error.code)
