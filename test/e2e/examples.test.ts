import assert from 'node:assert/strict'
import {chmod, mkdir, rm, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {stripVTControlCharacters} from 'node:util'

import {readManifest} from '../../src/cli/package-files.js'
import {renderHelp} from '../../src/cli/render-help.js'
import type {Sandbox} from '../../src/sandbox/start-sandbox.js'
import {findFreePort} from '../support/free-port.js'
import type {ProgramHome} from '../support/program-home.js'
import {findProgram, needing, skipWithout} from '../support/skip-without.js'
import {stockHome} from '../support/stocked-home.js'
import {tokensOf} from '../support/tokens-of.js'
import {until} from '../support/until.js'
import {startWatchedSandbox} from '../support/watched-sandbox.js'

const ROOT = join(import.meta.dirname, '../..')
const BOT = 'techydrroid'
const SECRET_FILES = [
  'backup/.twitch-cli.env',
  '.config/twitch-cli/.twitch-cli.env',
  'new-secret.txt',
  'passphrase.txt',
]
const TOOLS = 'jq and curl'
const hasTools = findProgram('jq') !== undefined && findProgram('curl') !== undefined

interface Command {
  id: string
  hidden?: boolean
  examples?: (string | {command: string})[]
}

const examples = (Object.values(readManifest(ROOT).commands) as Command[])
  .filter(({hidden}) => hidden !== true)
  .flatMap(({id, examples = []}) =>
    examples
      .map((example) => (typeof example === 'string' ? example : example.command))
      .map((line) =>
        line.replaceAll('<%= config.bin %>', 'behalf').replaceAll('<%= command.id %>', id.replaceAll(':', ' ')),
      ),
  )

/** What runs elsewhere: too long, for ever, or not without a person at a terminal. */
const ELSEWHERE: Record<string, string> = {
  'behalf admin': 'needs a daemon, and opens a browser: admin.test.ts, admin-journey.test.ts',
  'behalf admin --no-open': 'the same',
  'behalf admin --url | qrencode -t ansiutf8': 'the same',
  'behalf api GET user/repos -q per_page=5 --provider github': 'calls a service that is not here: api.test.ts',
  'behalf api POST statuses/update.json --form status=hello \\\n  --provider twitter --as subject:slack:U02AB':
    'the same',
  'behalf api GET me/api/json --provider jenkins --as subject:slack:U02AB': 'the same',
  "behalf api PUT items/1 -b @item.csv -H 'content-type: text/csv' \\\n  --provider example": 'the same',
  'behalf user link slack:U02AB --provider github': 'needs a person at a service that is not here: user.test.ts',
  'behalf user link slack:U02AB --provider jenkins --basic < token.txt': 'the same',
  'behalf user otp slack:U02AB': 'the same',
  'behalf user otp slack:U02AB --provider github < code.txt': 'the same',
  'behalf user show slack:U02AB': 'the same',
  'behalf user unlink slack:U02AB': 'the same',
  'behalf demo': 'has its own tests, and runs in CI by itself',
  'behalf provider add twitch': 'asks at a terminal: the tour in the README',
  'redis-cli get hubot:storage | behalf import hubot-brain - --adapter slack':
    'needs a Redis and a Jenkins: import-hubot-brain.test.ts',
  'behalf import hubot-brain brain.json --adapter slack': 'the same',
  'behalf import refresh-token --provider github': 'asks at a terminal: import.test.ts',
  '*/10 * * * * behalf refresh': 'is a line for cron',
  '(crontab -l; behalf service show --cron) | crontab -': 'changes the crontab of who runs the tests',
  'behalf serve': 'takes a port that may be taken, and runs until it is stopped: serve.test.ts',
  "behalf serve --on-login-needed 'notify-send behalf'": 'the same; login-notices.test.ts',
  'behalf store export backup.age': 'asks at a terminal: store-moving.test.ts',
  'behalf store import backup.age': 'the same',
  'behalf store migrate default redis://localhost:6379': 'needs a Redis: store-moving.test.ts',
  'behalf store migrate redis://localhost:6379 ./store.json': 'the same',
  'behalf sandbox': 'takes a port that may be taken, and runs until it is stopped',
}

/** What must be there first for an example to make sense, or how else it ends. */
const SPECIAL: Record<string, {first?: string; exitCode?: number}> = {
  'behalf helix delete moderation/bans -q broadcaster_id=1001 \\\n  -q moderator_id=1001 -q user_id=2002': {
    first: `behalf helix post moderation/bans -q broadcaster_id=1001 -q moderator_id=1001 -b '{"data":{"user_id":"2002"}}'`,
  },
  'behalf provider remove github': {first: 'behalf provider add github --client-id made-up --no-check'},
  'behalf provider remove github --yes': {first: 'behalf provider add github --client-id made-up --no-check'},
  'behalf points remove streamer_sam 20': {first: 'behalf points set streamer_sam 100'},
  'behalf sandbox --port 0 --json': {exitCode: 124},
  'behalf serve --listen 127.0.0.1:0 --no-socket --json': {exitCode: 124},
  'behalf service show --launchd > ~/Library/LaunchAgents/behalf.plist': {
    first: 'mkdir -p ~/Library/LaunchAgents',
  },
  'behalf store import backup.age --replace --yes \\\n  --passphrase-file passphrase.txt': {
    first: 'behalf store export --passphrase-file passphrase.txt > backup.age',
  },
  'pass show twitch | behalf provider add twitch --client-id abc123 --client-secret-file -': {
    first: 'behalf provider remove twitch --yes',
  },
  'behalf provider replace twitch --client-id abc123 \\\n  --client-secret-file new-secret.txt': {
    first: 'behalf logout --keep-grant && behalf bot remove techydrroid --keep-grant',
  },
  'behalf provider replace work --issuer https://login.example.com \\\n  --client-id abc123 --yes': {
    first: 'behalf provider add work --issuer https://login.example.com --client-id made-up',
  },
}

describe(needing(TOOLS, hasTools, 'the examples in the help'), function () {
  this.timeout(60_000)
  let sandbox: Sandbox
  let home: ProgramHome
  let callbackUrl: string

  before(async function () {
    skipWithout(TOOLS, hasTools, this)
    sandbox = await startWatchedSandbox()
    callbackUrl = `http://localhost:${String(await findFreePort())}/callback`
    sandbox.confidentialClient.redirectUris.push(callbackUrl)
  })
  after(() => sandbox.stop())
  afterEach(async () => {
    // A person may keep secrets in files; behalf may not.
    for (const name of SECRET_FILES) await rm(join(home.path, name), {force: true})
    await home.remove()
  })

  /** Everything that the sandbox’s endpoints ask for. */
  const scopes = [
    'channel:manage:broadcast',
    'channel:read:subscriptions',
    'clips:edit',
    'moderator:manage:banned_users',
  ]
    .concat(['moderator:manage:chat_settings', 'user:edit', 'user:bot', 'user:manage:chat_color', 'user:read:chat'])
    .concat(['user:read:email', 'user:write:chat'])

  async function furnish(): Promise<void> {
    const accounts = [
      {login: 'streamer_sam', role: 'owner' as const, scopes},
      {login: BOT, scopes},
    ]
    home = await stockHome(sandbox, accounts, {callbackUrl})
    const {id, secret} = sandbox.confidentialClient
    const store = await home.openStore()
    const stored = await store.accounts.list()
    await store.close()
    const twitchCliOf = (login: string) => {
      const refreshToken = tokensOf(stored.find((account) => account.login === login)).refreshToken
      return `CLIENTID=${id}\nCLIENTSECRET=${secret ?? ''}\nREFRESHTOKEN=${refreshToken?.reveal() ?? ''}\n`
    }
    const message = {broadcaster_id: '1001', sender_id: '2002', message: 'Hello'}
    const files: Record<string, string> = {
      'message.json': JSON.stringify(message),
      'channel.json': '{"title":"Building things"}',
      'people.json': '{"id":"3001"}\n',
      'requests.txt': 'GET users\n# and\nGET streams?first=1\n',
      'new-secret.txt': secret ?? '',
      'passphrase.txt': 'made up correct horse\n',
      'backup/.twitch-cli.env': twitchCliOf(BOT),
      '.config/twitch-cli/.twitch-cli.env': twitchCliOf('streamer_sam'),
      'chat-bot.py': '#!/bin/sh\ntest -n "$TWITCH_ACCESS_TOKEN"\n',
      'bin/pass': `#!/bin/sh\ncase $2 in twitch) cat new-secret.txt ;; *) sed -n s/REFRESHTOKEN=//p backup/.twitch-cli.env ;; esac\n`,
    }
    for (const [name, text] of Object.entries(files)) {
      await mkdir(join(home.path, name, '..'), {recursive: true})
      await writeFile(join(home.path, name), text)
      await chmod(join(home.path, name), name.includes('.') && !name.endsWith('.py') ? 0o600 : 0o700)
    }
  }

  /** Only addresses and ids that were made up for the help are put right. */
  const toReal = (line: string, tokenId: string) =>
    line
      .replaceAll('4f8KpQ2z', tokenId)
      .replaceAll('https://id.twitch.tv/oauth2', `${sandbox.url}/oauth2`)
      .replaceAll('https://login.example.com', `${sandbox.url}/oauth2`)
      .replaceAll('abc123', sandbox.confidentialClient.id)
      .replace(/^behalf (?:sandbox|serve)\b/, 'timeout --signal=INT 2 $&')

  async function run(line: string): Promise<{exitCode: number | null; output: string}> {
    const program = home.startHere('bash', ['-c', `PATH="$HOME/bin:$PATH"; ${line}`], {
      printsSecret: /token|autocomplete/.test(line),
      env: {BEHALF_CALLBACK_URL: callbackUrl},
    })
    const asks = () => /^(http\S+(?:authorize|activate)\S+)$/m.exec(program.soFar.stderr)?.[1]
    await until('it ends or asks for a browser', () => !program.isRunning() || asks() !== undefined)
    const address = program.isRunning() ? asks() : undefined
    if (address !== undefined) {
      const person = line.includes('behalf login') ? 'streamer_sam' : BOT
      const code = /device-code=(\w+)/.exec(address)?.[1]
      const answer = await (code === undefined
        ? fetch(address, {headers: {'x-sandbox-auto': person}})
        : fetch(`${sandbox.url}/_sandbox/device/approve`, {
            method: 'POST',
            body: JSON.stringify({user_code: code, login: person}),
          }))
      assert.ok(answer.ok, await answer.text())
    }
    const {exitCode, stdout, stderr} = await program.ended
    return {exitCode, output: stdout + stderr}
  }

  for (const example of examples) {
    if (Object.hasOwn(ELSEWHERE, example)) continue
    it(example, async () => {
      await furnish()
      const issued = await home.run(['token', 'issue', 'overlay', '--scope', 'helix', '--as', BOT, '--json'], {
        printsSecret: true,
      })
      const {id} = JSON.parse(issued.stdout) as {id: string}
      const {first, exitCode = 0} = SPECIAL[example] ?? {}
      if (first !== undefined) assert.equal((await run(toReal(first, id))).exitCode, 0, first)
      const end = await run(toReal(example, id))
      assert.equal(end.exitCode, exitCode, end.output)
    })
  }
})

describe('the help', () => {
  it('shows no example that is wider than 79 columns', async () => {
    for (const id of Object.keys(readManifest(ROOT).commands)) {
      const help = stripVTControlCharacters(await renderHelp(ROOT, id.split(':')))
      const [, shown = ''] = help.split(/^EXAMPLES$/m)
      for (const line of shown.split('\n')) assert.ok(line.length <= 79, line)
    }
  })
})

describe('the exceptions among the examples', () => {
  it('are all in the help', () => {
    for (const line of [...Object.keys(ELSEWHERE), ...Object.keys(SPECIAL)]) assert.ok(examples.includes(line), line)
  })
})
