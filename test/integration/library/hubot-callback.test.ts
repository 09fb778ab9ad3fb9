import assert from 'node:assert/strict'

import type {Browser, Page} from 'playwright-core'

import {addTwitter} from '../../support/add-twitter.js'
import {inChromium, launchChromium} from '../../support/chromium.js'
import {makeHubotScene, type HubotScene} from '../../support/hubot-scene.js'
import type {RunningHubot} from '../../support/hubot.js'
import {startOAuth1Server, type OAuth1Server} from '../../support/oauth1-server.js'
import {until} from '../../support/until.js'

const IN_PRIVATE = 'The address is for you alone. Ask for it in a private message: Droid t setup auth'

describe(inChromium('Hubot and Twitter, with a callback'), () => {
  let browser: Browser
  let scene: HubotScene
  let twitter: OAuth1Server
  let hubot: RunningHubot

  before(async function () {
    browser = await launchChromium(this)
    twitter = await startOAuth1Server()
    scene = await makeHubotScene()
    await addTwitter(scene, twitter)
    const {clientId = '', clientSecret} = twitter.provider
    hubot = await scene.start({
      env: {
        BEHALF_CALLBACK_URL: `${scene.origin}/oauth/callback`,
        HUBOT_TWITTER_CONSUMER_KEY: clientId,
        HUBOT_TWITTER_CONSUMER_SECRET: clientSecret?.reveal() ?? '',
      },
    })
  })
  after(async () => {
    await browser.close()
    await scene.remove()
    await twitter.stop()
  })

  const say = async (user: string, text: string): Promise<string> =>
    (await hubot.say(user, `Droid ${text}`, {room: 'general'}))[0] ?? ''
  const whisper = async (user: string, text: string): Promise<string> =>
    (await hubot.say(user, `Droid ${text}`))[0] ?? ''
  const toldTo = (user: string): string[] => hubot.said.filter(({to}) => to === user).map(({text}) => text)

  /** Opens the address that the bot gave, and leaves for Twitter. */
  async function open(answer: string): Promise<Page> {
    const page = await (await browser.newContext()).newPage()
    await page.goto(/https?:\/\/\S+/.exec(answer)?.[0] ?? assert.fail(answer))
    return page
  }

  async function authorizeAs(page: Page, person: string): Promise<void> {
    await page.getByRole('button').first().click()
    await page.getByLabel('You are').fill(person)
    await page.getByRole('button', {name: 'Authorize app'}).click()
  }

  it('sends people to its own pages, stores after they have confirmed, and tells them in the chat', async () => {
    const [first, second] = [await whisper('U1', 't setup auth'), await whisper('U2', 't setup auth')]
    for (const answer of [first, second]) {
      assert.match(answer, new RegExp(`^Authorize me here: ${scene.origin}/oauth/flows/[\\w-]+/start$`))
    }
    const [ada, bob] = [await open(first), await open(second)]
    await authorizeAs(ada, 'ada')
    await authorizeAs(bob, 'bob')
    assert.match(await ada.locator('body').innerText(), /chat:U1/)
    assert.match(await say('U1', 't tweet too early'), /^I have no Twitter authorization/)
    const before = [toldTo('U1').length, toldTo('U2').length]
    await bob.getByRole('button').first().click()
    await ada.getByRole('button').first().click()
    await until('both are told', () => toldTo('U1').length > (before[0] ?? 0) && toldTo('U2').length > (before[1] ?? 0))
    assert.match(toldTo('U1').at(-1) ?? '', /ada/)
    assert.match(toldTo('U2').at(-1) ?? '', /bob/)
    assert.match(await say('U1', 't tweet as me'), /^Tweeted as @ada/)
    assert.match(await say('U2', 't tweet as me'), /^Tweeted as @bob/)
    assert.match(await hubot.dumpBrain(), /"behalf":\{"chat:U\d":\{"twitter":"\w+"\},"chat:U\d":\{"twitter":"\w+"\}\}/)
  })

  it('gives nobody an address in a room, where another could open it first', async () => {
    assert.equal(await say('U4', 't setup auth'), IN_PRIVATE)
  })

  it('tells someone who declines that nothing was connected', async () => {
    const page = await open(await whisper('U3', 't setup auth'))
    await page.getByRole('button').first().click()
    const before = toldTo('U3').length
    await page.getByRole('button', {name: 'Cancel'}).click()
    await until('it is told', () => toldTo('U3').length > before)
    assert.match(await say('U3', 't search x'), /^I have no Twitter authorization/)
  })

  it('sends a new address by itself when Twitter no longer takes the authorization', async () => {
    twitter.revoke('ada')
    const inRoom = await hubot.say('U1', 'Droid t search x', {room: 'general', answers: 2})
    assert.deepEqual(inRoom, ['Twitter no longer takes your authorization.', IN_PRIVATE])
    const answers = await hubot.say('U1', 'Droid t search x', {answers: 2})
    assert.equal(answers[0], 'Twitter no longer takes your authorization.')
    assert.match(answers[1] ?? '', /^Authorize me here: .*\/start$/)
  })

  it('leaves the rest of Hubot’s server to others', async () => {
    for (const path of ['/', '/oauth', '/oauth/else', '/hubot/ping']) {
      const response = await fetch(`${scene.origin}${path}`)
      assert.equal(response.status, 404)
      assert.match(await response.text(), /Cannot GET/)
    }
    assert.equal((await fetch(`${scene.origin}/oauth/callback`)).status >= 400, true)
  })
})
