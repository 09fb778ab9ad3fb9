import assert from 'node:assert/strict'

import type {Account} from '../../src/model/account.js'
import type {NamedAccount} from '../../src/model/account-name.js'
import {makeAccount, type AccountParts} from '../support/make-account.js'
import {tokensOf} from '../support/tokens-of.js'
import type {StoreUnderTest} from './store-harness.js'

const OWNER: AccountParts = {userId: '1001', login: 'owner', role: 'owner'}
const BOT: AccountParts = {userId: '2002', login: 'techydrroid', role: 'bot'}
const USER: AccountParts = {userId: '3003', login: 'a_user', role: 'user', subject: 'slack:U02AB'}

const keysOf = (accounts: readonly NamedAccount[]): string[] => accounts.map(({key}) => key)

const withLogin =
  (login: string) =>
  (current: Account): Account => ({...current, login})

export function describeNames(current: () => StoreUnderTest): void {
  describe('names of accounts', () => {
    const put = async (...parts: AccountParts[]): Promise<void> => {
      for (const one of parts) await current().store.accounts.put(makeAccount(one))
    }
    const find = async (...texts: string[]): Promise<string[]> => keysOf(await current().other.accounts.find(texts))
    const remove = async (key: string): Promise<void> => {
      const lock = await current().store.accounts.lock(key, {waitMs: 1000})
      await lock.remove()
      await lock.release()
    }

    it('tells by the key what one account is called, and nothing else of it', async () => {
      const {other} = current()
      await put(BOT, USER)
      assert.deepEqual(await other.accounts.name('twitch@slack:U02AB'), {
        key: 'twitch@slack:U02AB',
        provider: 'twitch',
        login: 'a_user',
        userId: '3003',
        role: 'user',
        subject: 'slack:U02AB',
      })
      assert.equal((await other.accounts.name('twitch:2002'))?.login, 'techydrroid')
      assert.equal(await other.accounts.name('twitch:3003'), undefined)
    })

    it('finds owners and bots by login and by user id, exactly', async () => {
      await put(OWNER, BOT, USER)
      assert.deepEqual(await find('owner'), ['twitch:1001'])
      assert.deepEqual(await find('2002'), ['twitch:2002'])
      assert.deepEqual(await find('techydrroid', '2002', 'owner', 'nobody'), ['twitch:1001', 'twitch:2002'])
      assert.deepEqual(await find('Techydrroid', 'techy', '200', ''), [])
      assert.deepEqual(await find(), [])
    })

    it('finds chat users by their subject alone, at every provider', async () => {
      await put(USER, {...USER, provider: 'elsewhere', userId: '9'}, {...BOT, login: 'a_user'})
      assert.deepEqual(await find('slack:U02AB'), ['elsewhere@slack:U02AB', 'twitch@slack:U02AB'])
      assert.deepEqual(await find('a_user'), ['twitch:2002'])
      assert.deepEqual(await find('3003'), [])
    })

    it('finds all that one text may mean: the login of one is the id of another', async () => {
      await put(BOT, {userId: '7', login: '2002'}, {...BOT, provider: 'elsewhere'})
      assert.deepEqual(await find('2002'), ['elsewhere:2002', 'twitch:2002', 'twitch:7'])
    })

    for (const text of ['__proto__', 'constructor', '{}', 'a*', 'a:b', '"', 'Ü 🎉', 'x'.repeat(5000)]) {
      it(`takes ${JSON.stringify(text.slice(0, 20))} as a text like any other`, async () => {
        assert.deepEqual(await find(text), [])
        await put(BOT, {...BOT, userId: '7', login: text}, {...USER, subject: `slack:${text}`})
        assert.deepEqual(await find(text), ['twitch:7'])
        assert.deepEqual(await find(`slack:${text}`), [`twitch@slack:${text}`])
      })
    }

    it('finds an account that was renamed by its new login alone, whoever wrote', async () => {
      const {store, other} = current()
      await put(BOT)
      await other.accounts.update('twitch:2002', withLogin('second'))
      assert.deepEqual(keysOf(await store.accounts.find(['second'])), ['twitch:2002'])
      assert.deepEqual(keysOf(await store.accounts.find(['techydrroid'])), [])
      await other.accounts.put(makeAccount({...BOT, login: 'third'}))
      assert.deepEqual(keysOf(await store.accounts.find(['third', 'second'])), ['twitch:2002'])
      assert.deepEqual(keysOf(await store.accounts.find(['second'])), [])
    })

    it('finds the present holder of a login that another had before', async () => {
      const {store} = current()
      await put(BOT)
      await store.accounts.update('twitch:2002', withLogin('second'))
      await put({userId: '7', login: 'techydrroid'})
      assert.deepEqual(await find('techydrroid'), ['twitch:7'])
      await store.accounts.update('twitch:2002', withLogin('third'))
      assert.deepEqual(await find('techydrroid'), ['twitch:7'])
      assert.deepEqual(await find('third'), ['twitch:2002'])
    })

    it('finds what was removed no more, by nothing, and again once it came back', async () => {
      const {other} = current()
      await put(OWNER, USER)
      await remove('twitch:1001')
      await remove('twitch@slack:U02AB')
      assert.deepEqual(await find('owner', '1001', 'slack:U02AB'), [])
      assert.deepEqual(await other.accounts.owners(), [])
      assert.equal(await other.accounts.name('twitch:1001'), undefined)
      await put(OWNER)
      assert.deepEqual(await find('1001'), ['twitch:1001'])
      assert.deepEqual(keysOf(await other.accounts.owners('twitch')), ['twitch:1001'])
    })

    it('tells the owners of one provider, or of all', async () => {
      const {other} = current()
      assert.deepEqual(await other.accounts.owners(), [])
      await put({...OWNER, provider: 'elsewhere'}, OWNER, BOT, USER)
      assert.deepEqual(keysOf(await other.accounts.owners()), ['elsewhere:1001', 'twitch:1001'])
      assert.deepEqual(keysOf(await other.accounts.owners('twitch')), ['twitch:1001'])
      assert.deepEqual(await other.accounts.owners('nowhere'), [])
    })

    it('counts who becomes the owner, or a bot, as what they are now', async () => {
      const {store, other} = current()
      await put(OWNER)
      await store.accounts.put(makeAccount({...OWNER, role: 'bot'}))
      assert.deepEqual(await other.accounts.owners('twitch'), [])
      await store.accounts.put(makeAccount({...BOT, role: 'owner'}))
      assert.deepEqual(keysOf(await other.accounts.owners('twitch')), ['twitch:2002'])
    })

    it('counts the accounts, whoever adds and removes them', async () => {
      const {other} = current()
      assert.equal(await other.accounts.count(), 0)
      await put(OWNER, BOT, USER, BOT, {...BOT, provider: 'twitch-two'})
      assert.equal(await other.accounts.count(), 4)
      assert.equal(await other.accounts.count('twitch'), 3)
      await remove('twitch@slack:U02AB')
      assert.equal(await other.accounts.count(), 3)
      assert.equal(await other.accounts.count('twitch'), 2)
      assert.equal(await other.accounts.count('twi'), 0)
    })

    it('tells the keys of a provider, and of no other whose name begins like it', async () => {
      const {other} = current()
      await put({...BOT, provider: 'twitch-two'}, USER, OWNER, {...USER, provider: 'twitc'}, {...BOT, userId: '10'})
      assert.deepEqual(await other.accounts.keysOf('twitch'), ['twitch:10', 'twitch:1001', 'twitch@slack:U02AB'])
      assert.deepEqual(await other.accounts.keysOf('twitch-two'), ['twitch-two:2002'])
      assert.deepEqual(await other.accounts.keysOf('nowhere'), [])
    })

    it('gives the account behind a name, with its secrets and what is in doubt', async () => {
      const {store, other} = current()
      await put(BOT)
      const lock = await store.accounts.lock('twitch:2002', {waitMs: 1000})
      await lock.begin()
      await lock.release()
      const [byLogin] = await other.accounts.find(['techydrroid'])
      const byKey = await other.accounts.name('twitch:2002')
      const expected = await store.accounts.get('twitch:2002')
      for (const named of [byLogin, byKey]) {
        const account = await other.accounts.getNamed(named ?? assert.fail())
        assert.deepEqual(account, expected)
        assert.equal(tokensOf(account).accessToken.reveal(), 'made-up-access-token-of-2002')
        assert.equal(account?.doubt?.sends, 1)
      }
    })

    it('takes another look for a name that it has not given out', async () => {
      const {store, other} = current()
      await put(BOT)
      const {...copy} = (await other.accounts.name('twitch:2002')) ?? assert.fail()
      await store.accounts.update('twitch:2002', withLogin('second'))
      assert.equal((await other.accounts.getNamed(copy))?.login, 'second')
      await remove('twitch:2002')
      assert.equal(await other.accounts.getNamed(copy), undefined)
    })

    it('sees the names anew whenever somebody has written', async () => {
      const {store, other} = current()
      await put(BOT)
      const before = await store.accounts.names()
      await other.accounts.update('twitch:2002', withLogin('renamed'))
      assert.equal((await store.accounts.names())[0]?.login, 'renamed')
      assert.equal((await store.accounts.name('twitch:2002'))?.login, 'renamed')
      assert.equal(before[0]?.login, 'techydrroid')
    })
  })
}
