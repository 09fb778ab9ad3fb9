import assert from 'node:assert/strict'

import {revokeApiToken} from '../../../../src/broker/api-tokens.js'
import {rotateApiToken} from '../../../../src/broker/issue-api-token.js'
import {createStaleReads} from '../../../../src/daemon/stale-reads.js'
import {SECOND_MS} from '../../../../src/model/time.js'
import type {Store} from '../../../../src/store/store.js'
import {makeFailingStore, type FailingStore} from '../../../support/failing-store.js'
import type {IrcClient} from '../../../support/irc-client.js'
import {makeIrcScene, type IrcScene} from '../../../support/irc-scene.js'
import {until} from '../../../support/until.js'

const FAILED = ':tmi.twitch.tv NOTICE * :Login authentication failed'

describe('a chat connection that goes on', () => {
  let scene: IrcScene
  let failing: FailingStore
  let rechecks = 0
  let token: string
  let client: IrcClient
  /** Of someone with a token of their own. */
  let other: IrcClient
  beforeEach(async () => {
    scene = await makeIrcScene({
      wrapStore: (store, clock) => {
        failing = makeFailingStore(store)
        const {accounts} = failing.store
        const name: Store['accounts']['name'] = (key) => {
          rechecks += 1
          return accounts.name(key)
        }
        return createStaleReads({...failing.store, accounts: {...accounts, name}}, clock, 10 * SECOND_MS)
      },
    })
    token = await scene.issue()
    client = await scene.logIn('bot_one', token)
    other = await scene.logIn('bot_two', await scene.issue())
  })
  afterEach(() => scene.dispose())

  const id = (): string => token.slice(4, 12)

  const REASONS: [string, () => Promise<unknown>][] = [
    ['its API token is revoked', () => revokeApiToken(scene.world.deps, id())],
    ['its API token is rotated', () => rotateApiToken(scene.world.deps, id())],
    [
      'its API token loses the scope',
      () => scene.world.store.apiTokens.update(id(), (one) => ({...one, scopes: ['helix']})),
    ],
    [
      'its API token may act as it no longer',
      () => scene.world.store.apiTokens.update(id(), (one) => ({...one, asAny: false, as: ['twitch:2002']})),
    ],
    [
      'its account is removed',
      async () => {
        const lock = await scene.world.store.accounts.lock('twitch:2001', {waitMs: 0})
        await lock.remove()
        await lock.release()
      },
    ],
  ]
  for (const [what, happen] of REASONS) {
    it(`is cut once ${what}, and no other is`, async () => {
      await happen()
      await client.closed()
      assert.equal(client.lines.at(-1), FAILED)
      await until('the chat server is told', () => scene.server.sockets[0]?.closed === true)
      await other.settle()
      assert.equal(scene.logged.at(-1)?.event, 'irc-cut')
    })
  }

  it('is cut once its API token has expired, though nothing was written', async () => {
    await scene.world.store.apiTokens.update(id(), (one) => ({...one, expiresAt: scene.world.clock.now() + 60_000}))
    const late = await scene.logIn('bot_one', token)
    await other.settle()
    scene.world.clock.advance(60_000)
    await late.closed()
    assert.equal(late.lines.at(-1), FAILED)
  })

  it('asks nothing of the store while nothing has changed', async () => {
    let reads = 0
    const quiet = await makeIrcScene({
      wrapStore: (store) => ({
        ...store,
        apiTokens: {
          ...store.apiTokens,
          get: (name) => {
            reads += 1
            return store.apiTokens.get(name)
          },
        },
      }),
    })
    const one = await quiet.logIn('bot_one', await quiet.issue())
    await until('it was asked once', () => reads === 2)
    let looks = 0
    await until('it was looked many times', () => (looks += 1) > 40)
    assert.equal(reads, 2)
    one.destroy()
    await quiet.dispose()
  })

  it('is cut though its API token was revoked while it came and the others were asked about', async () => {
    let looks = 0
    let asked = 0
    let isHeld = false
    const busy = await makeIrcScene({
      wrapStore: (store) => ({
        ...store,
        revision: () => {
          looks += 1
          return store.revision()
        },
        accounts: {
          ...store.accounts,
          name: async (key) => {
            asked += 1
            await until('it is let go', () => !isHeld)
            return store.accounts.name(key)
          },
        },
      }),
    })
    const [one, late] = [await busy.issue(), await busy.issue()]
    await busy.logIn('bot_two', one)
    const client = await busy.connect()
    const {answer} = busy.server
    busy.server.answer = () => undefined
    client.send(`PASS ${late}`, 'NICK bot_one')
    await until('it is logging in', () => busy.server.received[1]?.includes('NICK') === true)
    busy.server.answer = answer
    await revokeApiToken(busy.world.deps, late.slice(4, 12))
    await busy.world.store.apiTokens.list()
    const before = looks
    await until('nothing is new to the gateway', () => looks > before + 3)
    isHeld = true
    const checked = asked
    await busy.logIn('bot_two', one)
    await until('who has come before is asked about', () => asked > checked)
    busy.server.sockets[1]?.write(':tmi.twitch.tv 001 bot_one :Welcome\r\n:tmi.twitch.tv 376 bot_one :>\r\n')
    await client.expect(/ 376 /)
    isHeld = false
    await client.closed()
    assert.equal(client.lines.at(-1), FAILED)
    await busy.dispose()
  })

  it('goes on while the store is away for no longer than --stale-auth, and is then asked to come again', async () => {
    const checked = rechecks
    await until('it was checked while the store was there', () => rechecks > checked + 4)
    const before = failing.refused
    failing.isAway = true
    await until('it was checked', () => failing.refused > before + 4)
    await client.settle()
    scene.world.clock.advance(10 * SECOND_MS)
    await client.closed()
    assert.equal(client.lines.at(-1), ':tmi.twitch.tv RECONNECT')
  })

  it('is one of 20 of its API token at most, and may take the place of another', async () => {
    const more = await Promise.all(Array.from({length: 19}, () => scene.logIn('bot_one', token)))
    const late = await scene.connect()
    late.send(`PASS ${token}`, 'NICK bot_one')
    await late.closed()
    assert.deepEqual(late.lines, [FAILED])
    more[0]?.send('QUIT')
    await more[0]?.closed()
    await until('there is room', () => scene.metrics.at(-1) === 'connection -1')
    scene.world.clock.advance(11 * SECOND_MS)
    await scene.logIn('bot_one', token)
  })

  it('is asked to come again when the daemon ends, and ended', async () => {
    const half = await scene.connect()
    half.send('CAP LS 302')
    await half.expect(/CAP \* LS :twitch\.tv\/membership twitch\.tv\/tags twitch\.tv\/commands/)
    await scene.gateway.close()
    await Promise.all([client.closed(), other.closed(), half.closed()])
    assert.equal(client.lines.at(-1), ':tmi.twitch.tv RECONNECT')
    assert.equal(
      scene.server.sockets.every((socket) => socket.closed || socket.destroyed),
      true,
    )
  })
})
