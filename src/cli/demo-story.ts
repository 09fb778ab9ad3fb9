import {setTimeout as wait} from 'node:timers/promises'

import {BehalfError} from '../model/behalf-error.js'
import {playDaemon} from './demo-daemon.js'
import {preparePlay, type Play} from './demo-play.js'
import {openDemoStage} from './demo-stage.js'

/** Life of the tokens of which one ends while the demo runs. Nobody calls with them while they live: no race. */
const SHORT_LIFE_S = 2
const CLIENT_ID = 'demoapplicationclient000000001'
const OWNER = 'streamer_sam'
const BOT = 'techydrroid'
const OTHER_BOT = 'otherbot'

export interface DemoSummary {
  commands: number
  refreshes: number
  seconds: number
}

/**
 * Tells what behalf is for, with the real commands as real processes against the sandbox:
 * no network, no browser, no question. A step that does not end as it should ends the demo.
 */
export async function playDemo(program: string, tell: (text: string) => void): Promise<DemoSummary> {
  const startedAt = performance.now()
  const stage = await openDemoStage(program)
  try {
    const play = await preparePlay(stage, tell)
    await playLogins(play)
    await playCalls(play)
    await playDaemon(stage, play, {bot: BOT, otherBot: OTHER_BOT})
    const refreshes = await playExpiry(play)
    await playRevocation(play)
    return {commands: play.count(), refreshes, seconds: Math.round((performance.now() - startedAt) / 100) / 10}
  } finally {
    await stage.close()
  }
}

async function playLogins({head, show, control, consentAs, url, callbackUrl}: Play): Promise<void> {
  const clientSecret = await seedClient(control, callbackUrl)
  head('Say which application behalf is at Twitch')
  await show(
    [
      ...['provider', 'add', 'twitch', '--preset', 'twitch', '--client-id', CLIENT_ID, '--client-secret-file', '-'],
      ...['--identity-url', `${url}/oauth2`, '--api-url', `${url}/helix`, '--callback-url', callbackUrl],
    ],
    {stdin: `${clientSecret}\n`},
  )

  head('Log in once, through the browser: yourself, then each bot')
  await show(['login', '--no-open'], {onAddress: consentAs(OWNER)})
  await show(['bot', 'add', '--no-open', '--expect', BOT], {onAddress: consentAs(BOT)})
  await show(['bot', 'add', '--no-open', '--expect', OTHER_BOT], {onAddress: consentAs(OTHER_BOT)})
}

async function seedClient(control: Play['control'], callbackUrl: string): Promise<string> {
  const client = {clientId: CLIENT_ID, name: 'Demo app', redirectUris: [callbackUrl]}
  const {clients} = await control('seed', {clients: [client]})
  const [seeded] = clients as {secret: string}[]
  if (!seeded) throw new BehalfError('internal', 'The sandbox did not take the demo’s application.')
  return seeded.secret
}

async function playCalls({head, show}: Play): Promise<void> {
  head('Call Helix as each bot')
  await show(['helix', 'get', 'users', '--as', BOT])
  await show(['helix', 'get', 'users', '--as', OTHER_BOT])
}

async function playExpiry({head, show, tell, control}: Play): Promise<number> {
  head('A token ends; the next call refreshes it by itself')
  tell(`   (The sandbox now gives tokens that live ${String(SHORT_LIFE_S)} s.)`)
  await control('settings', {accessTokenSeconds: SHORT_LIFE_S})
  await show(['refresh', BOT, OTHER_BOT, '--force'])
  await wait(SHORT_LIFE_S * 1000)
  await control('settings', {accessTokenSeconds: null})
  const before = await countRefreshes(control)
  await show(['helix', 'get', 'users', '--as', BOT])
  const after = await countRefreshes(control)
  tell(`   (Refreshes that reached Twitch during this call: ${String(after - before)})`)
  if (after - before !== 1) throw new BehalfError('internal', 'One refresh was due, and no more.')
  await show(['status'])
  return after
}

async function playRevocation({head, show, tell, control}: Play): Promise<void> {
  head(`${OTHER_BOT} disconnects the application at Twitch; behalf says how to mend it`)
  await control('disconnect', {login: OTHER_BOT})
  await show(['helix', 'get', 'users', '--as', OTHER_BOT], {exitCode: 4})
  await show(['helix', 'get', 'users', '--as', BOT])
  tell('   (The other accounts are not touched.)')
}

async function countRefreshes(control: Play['control']): Promise<number> {
  const {calls} = await control('calls')
  return (calls as {grantType?: string}[]).filter((call) => call.grantType === 'refresh_token').length
}
