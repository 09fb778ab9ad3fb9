import assert from 'node:assert/strict'
import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {PassThrough, Readable} from 'node:stream'

import {makeCommandHome, type CommandHome} from '../../support/command-home.js'
import type {CommandEnd, CommandWorld} from '../../support/run-command.js'

interface Line {
  line: number
  status?: number
  body?: {data?: {id?: string; login?: string}[]; message?: string}
  error?: {code: string; message: string; hint?: string}
}

describe('helix batch', () => {
  let home: CommandHome
  before(async () => {
    home = await makeCommandHome()
    assert.equal((await home.logIn(['login'], 'streamer_sam')).exitCode, 0)
    assert.equal((await home.logIn(['bot', 'add'], 'techydrroid')).exitCode, 0)
  })
  after(() => home.remove())
  beforeEach(() => {
    home.sandbox.state.faults.clear()
    home.sandbox.state.calls.clear()
  })

  const batch = async (input: CommandWorld['stdin'], ...args: string[]): Promise<CommandEnd & {lines: Line[]}> => {
    const end = await home.run(['helix', 'batch', ...args], input === undefined ? {} : {stdin: input})
    return {...end, lines: parseLines(end.stdout)}
  }
  const parseLines = (text: string): Line[] =>
    text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Line)
  const fail = (path: string, parts: object) => {
    const rest = {match: {}, count: 1, after: 0, process: false, status: 500, headers: {}, body: undefined, delayMs: 0}
    home.sandbox.state.faults.add({path, kind: 'status', ...rest, ...parts})
  }

  it('answers a line each, in their order', async () => {
    fail('/helix/users', {kind: 'delay', match: {login: 'otherbot'}, delayMs: 300})
    const {lines, exitCode, stderr} = await batch(
      'GET users?login=otherbot\r\n\n# a comment\n{"method":"GET","path":"users","query":{"login":"viewer_vera"}}',
    )
    assert.deepEqual(
      lines.map(({line, status, body, error}) => [line, status, body?.data?.[0]?.login, error]),
      [
        [1, 200, 'otherbot', undefined],
        [4, 200, 'viewer_vera', undefined],
      ],
    )
    assert.deepEqual([exitCode, stderr], [0, '2 requests: 2 done, 0 failed\n'])
  })

  it('acts as the line says, else as the flags say, else as the owner', async () => {
    const input =
      'GET users\n{"method":"GET","path":"users","as":"techydrroid"}\n{"method":"GET","path":"users","app":true}'
    const users = (lines: Line[]) => lines.map(({status, body}) => body?.data?.[0]?.login ?? status)
    assert.deepEqual(users((await batch(input)).lines), ['streamer_sam', 'techydrroid', 400])
    assert.deepEqual(users((await batch(input, '--as', 'techydrroid')).lines), ['techydrroid', 'techydrroid', 400])
    assert.deepEqual(users((await batch(input, '--app')).lines), [400, 'techydrroid', 400])
  })

  it('sends the body, and prints nothing for an answer without one', async () => {
    const {lines} = await batch(
      'PUT users?description=Hello\nPOST chat/messages {"broadcaster_id":"1001"}',
      '--no-check',
    )
    assert.equal(lines.length, 2)
    fail('/helix/chat/color', {status: 204})
    assert.equal(
      (await batch('PUT chat/color?user_id=1001&color=blue', '--no-check')).stdout,
      '{"line":1,"status":204}\n',
    )
  })

  describe('goes on after a line that failed', () => {
    it('and tells what it was, in that line and in the end', async () => {
      // The second time on a connection of its own: a kept one that is closed is no failure yet.
      fail('/helix/users', {kind: 'drop-before', match: {login: 'otherbot'}, count: 2})
      const {lines, stderr, exitCode} = await batch(
        [
          'GET nope',
          'NOPE',
          'GET users?login=otherbot',
          'GET users?login=viewer_vera',
          '{"method":"GET","path":"users","as":"nobody"}',
        ].join('\n'),
      )
      assert.deepEqual(
        lines.map(({line, status, error}) => [line, status, error?.code]),
        [
          [1, 404, 'api-error'],
          [2, undefined, 'invalid-input'],
          [3, undefined, 'unavailable'],
          [4, 200, undefined],
          [5, undefined, 'account-not-found'],
        ],
      )
      assert.deepEqual(lines[0]?.body, {error: 'Not Found', status: 404, message: ''})
      assert.match(lines[1]?.error?.hint ?? '', /GET users\?login=a/)
      assert.equal(stderr, '5 requests: 1 done, 4 failed\n')
      assert.equal(exitCode, 6)
    })

    const weights: [string, string, number][] = [
      ['refused', 'GET nope\nNOPE', 8],
      ['malformed', 'NOPE\nGET users', 2],
      ['not found', '{"method":"GET","path":"users","as":"nobody"}\nGET nope', 5],
      ['all well', 'GET users', 0],
      ['nothing', '# nothing\n', 0],
    ]
    for (const [what, input, expected] of weights) {
      it(`and exits with what weighs most: ${what}, with and without --json`, async () => {
        const plain = await batch(input)
        const json = await batch(input, '--json')
        assert.deepEqual([plain.exitCode, json.exitCode], [expected, expected])
        assert.deepEqual([json.stdout, json.stderr], [plain.stdout, ''])
      })
    }

    it('and that is too long or no text', async () => {
      const {lines} = await batch(
        Readable.from([`GET ${'x'.repeat(1024 * 1024)}\n`, Buffer.from([0xff, 0x0a]), 'GET users\n']),
      )
      assert.deepEqual(
        lines.map(({line, status, error}) => [line, status ?? error?.message]),
        [
          [1, 'This line is not a request: it is longer than 1 MiB.'],
          [2, 'This line is not a request: it is not UTF-8 text.'],
          [3, 200],
        ],
      )
    })
  })

  it('answers what it has been asked while the input goes on', async () => {
    const input = new PassThrough()
    let answered: Promise<unknown> = Promise.resolve()
    const running = home.run(['helix', 'batch'], {
      stdin: input,
      watch: ({stdout}) => {
        answered = stdout.waitFor(/"line":1,.*\n/)
      },
    })
    input.write('GET users\n')
    await answered
    input.end('GET users\n')
    assert.equal(parseLines((await running).stdout).length, 2)
  })

  it('ends at once when it is interrupted, with what came', async () => {
    const input = new PassThrough()
    const running = home.run(['helix', 'batch'], {
      stdin: input,
      watch(command) {
        void command.stdout.waitFor(/"line":2,.*\n/).then(() => {
          command.send('SIGINT')
        })
      },
    })
    input.write('GET users\nGET users\n')
    const end = await running
    assert.deepEqual([end.exitCode, parseLines(end.stdout).length], [130, 2])
    assert.ok(input.destroyed)
  })

  describe('reads', () => {
    it('a file', async () => {
      const file = join(home.folder, 'calls.txt')
      await writeFile(file, 'GET users\n')
      assert.equal((await batch(undefined, file)).lines.length, 1)
    })

    it('no file that is not there: 2', async () => {
      const end = await batch(undefined, join(home.folder, 'missing.txt'))
      assert.equal(end.exitCode, 2)
      assert.match(end.stderr, /^✗ FILE: cannot read .*missing\.txt: there is no such file\.\n {2}→ Name a file /)
    })

    it('no folder: 2', async () => {
      const end = await batch(undefined, home.folder)
      assert.equal(end.exitCode, 2)
      assert.match(end.stderr, /it is a folder/)
    })

    it('no terminal: 2', async () => {
      const end = await home.run(['helix', 'batch'], {prompts: {}})
      assert.equal(end.exitCode, 2)
      assert.match(end.stderr, /nothing is piped into it/)
    })

    for (const count of ['0', '65', 'x']) {
      it(`nothing with --concurrency ${count}: 2`, async () => {
        assert.equal((await batch('GET users', '--concurrency', count)).exitCode, 2)
        assert.deepEqual(home.sandbox.state.calls.list(), [])
      })
    }
  })

  it('makes as many calls at once as it may', async () => {
    fail('/helix/users', {kind: 'delay', delayMs: 200, count: 100})
    await batch('GET users')
    const startedMs = performance.now()
    const {lines} = await batch('GET users\n'.repeat(32), '--concurrency', '32')
    assert.equal(lines.length, 32)
    assert.ok(performance.now() - startedMs < 32 * 200 * 0.6)
  })
})
