import assert from 'node:assert/strict'
import {readFile} from 'node:fs/promises'
import {join} from 'node:path'

import {addTwitter} from '../../support/add-twitter.js'
import {makeHubotScene, type HubotScene} from '../../support/hubot-scene.js'
import type {RunningHubot} from '../../support/hubot.js'
import {startOAuth1Server, type OAuth1Server} from '../../support/oauth1-server.js'
import {until} from '../../support/until.js'

describe('Hubot and Twitter, with PINs', () => {
  let scene: HubotScene
  let twitter: OAuth1Server
  let hubot: RunningHubot

  before(async () => {
    twitter = await startOAuth1Server()
    scene = await makeHubotScene()
    await addTwitter(scene, twitter)
    const {clientId = '', clientSecret} = twitter.provider
    hubot = await scene.start({
      env: {
        HUBOT_TWITTER_CONSUMER_KEY: clientId,
        HUBOT_TWITTER_CONSUMER_SECRET: clientSecret?.reveal() ?? '',
      },
    })
  })
  after(async () => {
    await scene.remove()
    await twitter.stop()
  })
  beforeEach(async () => {
    await Promise.all(['U1', 'U2'].map((user) => say(user, 't clear my credentials')))
    twitter.tweets.length = 0
    twitter.calls.length = 0
  })

  const say = (user: string, text: string, room?: string): Promise<string[]> =>
    hubot.say(user, `Droid ${text}`, room === undefined ? {} : {room})
  const addressIn = (text: string): string => /https?:\/\/\S+/.exec(text)?.[0] ?? assert.fail(text)

  /** Goes where the bot says as that person. @returns the PIN */
  async function authorize(answer: string, person: string): Promise<string> {
    const decision = await twitter.decide(addressIn(answer), person)
    return decision.kind === 'pin' ? decision.pin : assert.fail(decision.kind)
  }

  async function setUp(user: string, person: string): Promise<void> {
    const [answer = ''] = await say(user, 't setup auth')
    assert.deepEqual(await say(user, `t auth ${await authorize(answer, person)}`), ['You have authenticated'])
  }

  it('answers with the authorization URL, however it is asked, and says to send the PIN', async () => {
    for (const words of ['t setupauth', 't setup auth', 't set up auth', 'T SET UP AUTH']) {
      const [answer = ''] = await say('U1', words, 'general')
      assert.ok(addressIn(answer).startsWith(`${twitter.origin}/oauth/authorize?`), answer)
      assert.match(answer, /send me the PIN that Twitter shows: Droid t auth PIN$/)
    }
  })

  it('acts as each of two users at once, and never as the other', async () => {
    await Promise.all([setUp('U1', 'ada'), setUp('U2', 'bob')])
    const tweet = async (user: string): Promise<void> => {
      for (let round = 0; round < 5; round += 1) {
        const [answer = ''] = await say(user, `t tweet ${user} says ${String(round)}`, 'general')
        assert.match(answer, user === 'U1' ? /^Tweeted as @ada/ : /^Tweeted as @bob/)
      }
    }
    await Promise.all([tweet('U1'), tweet('U2')])
    assert.equal(twitter.tweets.length, 10)
    for (const {login, text} of twitter.tweets) assert.equal(text.slice(0, 2), login === 'ada' ? 'U1' : 'U2')
    const posts = twitter.calls.filter(({method}) => method === 'POST')
    for (const {login, body} of posts) assert.ok(body.startsWith(login === 'ada' ? 'status=U1' : 'status=U2'), body)
    assert.deepEqual(twitter.refused, [])
  })

  it('finds tweets, a message each', async () => {
    await setUp('U1', 'ada')
    twitter.tweets.push({login: 'bob', text: 'café & more'}, {login: 'ada', text: 'no more\nof that'})
    const found = await hubot.say('U1', 'Droid t search  more ', {room: 'general', answers: 2})
    assert.deepEqual(found, [
      'Wed Oct 10 20:19:24 +0000 2018 @bob: café & more',
      'Wed Oct 10 20:19:24 +0000 2018 @ada: no more\nof that',
    ])
    assert.deepEqual(await say('U1', 't search é &'), ['Wed Oct 10 20:19:24 +0000 2018 @bob: café & more'])
    assert.deepEqual(await say('U1', 't search nothing like it'), ['Twitter finds nothing for “nothing like it”.'])
  })

  it('tweets what was said, to the letter', async () => {
    await setUp('U1', 'ada')
    const text = 'Straße? 100% + "more" & *this* ~ é\n  in two lines'
    await say('U1', `t tweet ${text}`)
    assert.deepEqual(twitter.tweets, [{login: 'ada', text}])
  })

  it('tells someone without an authorization how to give one', async () => {
    const how = 'I have no Twitter authorization of yours. Say: Droid t setup auth'
    assert.deepEqual(await say('U3', 't search x', 'general'), [how])
    assert.deepEqual(await say('U3', 't tweet x', 'general'), [how])
    assert.deepEqual(await say('U3', 't auth 1234567'), [
      'No authorization of yours waits for a PIN. Say: Droid t setup auth',
    ])
    assert.deepEqual(twitter.calls, [])
  })

  it('says that it is not set up for what its settings do not name, and why in the log', async () => {
    assert.deepEqual(await say('U1', 'jenkins set auth ada:made-up-api-token'), [
      'I am not set up for Jenkins. My log says why.',
    ])
    await until('the log says it', () =>
      hubot.output().includes('behalf: jenkins set auth <user:apitoken>: There is no provider “jenkins”'),
    )
    assert.equal(hubot.output().includes('made-up-api-token'), false)
  })

  it('takes nobody else’s PIN, nor one twice', async () => {
    const [mine = ''] = await say('U1', 't setup auth')
    await say('U2', 't setup auth')
    const pin = await authorize(mine, 'ada')
    const refusal = await hubot.say('U2', `Droid t auth ${pin}`, {answers: 2})
    assert.equal(refusal[0], 'Twitter does not take that PIN, or not any more.')
    assert.ok(addressIn(refusal[1] ?? '').startsWith(twitter.origin))
    assert.deepEqual(await say('U1', `t auth ${pin}`), ['You have authenticated'])
    assert.match((await say('U1', `t auth ${pin}`))[0] ?? '', /^No authorization of yours waits/)
    assert.match((await say('U2', 't tweet as whom?'))[0] ?? '', /^I have no Twitter authorization/)
  })

  it('sends a new URL by itself when Twitter no longer takes the authorization', async () => {
    await Promise.all([setUp('U1', 'ada'), setUp('U2', 'bob')])
    twitter.revoke('ada')
    const answers = await hubot.say('U1', 'Droid t tweet again', {room: 'general', answers: 2})
    assert.equal(answers[0], 'Twitter no longer takes your authorization.')
    const pin = await authorize(answers[1] ?? '', 'ada')
    assert.deepEqual(await say('U1', `t auth ${pin}`), ['You have authenticated'])
    assert.match((await say('U1', 't tweet again'))[0] ?? '', /^Tweeted as @ada/)
    assert.match((await say('U2', 't tweet me too'))[0] ?? '', /^Tweeted as @bob/)
  })

  it('does not become someone else’s bot: another person’s authorization needs the first to be cleared', async () => {
    await setUp('U1', 'ada')
    const [answer = ''] = await say('U1', 't setup auth')
    const [refusal = ''] = await say('U1', `t auth ${await authorize(answer, 'bob')}`)
    assert.match(refusal, /say first: Droid t clear my credentials$/)
    assert.match((await say('U1', 't tweet still me'))[0] ?? '', /^Tweeted as @ada/)
    assert.deepEqual(await say('U1', 't clear my credentials'), ['Cleared your Twitter credentials'])
    assert.match((await say('U1', 't tweet x'))[0] ?? '', /^I have no Twitter authorization/)
  })

  it('keeps names in the brain, and no secret there, in the store or in the log', async () => {
    await setUp('U1', 'ada')
    const [answer = ''] = await say('U2', 't setup auth')
    const pin = await authorize(answer, 'bob')
    await say('U2', `t auth ${pin}`)
    const brain = await hubot.dumpBrain()
    assert.match(brain, /"chat:U1":\{"twitter":"ada"\}/)
    const store = await readFile(join(scene.folder, 'store.json'), 'utf8')
    const secret = twitter.provider.clientSecret?.reveal() ?? ''
    for (const seen of [brain, store, hubot.output()]) {
      assert.equal(seen.includes(secret), false)
      assert.equal(seen.includes(pin), false)
      // Tokens begin with the user's id.
      assert.doesNotMatch(seen, /70000\d\d-made-up/)
    }
  })
})
