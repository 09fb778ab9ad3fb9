import assert from 'node:assert/strict'
import {once} from 'node:events'
import {readFileSync} from 'node:fs'
import {createServer, type IncomingMessage, type Server, type ServerResponse} from 'node:http'
import type {AddressInfo} from 'node:net'
import {join} from 'node:path'
import {text} from 'node:stream/consumers'

import {settingsOf} from '../../src/providers/presets/preset.js'
import {applyIdentityUrl, findPreset} from '../../src/providers/presets.js'
import {findFreePort} from '../support/free-port.js'
import {makeHome, type ProgramHome} from '../support/program-home.js'
import {findProgram, needing, skipWithout} from '../support/skip-without.js'
import {matchesOutput, parseTranscript} from '../support/transcript.js'

const README = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8')
const [, TOUR = ''] = /<!-- providers tour -->(.*)<!-- providers tour end -->/s.exec(README) ?? []
const steps = parseTranscript(TOUR)
const hasTools = ['jq', 'git', 'timeout'].every((tool) => findProgram(tool) !== undefined)

const MARK = '@@ next command @@'

/** Of each service: its authorization page as the README has it, who logs in, and what its API says. */
const SERVICES = {
  github: {
    page: 'https://github.com/login/oauth/authorize',
    secret: 'made-up-secret-for-github',
    person: {id: 583_231, login: 'octocat'},
    api: {'/user': {login: 'octocat'}} as Record<string, object>,
  },
  google: {
    page: 'https://accounts.google.com/o/oauth2/v2/auth',
    secret: 'made-up-secret-for-google',
    person: {sub: '1122334455', email: 'ann@example.com', name: 'Ann'},
    api: {'/calendar/v3/users/me/calendarList': {items: [{summary: 'Birthdays'}]}} as Record<string, object>,
  },
}
type Name = keyof typeof SERVICES
const NAMES: readonly Name[] = ['github', 'google']

/** What was asked for last, which is granted. */
let scope = ''

/** Both services, each below its name: the person at the page always agrees. */
async function answerFor(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '', 'http://stand-in')
  const [, name = '', kind = ''] = url.pathname.split('/')
  const service = SERVICES[name as Name]
  const send = (status: number, body: object) => {
    response.writeHead(status, {'content-type': 'application/json'}).end(JSON.stringify(body))
  }
  if (kind === 'authorize') {
    scope = url.searchParams.get('scope') ?? ''
    const back = new URL(url.searchParams.get('redirect_uri') ?? '')
    back.searchParams.set('code', 'made-up-code')
    back.searchParams.set('state', url.searchParams.get('state') ?? '')
    response.writeHead(302, {location: back.href}).end()
  } else if (kind === 'token') {
    const form = new URLSearchParams(await text(request))
    if (form.get('client_secret') !== service.secret) send(401, {error: 'invalid_client'})
    else send(200, {access_token: `made-up-token-of-${name}`, refresh_token: 'made-up', expires_in: 3600, scope})
  } else if (request.headers.authorization !== `Bearer made-up-token-of-${name}`) {
    send(401, {message: 'Requires authentication'})
  } else if (kind === 'userinfo') send(200, service.person)
  else send(200, service.api[url.pathname.replace(/^\/\w+\/api/, '')] ?? {message: 'Not Found'})
}

describe(needing('jq and git', hasTools, 'other providers in the README'), function () {
  this.timeout(60_000)
  let server: Server
  let home: ProgramHome
  let outputs: string[]

  before(async function () {
    skipWithout('jq and git', hasTools, this)
    server = createServer((request, response) => void answerFor(request, response)).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const origin = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`
    home = await makeHome()
    await standIn(origin)
    outputs = await play(origin)
  })
  after(async () => {
    if (!hasTools) return
    await home.remove()
    server.closeAllConnections()
    server.close()
  })

  /** The presets, at the stand-ins, under a client that the environment takes the place of. */
  async function standIn(origin: string): Promise<void> {
    const callbackUrl = `http://localhost:${String(await findFreePort())}/callback`
    const store = await home.openStore()
    try {
      for (const name of NAMES) {
        const preset = findPreset(name)
        assert(preset)
        // The stand-in gives out no ID tokens.
        const {jwksUrl: _keys, ...settings} = settingsOf(applyIdentityUrl(preset, `${origin}/${name}`))
        const apiUrl = `${origin}/${name}/api`
        await store.providers.put({...settings, apiUrl, callbackUrl, clientId: 'another', credentialsFrom: 'store'})
      }
    } finally {
      await store.close()
    }
  }

  /** One shell runs all of it, as a person's would: it has the variables. Each address that appears is opened. */
  async function play(origin: string): Promise<string[]> {
    const lines = steps.flatMap(({command}) => [command, `echo '${MARK}'`])
    const script = ['cd "$(mktemp -d "$HOME/project.XXXXXX")"', 'git init -q', 'exec 2>&1', ...lines].join('\n')
    const shell = home.startHere('timeout', ['50', 'bash', '-c', script])
    const opened = new Set<string>()
    const visits: Promise<unknown>[] = []
    const watch = setInterval(() => {
      for (const [address] of shell.soFar.stdout.matchAll(/^http\S+\/authorize\?\S+(?=\n)/gm)) {
        if (opened.has(address)) continue
        opened.add(address)
        visits.push(fetch(address).then((page) => page.arrayBuffer()))
      }
    }, 50)
    const {stdout} = await shell.ended
    clearInterval(watch)
    await Promise.all(visits)
    const written = NAMES.reduce(
      (shown, name) => shown.replaceAll(`${origin}/${name}/authorize`, SERVICES[name].page),
      stdout,
    )
    return written.split(`${MARK}\n`)
  }

  it('is there', () => assert.ok(steps.length >= 8, String(steps.length)))

  for (const [index, {command, output}] of steps.entries()) {
    it(`shows what it says: ${command.split('\n')[0] ?? ''}`, () => {
      const shown = outputs[index] ?? ''
      assert.ok(matchesOutput(output, shown), `expected\n${output}\nbut saw\n${shown}`)
    })
  }
})
