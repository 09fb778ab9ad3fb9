import assert from 'node:assert/strict'

import {revokeApiToken} from '../../../../src/broker/api-tokens.js'
import type {BrokerDeps} from '../../../../src/broker/broker-deps.js'
import {rotateApiToken} from '../../../../src/broker/issue-api-token.js'
import type {IrcClient} from '../../../support/irc-client.js'
import {makeIrcScene, type IrcScene} from '../../../support/irc-scene.js'
import {REDIS_SERVER} from '../../../support/redis-server.js'
import {makeRedisWorldPlace} from '../../../support/redis-world.js'
import {skipWithout} from '../../../support/skip-without.js'
import {until} from '../../../support/until.js'

describe('a chat connection of a daemon on Redis', () => {
  let scene: IrcScene
  /** What another daemon does things with. */
  let elsewhere: BrokerDeps
  let token: string
  let client: IrcClient
  /** Of someone with a token of their own. */
  let other: IrcClient
  before(async function () {
    skipWithout('redis-server', REDIS_SERVER !== undefined, this)
    scene = await makeIrcScene({makePlace: makeRedisWorldPlace})
    elsewhere = await scene.world.openAgain()
    other = await scene.logIn('bot_two', await scene.issue())
  })
  beforeEach(async () => {
    scene.world.clock.advance(60_000)
    token = await scene.issue()
    client = await scene.logIn('bot_one', token)
  })
  // Where there is no Redis there is no scene.
  after(() => (scene as IrcScene | undefined)?.dispose())

  const id = (): string => token.slice(4, 12)

  const REASONS: [string, () => Promise<unknown>][] = [
    ['its API token is revoked', () => revokeApiToken(scene.world.deps, id())],
    ['its API token is revoked at another daemon', () => revokeApiToken(elsewhere, id())],
    ['its API token is rotated at another daemon', () => rotateApiToken(elsewhere, id())],
    [
      'its API token loses the scope at another daemon',
      () => elsewhere.store.apiTokens.update(id(), (one) => ({...one, scopes: ['helix']})),
    ],
    [
      'its account is removed at another daemon',
      async () => {
        const lock = await elsewhere.store.accounts.lock('twitch:2001', {waitMs: 5000})
        await lock.remove()
        await lock.release()
      },
    ],
  ]
  for (const [what, happen] of REASONS) {
    it(`is cut once ${what}, upstream too, and no other is`, async () => {
      const at = scene.server.sockets.length - 1
      await happen()
      await client.closed()
      assert.equal(client.lines.at(-1), ':tmi.twitch.tv NOTICE * :Login authentication failed')
      await until('the chat server is told', () => scene.server.sockets[at]?.closed === true)
      await other.settle()
    })
  }
})
