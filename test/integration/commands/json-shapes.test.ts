import assert from 'node:assert/strict'
import {readFileSync} from 'node:fs'
import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'

import {z} from 'zod'

import {COMMAND_OUTPUTS, type CommandOutput} from '../../../build/contract/commands.js'
import {error} from '../../../build/contract/operation.js'
import type {Flow} from '../../../src/model/flow.js'
import {Secret} from '../../../src/model/secret.js'
import {makeCommandHome, type CommandHome} from '../../support/command-home.js'
import {grantElsewhere} from '../../support/grant-elsewhere.js'
import {makeBrain} from '../../support/hubot-brain.js'
import {startJsonServer} from '../../support/json-server.js'
import {withHomeStore} from '../../support/open-home-store.js'
import {makeHome} from '../../support/program-home.js'
import type {CommandEnd, RunningCommand} from '../../support/run-command.js'

const OWNER = 'streamer_sam'
const BOT = 'techydrroid'
const OTHER = 'otherbot'
const MESSAGE = {broadcaster_id: '1001', sender_id: '2002', message: 'x'}

interface Manifest {
  commands: Record<string, {enableJsonFlag?: boolean | null}>
}

const {commands} = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../oclif.manifest.json'), 'utf8'),
) as Manifest
const ids = Object.keys(commands).filter((id) => commands[id]?.enableJsonFlag !== false)

describe('the contract', () => {
  let home: CommandHome
  let tokenId: string

  before(async () => {
    home = await makeCommandHome()
    assert.equal((await home.logIn(['login', '--no-open'], OWNER)).exitCode, 0)
    assert.equal((await home.logIn(['bot', 'add', '--no-open'], BOT)).exitCode, 0)
    const issued = await home.run(['token', 'issue', 'overlay', '--scope', 'helix', '--as', BOT, '--json'])
    tokenId = (JSON.parse(issued.stdout) as {id: string}).id
    assert.equal((await home.run(addForge)).exitCode, 0)
  })
  after(() => home.remove())

  const forgeUrls = ['--token-url', 'http://localhost:1/token', '--authorize-url', 'http://localhost:1/authorize']
  const addForge = ['provider', 'add', 'forge', '--client-id', 'made-up', ...forgeUrls]
  const json = (...argv: string[]) => home.run([...argv, '--json'])
  const issuer = () => `${home.sandbox.url}/oauth2`
  const granted = () => grantElsewhere(home.sandbox, home.sandbox.confidentialClient, OTHER)

  const noSystemd = () => Promise.resolve({exitCode: 1, output: ''})
  const addAndThen = (...argv: string[]) => home.logIn(['bot', 'add', '--no-open'], OTHER).then(() => json(...argv))

  const pathOf = (name: string) => join(home.folder, name)
  const passphrase = () => ['--passphrase-file', pathOf('passphrase.txt')]
  const exportStore = async () => {
    await writeFile(pathOf('passphrase.txt'), 'made up correct horse')
    return json('store', 'export', pathOf('backup.age'), '--force', ...passphrase())
  }

  /** How each command is made to print what it prints; more than once where it prints different things. */
  const RUNS: Record<string, (() => Promise<CommandEnd>)[]> = {
    admin: [() => withVariable('BEHALF_PUBLIC_URL', 'https://behalf.example', () => json('admin'))],
    api: [
      () => json('api', 'GET', 'users', '--provider', 'twitch'),
      () => json('api', 'GET', 'no/such/endpoint', '--as', BOT),
    ],
    autocomplete: [() => json('autocomplete', 'zsh'), () => json('autocomplete')],
    'bot:add': [() => home.logIn(['bot', 'add', '--no-open', '--json'], BOT)],
    'bot:list': [() => json('bot', 'list')],
    'bot:remove': [() => addAndThen('bot', 'remove', OTHER, '--keep-grant')],
    'bot:show': [() => json('bot', 'show', BOT)],
    'bot:token': [() => json('bot', 'token', BOT), () => home.run(['bot', 'token', OWNER, '--format', 'json'])],
    demo: [runDemo],
    doctor: [() => json('doctor'), () => json('doctor', '--offline')],
    help: [() => json('help', 'bot', 'add')],
    exec: [() => json('exec')],
    'helix:batch': [
      () => home.run(['helix', 'batch', '--json'], {stdin: `GET users?login=${BOT}\nGET nonsense\n{"path":\n`}),
    ],
    'flow:collect': [() => endFlows().then(() => json('flow', 'collect', '--force'))],
    'flow:list': [() => endFlows().then(() => json('flow', 'list'))],
    'helix:delete': [() => json('helix', 'delete', 'moderation/bans', '-q', 'broadcaster_id=1001', '-q', 'user_id=1')],
    'helix:endpoints': [() => json('helix', 'endpoints'), () => json('helix', 'endpoints', 'no such endpoint')],
    'helix:get': [
      () => json('helix', 'get', 'users'),
      () => json('helix', 'get', 'streams', '--limit', '1'),
      () => json('helix', 'get', 'users', '--as', 'nobody'),
      () => json('helix', 'get', 'no/such/endpoint'),
    ],
    'helix:patch': [() => json('helix', 'patch', 'channels', '-q', 'broadcaster_id=1001', '-b', '{"title":"x"}')],
    'helix:post': [() => json('helix', 'post', 'chat/messages', '--as', BOT, '-b', JSON.stringify(MESSAGE))],
    'helix:put': [() => json('helix', 'put', 'users', '-q', 'description=x')],
    'import:hubot-brain': [
      () =>
        withVariable('HUBOT_JENKINS_URL', 'http://localhost:1', () =>
          withVariable('HUBOT_JENKINS_CRYPTO_SECRET', 'made-up', importHubotBrain),
        ),
    ],
    'import:refresh-token': [
      async () => {
        const {refreshToken: stdin} = await granted()
        return home.run(['import', 'refresh-token', '--provider', 'twitch', '--role', 'bot', '--json'], {stdin})
      },
    ],
    'import:twitch-cli': [() => importTwitchCli(true), () => importTwitchCli(false)],
    login: [() => home.logIn(['login', '--no-open', '--json'], OWNER)],
    logout: [() => addAndThen('logout', OTHER)],
    'points:add': [() => json('points', 'add', BOT, '5', '--why', 'made up')],
    'points:history': [() => json('points', 'history', BOT, '--limit', '1')],
    'points:remove': [() => json('points', 'remove', BOT, '1')],
    'points:set': [() => json('points', 'set', BOT, '100')],
    'points:show': [() => json('points', 'show', BOT)],
    'points:top': [() => json('points', 'top')],
    'provider:add': [() => json(...addForge)],
    'provider:list': [() => json('provider', 'list')],
    'provider:presets': [() => json('provider', 'presets')],
    'provider:remove': [() => json('provider', 'remove', 'forge').finally(() => home.run(addForge))],
    'provider:replace': [
      () => json('provider', 'replace', 'forge', '--client-id', 'made-up', '--yes', '--issuer', issuer()),
      () => json('provider', 'replace', 'forge', '--client-id', 'made-up', '--yes', ...forgeUrls),
    ],
    'provider:show': [() => json('provider', 'show', 'twitch'), () => json('provider', 'show', 'forge')],
    'provider:update': [() => json('provider', 'update', 'forge', '--refresh-replay', 'grace:30')],
    refresh: [() => json('refresh'), () => json('refresh', '--force', BOT)],
    sandbox: [runSandbox],
    serve: [runServe, runSecondServe],
    'service:install': [() => home.run(['service', 'install', '--json'], {askProgram: noSystemd})],
    'service:show': [() => json('service', 'show'), () => json('service', 'show', '--cron')],
    'service:uninstall': [() => home.run(['service', 'uninstall', '--json'], {askProgram: noSystemd})],
    status: [
      () => json('status'),
      () => json('status', BOT),
      () => withVariable('BEHALF_AS', 'nobody', () => json('status')),
    ],
    'store:check': [
      () => json('store', 'check'),
      () => json('store', 'check', '--store', join(home.folder, 'none.json')),
    ],
    'store:export': [exportStore],
    'store:import': [
      async () => {
        await exportStore()
        return json('store', 'import', '--store', pathOf('imported.json'), pathOf('backup.age'), ...passphrase())
      },
    ],
    'store:migrate': [
      () =>
        json('store', 'migrate', pathOf('store.json'), pathOf('moved.json')).finally(() =>
          json('store', 'migrate', pathOf('moved.json'), pathOf('store.json')),
        ),
    ],
    'store:rekey': [() => json('store', 'rekey')],
    'token:issue': [() => json('token', 'issue', 'cron', '--scope', 'helix:read', '--as-any', '--expires', '90d')],
    'token:list': [() => json('token', 'list')],
    'token:revoke': [
      async () => {
        const {stdout} = await json('token', 'issue', 'brief', '--scope', 'chat', '--as', BOT, '--default-as', BOT)
        return json('token', 'revoke', (JSON.parse(stdout) as {id: string}).id)
      },
    ],
    'token:rotate': [() => json('token', 'rotate', tokenId)],
    'token:show': [() => json('token', 'show', tokenId)],
    'user:link': [linkUser],
    'user:list': [() => linkUser().then(() => json('user', 'list'))],
    'user:otp': [
      () =>
        linkUser().then(() => home.run(['user', 'otp', 'slack:U1', '--provider', 'keys', '--json'], {stdin: '123456'})),
    ],
    'user:show': [() => linkUser().then(() => json('user', 'show', 'slack:U1'))],
    'user:unlink': [() => linkUser().then(() => json('user', 'unlink', 'slack:U1'))],
  }

  /** A flow of each kind: one that waits, one that ended well and one that failed. */
  async function endFlows(): Promise<void> {
    const flow: Flow = {
      id: 'waits',
      state: new Secret('made-up-state'),
      provider: 'twitch',
      role: 'bot',
      scopes: [],
      redirectUri: 'http://localhost:8420/callback',
      createdAt: Date.now(),
      expiresAt: Date.now() + 600_000,
    }
    const done = {kind: 'done' as const, account: 'twitch:2002', created: true, missingScopes: [], cannotRefresh: false}
    const failed = {kind: 'failed' as const, code: 'login-failed' as const, message: 'made up'}
    await withHomeStore(home, async ({flows}) => {
      await flows.put(flow)
      await flows.put({...flow, id: 'done', role: 'user', subject: 'slack:U1', outcome: done})
      await flows.put({...flow, id: 'failed', outcome: failed})
    })
  }

  /** With a key, at a service that says whose it is. */
  async function linkUser(): Promise<CommandEnd> {
    const service = await startJsonServer({'GET /me': {body: {id: 'vera'}}})
    try {
      const urls = ['--api-url', 'http://localhost:1', '--userinfo-url', `${service.origin}/me`]
      const words = ['--credential', 'api-key', '--api-key-header', 'X-Key', '--otp-header', 'X-Otp', ...urls]
      await home.run(['provider', 'remove', 'keys', '--yes'])
      assert.equal((await home.run(['provider', 'add', 'keys', ...words])).exitCode, 0)
      return await home.run(['user', 'link', 'slack:U1', '--provider', 'keys', '--json'], {stdin: 'made-up-key'})
    } finally {
      await service.stop()
    }
  }

  async function runDemo(): Promise<CommandEnd> {
    const place = await makeHome()
    try {
      const {exitCode, stdout, stderr} = await place.run(['demo', '--json'])
      return {exitCode: exitCode ?? -1, stdout, stderr}
    } finally {
      await place.remove()
    }
  }

  async function runSandbox(): Promise<CommandEnd> {
    const describe = () => 'not with --json'
    const sandbox = {url: home.sandbox.url, ircPort: 8422, clientId: 'made-up', describe, stop: () => Promise.resolve()}
    const stopSoon = (running: RunningCommand) => {
      void running.stdout.waitFor(/\n/).then(() => running.send('SIGTERM'))
    }
    return home.run(['sandbox', '--json'], {openSandbox: () => Promise.resolve(sandbox), watch: stopSoon})
  }

  const DAEMON = {url: 'http://localhost:8420', pid: 1, since: 0}

  async function runServe(): Promise<CommandEnd> {
    const rest = {
      storeLocation: '/made/up',
      accounts: 1,
      accountNames: ['twitch/droid'],
      apiTokens: 1,
      socketPath: '/made/up.sock',
      ircUrl: 'irc://localhost:6667',
      isOpenToNetwork: false,
    }
    const daemon = {...DAEMON, ...rest, stop: () => Promise.resolve()}
    const stopSoon = (running: RunningCommand) => {
      void running.stdout.waitFor(/\n/).then(() => running.send('SIGTERM'))
    }
    return home.run(['serve', '--json'], {
      openDaemon: () => Promise.resolve({kind: 'serving', daemon}),
      watch: stopSoon,
    })
  }

  function runSecondServe(): Promise<CommandEnd> {
    const openDaemon = () => Promise.resolve({kind: 'serving-already' as const, daemon: DAEMON})
    return home.run(['serve', '--json'], {openDaemon})
  }

  async function importTwitchCli(withToken: boolean): Promise<CommandEnd> {
    const file = join(home.folder, 'made-up.env')
    const {refreshToken} = await granted()
    const lines = [
      `CLIENTID=${home.sandbox.confidentialClient.id}`,
      ...(withToken ? [`REFRESHTOKEN=${refreshToken}`] : []),
    ]
    await writeFile(file, lines.join('\n'))
    return json('import', 'twitch-cli', file, '--role', 'bot')
  }

  const importHubotBrain = (): Promise<CommandEnd> =>
    home.run(['import', 'hubot-brain', '-', '--adapter', 'slack', '--json'], {
      stdin: makeBrain({U1: 'ada:made-up-api-token', U2: 'ff'}, 'made-up'),
    })

  async function withVariable<T>(name: string, value: string, work: () => Promise<T>): Promise<T> {
    process.env[name] = value
    try {
      return await work()
    } finally {
      Reflect.deleteProperty(process.env, name)
    }
  }

  it('has a shape, and here a run, for every command that takes --json', () => {
    assert.deepEqual(Object.keys(COMMAND_OUTPUTS).sort(), [...ids].sort())
    assert.deepEqual(Object.keys(RUNS).sort(), [...ids].sort())
  })

  it('knows every field of every shape', () => {
    for (const [id, output] of Object.entries(COMMAND_OUTPUTS)) {
      for (const schema of schemasOf(output)) {
        // An object that takes any field but is not a record would hide what is new.
        const text = JSON.stringify(z.toJSONSchema(schema))
        assert.equal(text.match(/"properties":/g)?.length, text.match(/"additionalProperties":false/g)?.length, id)
      }
    }
  })

  for (const id of ids) {
    describe(id.replaceAll(':', ' '), function () {
      this.timeout(60_000)

      it('prints what the contract says', async () => {
        const output = COMMAND_OUTPUTS[id]
        assert.ok(output)
        for (const [index, run] of (RUNS[id] ?? []).entries()) checkEnd(output, index, await run())
      })

      it('reports an error as the contract says, alone on stdout', async () => {
        const {exitCode, stdout, stderr} = await home.run([...id.split(':'), '--no-such-flag', '--json'])
        assert.deepEqual([exitCode, stderr], [2, ''])
        error.parse(JSON.parse(stdout))
      })
    })
  }
})

function schemasOf(output: CommandOutput): z.ZodType[] {
  if (output.kind === 'one-of') return output.options.map(({schema}) => schema)
  return output.kind === 'foreign' ? [] : [output.schema]
}

/** @param index Which of the command's runs it was, for messages. */
function checkEnd(output: CommandOutput, index: number, {exitCode, stdout, stderr}: CommandEnd): void {
  if (output.kind === 'foreign') {
    if (exitCode !== 0) error.parse(JSON.parse(stdout))
    else if (stdout !== '') JSON.parse(stdout)
    return
  }
  const texts = output.kind === 'lines' ? stdout.trimEnd().split('\n') : [stdout]
  for (const text of texts) {
    const value: unknown = JSON.parse(text)
    const tries = schemasOf(output).map((schema) => schema.safeParse(value))
    const fits = tries.some(({success}) => success)
    const why = tries.map((one) => (one.error ? z.prettifyError(one.error) : '')).join('\n')
    assert.ok(fits, `run ${String(index)}, exit ${String(exitCode)}, ${stderr}\n${why}\n${text}`)
  }
}
