import assert from 'node:assert/strict'

import {CHAT_LIBRARIES, type ChatBot} from '../../support/chat-bots.js'
import {makeGatewayScene, type GatewayScene} from '../../support/gateway-scene.js'
import {until} from '../../support/until.js'

const ROOM = '#streamer_sam'
const LOGINS = ['techydrroid', 'otherbot'] as const

/** tmi.js, @twurple/chat and irc-framework as they are on npm, each as two bots at once. */
describe('chat libraries at the IRC gateway', () => {
  let scene: GatewayScene
  before(async () => {
    scene = await makeGatewayScene()
    for (const login of LOGINS) await scene.logIn(login, {scopes: ['chat:read', 'chat:edit']})
  })
  after(() => scene.dispose())

  for (const [library, startBot] of Object.entries(CHAT_LIBRARIES)) {
    describe(library, () => {
      let apiTokens: string[]
      let bots: [ChatBot, ChatBot]
      let spoken = 0

      before(async () => {
        const start = async (nick: string) => {
          const apiToken = await scene.issueFor(nick)
          return {apiToken, bot: startBot({...scene, nick, apiToken, room: ROOM})}
        }
        const [one, other] = [await start(LOGINS[0]), await start(LOGINS[1])]
        bots = [one.bot, other.bot]
        apiTokens = [one.apiToken, other.apiToken]
        await arrive()
      })
      after(() => {
        for (const bot of bots) bot.stop()
      })

      const arrive = () =>
        until('both are in the room', () => LOGINS.every((login) => scene.present(login).length === 1))
      const tokensInUse = () => LOGINS.map((login) => scene.present(login)[0]?.speaker?.tokenHash)
      /** Each says something new, and the other hears it under the right name. */
      const converse = async () => {
        for (const [index, bot] of bots.entries()) {
          spoken += 1
          const text = `${library} says ${String(spoken)}: ünïcödé, 😀; and #tags`
          const other = bots[1 - index]
          // Who is nobody in a room may speak once a second.
          scene.clock.advance(2000)
          await bot.say(text)
          await until(`the other hears “${text}”`, () => other?.heard.some((line) => line.text === text) === true)
          assert.equal(other?.heard.find((line) => line.text === text)?.from, LOGINS[index])
          assert.equal(
            bot.heard.some((line) => line.text === text),
            false,
            'nobody hears themselves',
          )
        }
      }

      it('lets two bots talk to each other', converse)

      it('holds the line while tokens expire and are refreshed', async () => {
        const before = scene.present(LOGINS[0])[0]?.id
        expireTokens(scene)
        for (const login of LOGINS) await scene.helix({as: login})
        await converse()
        assert.equal(scene.present(LOGINS[0])[0]?.id, before)
      })

      it('comes again with a fresh token when the server restarts', async () => {
        const [before, connections] = [tokensInUse(), scene.sandbox.state.chat.list()]
        expireTokens(scene)
        scene.sandbox.state.chat.sayReconnect()
        // A server that restarts is gone before long; only tmi.js does not wait for that.
        if (library !== 'tmi.js') scene.sandbox.state.chat.cut()
        await until('all old connections are gone', () =>
          connections.every((old) => !scene.sandbox.state.chat.list().includes(old)),
        )
        await arrive()
        for (const [index, token] of tokensInUse().entries()) assert.notEqual(token, before[index])
        await converse()
      })

      it('is cut when its API token is revoked, and let in no more; the other stays', async () => {
        await scene.revoke(apiTokens[1] ?? '')
        await until('it is out', () => scene.present(LOGINS[1]).length === 0)
        await until('it is told', () => bots[1].refusals > 0)
        await bots[0].say(`${library} is alone`)
        assert.equal(scene.present(LOGINS[0]).length, 1)
        assert.equal(scene.present(LOGINS[1]).length, 0)
      })
    })
  }
})

/** What the bots came with is worth nothing any more, and old enough that a refusal of it is believed. */
function expireTokens({sandbox, clock}: GatewayScene): void {
  clock.advance(120_000)
  for (const login of LOGINS) {
    const user = sandbox.state.findUserByLogin(login)
    for (const token of sandbox.state.accessTokens.values()) {
      if (token.userId === user?.id) token.expiresAt = clock.now()
    }
  }
}
