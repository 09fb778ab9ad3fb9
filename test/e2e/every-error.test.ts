import assert from 'node:assert/strict'
import {readFile, truncate, writeFile} from 'node:fs/promises'
import {join} from 'node:path'

import {EXIT_CODES} from '../../src/cli/exit-codes.js'
import type {ErrorCode} from '../../src/model/behalf-error.js'
import {Secret} from '../../src/model/secret.js'
import {changeTokens} from '../../src/sandbox/control/change-tokens.js'
import type {Sandbox} from '../../src/sandbox/start-sandbox.js'
import {findFreePort, occupyPort} from '../support/free-port.js'
import type {ProgramHome} from '../support/program-home.js'
import type {ProgramEnd, ProgramOptions} from '../support/running-program.js'
import {stockHome} from '../support/stocked-home.js'
import {until} from '../support/until.js'
import {startWatchedSandbox} from '../support/watched-sandbox.js'

const ROOT = join(import.meta.dirname, '../..')
const BOT = 'techydrroid'
const OVER_MS = -60_000

interface Story {
  /** Brings it about. What it returns undoes that where the hint does not. */
  before?: () => Promise<unknown>
  /** What then fails, without `--json`. */
  args: string[]
  options?: () => ProgramOptions
  /** Who comes to the browser when one is asked for, or nobody. */
  person?: string
  /** The signal that ends it once it asks for a browser. */
  signal?: NodeJS.Signals
  /** What the hint's command reads from stdin. */
  stdin?: () => string
  /** What failed works once the command of the hint has run. */
  mends?: boolean
}

/** Codes whose story is told at length elsewhere, hints and all. */
interface Elsewhere {
  toldIn: string
}

describe('every error, as one meets it', function () {
  this.timeout(60_000)
  let sandbox: Sandbox
  let home: ProgramHome
  let callbackUrl: string
  let undo: (() => Promise<unknown>)[]

  beforeEach(async () => {
    undo = []
    sandbox = await startWatchedSandbox()
    callbackUrl = `http://localhost:${String(await findFreePort())}/callback`
    sandbox.confidentialClient.redirectUris.push(callbackUrl)
    const accounts = [
      {login: 'streamer_sam', role: 'owner' as const},
      {login: BOT, lifeMs: OVER_MS},
    ]
    home = await stockHome(sandbox, accounts, {callbackUrl})
  })
  afterEach(async () => {
    for (const step of undo) await step()
    await home.remove()
    await sandbox.stop()
  })

  async function changeProvider(name: string, parts: Record<string, unknown>): Promise<void> {
    const store = await home.openStore()
    const provider = await store.providers.get('twitch')
    if (provider) await store.providers.put({...provider, name, ...parts})
    await store.close()
  }

  const STORIES: Record<ErrorCode, Story | Elsewhere> = {
    internal: {toldIn: 'test/integration/commands/exit-codes.test.ts'},
    usage: {args: ['bto', 'list']},
    'invalid-input': {args: ['helix', 'get', 'users', '-q', 'nope']},
    'unknown-scope': {args: ['token', 'issue', 'overlay', '--scope', 'helx', '--as-any']},
    'ambiguous-account': {
      async before() {
        const store = await home.openStore()
        const bot = (await store.accounts.list()).find(({login}) => login === BOT)
        for (const provider of ['one', 'two']) {
          if (bot) await store.accounts.put({...bot, provider, key: `${provider}:2002`, login: 'twin'})
        }
        await store.close()
      },
      args: ['bot', 'show', 'twin'],
    },
    'provider-exists': {args: ['provider', 'add', 'twitch', '--client-id', 'another', '--auth-method', 'none']},
    'provider-in-use': {args: ['provider', 'remove', 'twitch']},
    configuration: {args: ['status'], options: () => ({env: {BEHALF_CALLBACK_URL: 'nonsense'}})},
    'provider-misconfigured': {
      before: () => changeProvider('twitch', {clientSecret: new Secret('made-up-wrong-secret')}),
      args: ['bot', 'token', BOT],
      stdin: () => sandbox.confidentialClient.secret ?? '',
      mends: true,
    },
    'wrong-secret': {
      args: ['bot', 'token', BOT],
      options: () => ({env: {BEHALF_SECRET: 'a made-up passphrase, and not the right one'}}),
    },
    'callback-port-taken': {
      async before() {
        const {free} = await occupyPort(Number(new URL(callbackUrl).port), '127.0.0.1')
        undo.push(free)
      },
      args: ['login', '--no-open'],
    },
    'login-needed': {
      before: () => Promise.resolve(changeTokens(sandbox.state, {login: BOT, kind: 'refresh'}, 'revoke')),
      args: ['bot', 'token', BOT],
      person: BOT,
      mends: true,
    },
    'login-failed': {args: ['login', '--no-open', '--timeout', '1s'], person: 'streamer_sam'},
    'credential-refused': {toldIn: 'test/integration/commands/user.test.ts'},
    'wrong-person': {args: ['bot', 'add', '--no-open', '--expect', 'otherbot'], person: 'viewer_vera'},
    'account-not-found': {args: ['bot', 'show', 'techydroid']},
    'provider-not-found': {args: ['provider', 'show', 'githb']},
    'token-not-found': {args: ['token', 'show', 'aaaaaaaa']},
    'flow-not-found': {toldIn: 'test/integration/daemon/api/flow-routes.test.ts'},
    unavailable: {before: () => sandbox.stop(), args: ['bot', 'token', BOT]},
    'lock-timeout': {toldIn: 'test/e2e/suspended.test.ts'},
    'store-damaged': {
      async before() {
        // Two writes, so that the copy has the accounts too.
        for (const name of ['one', 'two'])
          await home.run(['token', 'issue', name, '--scope', 'helix', '--as-any'], {printsSecret: true})
        await truncate(home.storePath, 1000)
      },
      args: ['status'],
      mends: true,
    },
    'store-newer': {toldIn: 'test/e2e/broken-store.test.ts'},
    'store-foreign': {toldIn: 'test/e2e/broken-store.test.ts'},
    'store-locked': {toldIn: 'test/unit/store/group-commit.test.ts'},
    'store-read-only': {toldIn: 'test/e2e/broken-store.test.ts'},
    'store-full': {toldIn: 'test/e2e/broken-store.test.ts'},
    'store-not-empty': {toldIn: 'test/integration/commands/store-moving.test.ts'},
    'store-moved': {toldIn: 'test/integration/commands/store-moving.test.ts'},
    'store-unavailable': {
      args: ['status'],
      options: () => ({env: {BEHALF_STORE: 'redis://127.0.0.1:1'}}),
    },
    'points-insufficient': {args: ['points', 'remove', 'alice', '5']},
    'points-out-of-range': {
      before: async () => {
        await home.run(['points', 'set', 'alice', String(Number.MAX_SAFE_INTEGER)])
      },
      args: ['points', 'add', 'alice', '1'],
    },
    'idempotency-key-reused': {
      before: async () => {
        await home.run(['points', 'add', 'alice', '1', '--idempotency-key', 'made-up'])
      },
      args: ['points', 'add', 'alice', '2', '--idempotency-key', 'made-up'],
    },
    unauthenticated: {toldIn: 'test/integration/daemon/api/authentication.test.ts'},
    'body-too-large': {toldIn: 'test/integration/daemon/doors/limits.test.ts'},
    refused: {args: ['helix', 'get', 'eventsub/conduits', '--as', BOT]},
    'missing-scope': {args: ['helix', 'get', 'channels/followed', '--as', BOT], person: BOT, mends: true},
    'api-error': {args: ['helix', 'get', 'no/such/endpoint', '--as', BOT]},
    'program-not-found': {args: ['exec', '--as', BOT, '--', 'no-such-program-here']},
    'program-not-runnable': {
      before: () => writeFile(join(home.path, 'plain.txt'), 'not a program'),
      args: ['exec', '--as', BOT, '--', './plain.txt'],
    },
    interrupted: {args: ['login', '--no-open'], signal: 'SIGINT'},
  }

  /** Runs a line of shell; whoever is to come to the browser comes. */
  async function run(
    line: string,
    {person, signal}: Partial<Story>,
    options: ProgramOptions = {},
  ): Promise<ProgramEnd> {
    const program = home.startHere('bash', ['-c', `exec ${line}`], options)
    await until(
      'it ends or asks for a browser',
      () => !program.isRunning() || program.soFar.stderr.includes('/authorize?'),
    )
    if (program.isRunning()) {
      if (signal !== undefined) program.child.kill(signal)
      else if (person !== undefined && !line.includes('--timeout')) {
        const answer = await fetch(await program.address, {headers: {'x-sandbox-auto': person}})
        await answer.arrayBuffer()
      }
    }
    return program.ended
  }

  for (const [code, story] of Object.entries(STORIES) as [ErrorCode, Story | Elsewhere][]) {
    if ('toldIn' in story) {
      it(`${code}: is told elsewhere`, async () =>
        assert.ok((await readFile(join(ROOT, story.toldIn), 'utf8')).includes(code)))
      continue
    }
    const line = `behalf ${story.args.slice(0, countOwn(story.args)).join(' ')} --json ${story.args.slice(countOwn(story.args)).join(' ')}`

    it(`${code}: says what failed and what to do, and what it says to do works`, async () => {
      await story.before?.()
      const end = await run(line, story, story.options?.())
      assert.equal(end.exitCode, EXIT_CODES[code], end.stderr + end.stdout)
      if (code === 'interrupted') return
      const {error} = JSON.parse(end.stdout) as {error: {code: string; message: string; hint?: string}}
      assert.equal(error.code, code, error.message)
      const {hint} = error
      // What an API or the system said needs no advice of ours.
      if (hint === undefined) {
        assert.ok(['api-error', 'program-not-runnable'].includes(code), code)
        return
      }
      // Where a part of it has to be filled in, it is no command yet.
      if (!/^(?:behalf|cp) /.test(hint) || /[…A-Z]{3}|…/.test(hint)) return
      const mended = await run(hint, story, {...story.options?.(), ...(story.stdin && {stdin: story.stdin()})})
      assert.equal(mended.exitCode, 0, `${hint}: ${mended.stderr}${mended.stdout}`)
      if (story.mends !== true) return
      const again = await home.run([...story.args], {...story.options?.(), printsSecret: story.args.includes('token')})
      assert.equal(again.exitCode, 0, again.stderr)
    })
  }
})

/** How many of the words stand before a `--`. */
function countOwn(args: string[]): number {
  const end = args.indexOf('--')
  return end < 0 ? args.length : end
}
