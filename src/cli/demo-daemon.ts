import {BehalfError} from '../model/behalf-error.js'
import type {Play} from './demo-play.js'
import type {DemoStage} from './demo-stage.js'

interface Call {
  /** What the API token is called in the story. */
  variable: string
  token: string
  /** Without one the only account of the API token acts. */
  as?: string
  /** What must be answered. */
  status: number
}

/** The daemon's part of the story: programs that call Helix over HTTP, each with an API token of its own. */
export async function playDaemon(stage: DemoStage, play: Play, bots: {bot: string; otherBot: string}): Promise<void> {
  const {head, tell, show} = play
  head('Serve any program: Helix over HTTP, for whoever holds an API token')
  const overlay = await issueToken(play, 'overlay', bots.bot)
  const statistics = await issueToken(play, 'statistics', bots.otherBot)
  tell('   $ behalf serve &')
  const daemon = await stage.startService(['serve', '--listen', '127.0.0.1:0', '--no-socket', '--json'])
  const base = `${String(daemon.ready.url)}/api/twitch/helix`
  tell(`   (It keeps all accounts fresh, and listens at ${String(daemon.ready.url)}. The demo calls as curl would.)`)

  const call = async ({variable, token, as, status}: Call): Promise<void> => {
    const path = '/users'
    const said = as === undefined ? '' : ` -H 'X-Behalf-Of: ${as}'`
    tell(`   $ curl -H "Authorization: Bearer $${variable}"${said} ${base}${path}`)
    const headers = {authorization: `Bearer ${token}`, ...(as !== undefined && {'x-behalf-of': as})}
    const answer = await fetch(`${base}${path}`, {headers})
    tell(`   ${String(answer.status)} ${describeBody(await answer.json())}`)
    if (answer.status === status) return
    throw new BehalfError('internal', `The daemon answered ${String(answer.status)} instead of ${String(status)}.`)
  }

  await call({variable: 'OVERLAY', token: overlay, as: bots.bot, status: 200})
  await call({variable: 'STATISTICS', token: statistics, status: 200})
  tell('   (A bot that the API token may not act as, and one that does not exist:)')
  await call({variable: 'OVERLAY', token: overlay, as: bots.otherBot, status: 403})
  await call({variable: 'OVERLAY', token: overlay, as: 'nobodys_bot', status: 404})
  tell('   (A revoked one opens nothing, from the next request on:)')
  await show(['token', 'revoke', idOf(overlay)])
  await call({variable: 'OVERLAY', token: overlay, as: bots.bot, status: 401})
  const exitCode = await daemon.stop()
  if (exitCode !== 0) throw new BehalfError('internal', `The daemon ended with ${String(exitCode)}.`)
}

async function issueToken({show}: Play, name: string, bot: string): Promise<string> {
  const {printed} = await show(['token', 'issue', name, '--scope', 'helix:read', '--as', bot])
  const token = /^bhf_\w+$/m.exec(printed)?.[0]
  if (token === undefined) throw new BehalfError('internal', 'No API token was issued.')
  return token
}

const idOf = (token: string): string => token.split('_')[1] ?? ''

/** The user that Helix named, or why the daemon refused. */
function describeBody(body: unknown): string {
  const {data, detail} = body as {data?: {login?: string}[]; detail?: string}
  return data?.[0]?.login ?? detail ?? JSON.stringify(body)
}
