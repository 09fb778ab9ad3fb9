import assert from 'node:assert/strict'

import {SECOND_MS} from '../../../../src/model/time.js'
import type {WorldPlace} from '../../../support/broker-world.js'
import type {IrcClient} from '../../../support/irc-client.js'
import {makeIrcScene, type IrcScene} from '../../../support/irc-scene.js'
import {REDIS_SERVER} from '../../../support/redis-server.js'
import {makeRedisWorldPlace} from '../../../support/redis-world.js'
import {skipWithout} from '../../../support/skip-without.js'
import {until} from '../../../support/until.js'

describe('one account that chats through two daemons', () => {
  const PLACES: [string, (() => Promise<WorldPlace>) | undefined][] = [
    ['of one file', undefined],
    ['of one Redis', makeRedisWorldPlace],
  ]
  for (const [where, makePlace] of PLACES) {
    describe(where, () => {
      let scene: IrcScene
      let here: IrcClient
      let there: IrcClient
      before(function () {
        if (makePlace) skipWithout('redis-server', REDIS_SERVER !== undefined, this)
      })
      beforeEach(async () => {
        scene = await makeIrcScene(makePlace && {makePlace})
        here = await scene.logIn('bot_one', await scene.issue())
        there = await scene.logIn('bot_one', await scene.issue(), '', await scene.addDaemon())
      })
      // Where there is no Redis there is no scene.
      afterEach(() => (scene as IrcScene | undefined)?.dispose())

      const sent = (kind: string): number =>
        [0, 1].flatMap((at) => scene.server.linesOf(at)).filter((line) => line.startsWith(kind)).length

      it('sends no more than one would, and tells who waits', async () => {
        for (let count = 1; count <= 15; count += 1) {
          here.send(`PRIVMSG #a${String(count)} :x`, `JOIN #a${String(count)}`)
          there.send(`PRIVMSG #b${String(count)} :x`, `JOIN #b${String(count)}`)
        }
        for (const client of [here, there]) client.send('PING :mark')
        for (const client of [here, there]) await client.expect(/PONG .*mark/)
        assert.deepEqual([sent('PRIVMSG'), sent('JOIN')], [20, 20])
        const told = [...here.lines, ...there.lines].filter((line) => line.includes('Your message waits'))
        assert.equal(told.length, 10)
        scene.world.clock.advance(31 * SECOND_MS)
        await until('the rest is sent', () => sent('PRIVMSG') === 30 && sent('JOIN') === 30)
      })

      it('says one thing a second in a channel where it is nobody', async () => {
        here.send('PRIVMSG #room :1', 'PING :mark')
        await here.expect(/PONG .*mark/)
        there.send('PRIVMSG #room :2')
        await there.expect(/Your message waits/)
        assert.equal(sent('PRIVMSG'), 1)
        scene.world.clock.advance(1100)
        await until('it is sent', () => sent('PRIVMSG') === 2)
      })
    })
  }
})
