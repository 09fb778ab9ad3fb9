import assert from 'node:assert/strict'

import type {Surroundings} from '../../../src/cli/surroundings.js'
import type {Behalf, FreshToken} from '../../../src/compose.js'
import {Secret} from '../../../src/model/secret.js'
import {makeAccountStatus} from '../../support/make-account-status.js'
import {parseJson, runCommand, type CommandWorld, type RunningCommand} from '../../support/run-command.js'

const EXPIRES_AT = 1_800_000_000_000
const FRESH: FreshToken = {
  account: makeAccountStatus(),
  userId: makeAccountStatus().userId,
  accessToken: new Secret('made-up-token'),
  clientId: 'made-up-client',
  dialect: 'twitch',
  expiresAt: EXPIRES_AT,
}

describe('exec', () => {
  /** What happened, in order. */
  let story: string[]
  let asked: Parameters<Behalf['getFreshToken']>[0][]
  let started: {words: readonly string[]; environment: Record<string, string>}[]
  beforeEach(() => {
    story = []
    asked = []
    started = []
  })

  function exec(
    argv: string[],
    options: {fresh?: Partial<FreshToken>; run?: Surroundings['runProgram']; world?: CommandWorld} = {},
  ) {
    return runCommand(['exec', ...argv], {
      behalf: {
        readContext: () =>
          Promise.resolve({context: {as: 'from_context', source: {kind: 'owner'}}, warnings: ['Odd.']}),
        getFreshToken(input) {
          asked.push(input)
          return Promise.resolve({...FRESH, ...options.fresh})
        },
        programEnvironment: () => ({PATH: '/made-up', BEHALF_LOGIN: 'someone else'}),
        close() {
          story.push('the store is closed')
          return Promise.resolve()
        },
      },
      runProgram(words, environment) {
        story.push('the program starts')
        started.push({words, environment})
        return options.run?.(words, environment) ?? Promise.resolve({send: () => undefined, ended: Promise.resolve(0)})
      },
      ...options.world,
    })
  }

  it('gives the program the token, and whose it is, in its environment', async () => {
    const end = await exec(['--as', 'techydrroid', '--', 'bot.py', '--verbose', 'a b'])
    assert.deepEqual(started, [
      {
        words: ['bot.py', '--verbose', 'a b'],
        environment: {
          PATH: '/made-up',
          TWITCH_ACCESS_TOKEN: 'made-up-token',
          TWITCH_CLIENT_ID: 'made-up-client',
          BEHALF_PROVIDER: 'twitch',
          BEHALF_LOGIN: 'techydrroid',
          BEHALF_USER_ID: '2002',
          BEHALF_EXPIRES_AT: '2027-01-15T08:00:00.000Z',
        },
      },
    ])
    assert.deepEqual([end.exitCode, end.stdout, end.stderr], [0, '', ''])
    assert.deepEqual(asked, [{as: 'techydrroid', minTtlMs: 300_000}])
  })

  it('names the variables after another provider; a token without an end has no end there', async () => {
    const {expiresAt: _, ...endless} = FRESH
    const account = makeAccountStatus({provider: 'my-forge'})
    await runCommand(['exec', '--as', 'x', '--provider', 'my-forge', '--', 'env'], {
      behalf: {
        getFreshToken: () => Promise.resolve({...endless, account, dialect: 'rfc'}),
        programEnvironment: () => ({}),
      },
      runProgram(words, environment) {
        started.push({words, environment})
        return Promise.resolve({send: () => undefined, ended: Promise.resolve(0)})
      },
    })
    assert.deepEqual(Object.keys(started[0]?.environment ?? {}), [
      'MY_FORGE_ACCESS_TOKEN',
      'MY_FORGE_CLIENT_ID',
      'BEHALF_PROVIDER',
      'BEHALF_LOGIN',
      'BEHALF_USER_ID',
    ])
  })

  it('acts as whom the context names where --as says nothing, and passes warnings on', async () => {
    const end = await exec(['--min-ttl', '1h', '--', 'env'], {fresh: {warning: 'Too short.'}})
    assert.deepEqual(asked, [{context: {as: 'from_context', source: {kind: 'owner'}}, minTtlMs: 3_600_000}])
    assert.equal(end.stderr, '! Odd.\n! Too short.\n')
  })

  it('has let go of the store before the program starts', async () => {
    await exec(['--as', 'x', '--', 'env'])
    assert.deepEqual(story, ['the store is closed', 'the program starts'])
  })

  it('exits with the program’s code, and prints nothing of its own, with --json too', async () => {
    for (const flags of [[], ['--json']]) {
      const end = await exec(['--as', 'x', ...flags, '--', 'env', '--json'], {
        run: () => Promise.resolve({send: () => undefined, ended: Promise.resolve(42)}),
      })
      assert.deepEqual([end.exitCode, end.stdout, end.stderr], [42, '', ''])
      assert.deepEqual(started.at(-1)?.words, ['env', '--json'])
    }
  })

  it('reports errors of its own as JSON with --json before the --', async () => {
    const {runProgram: run} = await import('../../../src/cli/run-program.js')
    const end = await exec(['--as', 'x', '--json', '--', 'no-such-program'], {run})
    assert.equal(end.exitCode, 127)
    const {error} = parseJson(end) as {error: Record<string, unknown>}
    assert.deepEqual([error.code, error.message], ['program-not-found', 'There is no program “no-such-program”.'])
    assert.equal((await exec(['--as', 'x', '--', 'no-such-program', '--json'], {run})).stdout, '')
  })

  it('asks for no token when there is nothing to run', async () => {
    for (const argv of [[], ['--'], ['--as', 'x'], ['--as', 'x', 'ls', '-l'], ['--as', 'x', 'ls', '--', 'env']]) {
      const end = await exec(argv)
      assert.equal(end.exitCode, 2, argv.join(' '))
      assert.match(end.stderr, /behalf exec --as ACCOUNT -- PROGRAM/)
    }
    assert.match((await exec(['--nope', '--', 'ls'])).stderr, /There is no flag --nope\.\n.*behalf exec --help/)
    assert.deepEqual([asked, started], [[], []])
  })

  describe('signals', () => {
    /** Runs a program that ends once it has got `until`, after `send` has sent what it sends. */
    async function signalled(until: string, send: (running: RunningCommand) => void, world: CommandWorld = {}) {
      const got: string[] = []
      let running: RunningCommand | undefined
      const end = await exec(['--as', 'x', '--', 'bot.py'], {
        run() {
          const ended = new Promise<number>((resolve) => {
            setImmediate(() => running && send(running))
            setInterval(() => got.includes(until) && resolve(7), 5).unref()
          })
          return Promise.resolve({send: (signal) => got.push(signal), ended})
        },
        world: {watch: (started) => (running = started), ...world},
      })
      return {got, end}
    }

    it('are passed on; the exit code stays the program’s', async () => {
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
        const {got, end} = await signalled(signal, (running) => running.send(signal))
        assert.deepEqual([got, end.exitCode], [[signal], 7])
      }
    })

    it('are all passed on, for the program may ignore the first', async () => {
      const {got} = await signalled('SIGHUP', (running) => {
        for (const signal of ['SIGTERM', 'SIGTERM', 'SIGHUP'] as const) running.send(signal)
      })
      assert.deepEqual(got, ['SIGTERM', 'SIGTERM', 'SIGHUP'])
    })

    it('of a terminal’s keys have reached the program already', async () => {
      const {got} = await signalled(
        'SIGTERM',
        (running) => {
          running.send('SIGINT')
          running.send('SIGTERM')
        },
        {prompts: {}},
      )
      assert.deepEqual(got, ['SIGTERM'])
    })
  })
})
