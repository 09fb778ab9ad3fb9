import assert from 'node:assert/strict'
import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {Readable} from 'node:stream'

import {OWNER_CONTEXT} from '../../../src/model/account-context.js'
import type {Behalf, HelixAnswer, HelixInput} from '../../../src/compose.js'
import {parseJson, runCommand, type CommandEnd, type CommandWorld} from '../../support/run-command.js'
import {makeTemporaryFolder, removeFolder} from '../../support/temporary-folder.js'

const OK: HelixAnswer = {
  status: 200,
  statusText: 'OK',
  headers: [
    ['Content-Type', 'application/json'],
    ['Ratelimit-Remaining', '799'],
  ],
  body: '{"data": [ ]}',
}

describe('helix', () => {
  let calls: Omit<HelixInput, 'context'>[]
  let contexts: HelixInput['context'][]
  let answer: HelixAnswer

  beforeEach(() => {
    calls = []
    contexts = []
    answer = OK
  })

  function helix(argv: string[], world: CommandWorld = {}): Promise<CommandEnd> {
    const behalf: Partial<Behalf> = {
      callHelix({context, ...input}) {
        calls.push(input)
        contexts.push(context)
        return Promise.resolve(answer)
      },
    }
    return runCommand(['helix', ...argv], {...world, behalf: {...behalf, ...world.behalf}})
  }

  describe('sends', () => {
    it('the path and the query as they were given, in their order', async () => {
      await helix(['get', '-q', 'login=a', '-q', 'login=b', '-q', 'empty=', '-q', 'x=1=2', '/users?id=1'])
      assert.deepEqual(calls, [
        {
          method: 'GET',
          path: '/users?id=1',
          query: [
            ['login', 'a'],
            ['login', 'b'],
            ['empty', ''],
            ['x', '1=2'],
          ],
        },
      ])
    })

    for (const method of ['post', 'put', 'patch', 'delete']) {
      it(`a ${method.toUpperCase()} with its body, byte for byte`, async () => {
        await helix([method, 'chat/messages', '-b', '{ "a": "ü" }'])
        assert.deepEqual(calls, [
          {method: method.toUpperCase(), path: 'chat/messages', query: [], body: '{ "a": "ü" }'},
        ])
      })
    }

    it('on behalf of --as, of the application with --app, at --provider', async () => {
      await helix(['get', 'users', '--as', 'techydrroid'])
      await helix(['get', 'users'])
      await helix(['get', 'users', '--app'])
      await helix(['get', 'users', '--provider', 'stand-in'])
      const actors = calls.map(({as, app, provider}) => ({as, app, provider}))
      assert.deepEqual(actors, [
        {as: 'techydrroid', app: undefined, provider: undefined},
        {as: undefined, app: undefined, provider: undefined},
        {as: undefined, app: true, provider: undefined},
        {as: undefined, app: undefined, provider: 'stand-in'},
      ])
    })

    it('the context where the flags leave something open, and does not even read it where they do not', async () => {
      const context = {as: 'otherbot', source: {kind: 'environment' as const, variable: 'BEHALF_AS'}}
      const behalf = {readContext: () => Promise.resolve({context, warnings: []})}
      for (const flags of [[], ['--app'], ['--provider', 'stand-in']]) {
        await helix(['get', 'users', ...flags], {behalf})
        assert.equal(contexts.pop(), context)
      }
      const unread = {readContext: () => Promise.reject(new Error('not to be read'))}
      for (const flags of [
        ['--as', 'techydrroid'],
        ['--app', '--provider', 'stand-in'],
      ]) {
        assert.equal((await helix(['get', 'users', ...flags], {behalf: unread})).exitCode, 0)
        assert.equal(contexts.pop(), undefined)
      }
    })

    it('what was typed, unchecked, when that is said', async () => {
      await helix(['get', 'users', '--no-fill', '--no-check'])
      assert.deepEqual(calls, [{method: 'GET', path: 'users', query: [], fill: false, check: false}])
    })
  })

  describe('takes a body', () => {
    let folder: string
    before(async () => {
      folder = await makeTemporaryFolder()
    })
    after(() => removeFolder(folder))

    const writeBody = async (content: string | Buffer): Promise<string> => {
      const path = join(folder, 'body.json')
      await writeFile(path, content)
      return `@${path}`
    }

    it('from stdin', async () => {
      await helix(['post', 'x', '-b', '-'], {stdin: '{"from":"stdin"}\n'})
      assert.equal(calls[0]?.body, '{"from":"stdin"}\n')
    })

    it('from a file, without the byte order mark that some editors leave', async () => {
      await helix(['post', 'x', '-b', await writeBody('\ufeff{"from":"file"}')])
      assert.equal(calls[0]?.body, '{"from":"file"}')
    })

    it('of 16 MiB and not a byte more', async () => {
      const limit = 16 * 1024 * 1024
      assert.equal((await helix(['post', 'x', '-b', await writeBody(`"${'x'.repeat(limit - 2)}"`)])).exitCode, 0)
      const {exitCode, stderr} = await helix(['post', 'x', '-b', await writeBody(`"${'x'.repeat(limit - 1)}"`)])
      assert.equal(exitCode, 2)
      assert.match(stderr, /more than 16777216 bytes/)
      assert.equal(calls.length, 1)
    })

    const refused: [string, string | Buffer, RegExp][] = [
      ['that is empty', '', /not JSON/],
      ['that is no JSON', 'a=b', /not JSON/],
      ['with something behind it', '{} {}', /not JSON/],
      ['that is not UTF-8', Buffer.from([0x22, 0xff, 0xfe, 0x22]), /not UTF-8/],
    ]
    for (const [what, content, why] of refused) {
      it(`but none ${what}: 2, nothing sent`, async () => {
        for (const source of [await writeBody(content), '-']) {
          const {exitCode, stderr} = await helix(['post', 'x', '-b', source], {stdin: Readable.from([content])})
          assert.equal(exitCode, 2)
          assert.match(stderr, why)
        }
        assert.deepEqual(calls, [])
      })
    }

    it('but does not wait for one at a terminal', async () => {
      const {exitCode, stderr} = await helix(['post', 'x', '-b', '-'], {prompts: {}})
      assert.equal(exitCode, 2)
      assert.match(stderr, /nothing is piped/)
    })
  })

  describe('prints', () => {
    it('the body as it came, and a line break where it has none', async () => {
      for (const body of ['{"data": [ ]}', '{"data": [ ]}\n']) {
        answer = {...OK, body}
        for (const json of [[], ['--json']]) {
          assert.deepEqual(await helix(['get', 'users', ...json]), {
            stdout: '{"data": [ ]}\n',
            stderr: '',
            exitCode: 0,
            openedWith: {},
          })
        }
      }
    })

    it('nothing for an answer without a body', async () => {
      answer = {...OK, status: 204, statusText: 'No Content', body: ''}
      assert.equal((await helix(['delete', 'x'])).stdout, '')
    })

    it('the status line and the headers first with --include', async () => {
      const {stdout} = await helix(['get', 'users', '--include'])
      const head = 'HTTP/1.1 200 OK\nContent-Type: application/json\nRatelimit-Remaining: 799\n\n'
      assert.equal(stdout, `${head}{"data": [ ]}\n`)
    })

    it('what was filled in, and which files are ignored, on stderr for people', async () => {
      answer = {...OK, filled: {name: 'broadcaster_id', value: '2002', login: 'techydrroid'}}
      const warnings = ['/x/.behalf.json is ignored: it belongs to someone else.']
      const behalf = {readContext: () => Promise.resolve({context: OWNER_CONTEXT, warnings})}
      const {stdout, stderr} = await helix(['get', 'polls'], {behalf})
      assert.equal(stderr, `! ${String(warnings[0])}\nFilled in broadcaster_id=2002 (techydrroid).\n`)
      assert.equal(stdout, '{"data": [ ]}\n')
      assert.equal((await helix(['get', 'polls', '--json'])).stderr, '')
    })

    it('a warning on stderr', async () => {
      answer = {...OK, warning: 'The answer came twice.'}
      const {stdout, stderr} = await helix(['get', 'users'])
      assert.equal(stderr, '! The answer came twice.\n')
      assert.equal(stdout, '{"data": [ ]}\n')
    })
  })

  describe('when the API refuses', () => {
    const body = '{"error":"Forbidden","status":403,"message":"not a moderator"}'
    const later = 'Try again later; the fault is on the other side.'
    const cases: [number, string, number, string, string?][] = [
      [400, 'Bad Request', 8, 'api-error'],
      [401, 'Unauthorized', 8, 'api-error'],
      [403, 'Forbidden', 8, 'api-error'],
      [404, 'Not Found', 8, 'api-error'],
      [429, 'Too Many Requests', 6, 'unavailable', 'Try again later, or wait longer with --max-wait.'],
      [500, 'Internal Server Error', 6, 'unavailable', later],
      [503, 'Service Unavailable', 6, 'unavailable', later],
    ]
    for (const [status, statusText, exitCode, code, hint] of cases) {
      const hintLine = hint === undefined ? '' : `  → ${hint}\n`
      it(`with ${String(status)}, prints the body all the same and exits ${String(exitCode)}`, async () => {
        answer = {...OK, status, statusText, body}
        const end = await helix(['get', 'users'])
        assert.equal(end.stdout, `${body}\n`)
        assert.equal(end.stderr, `✗ Helix answered ${String(status)} ${statusText}: not a moderator\n${hintLine}`)
        assert.equal(end.exitCode, exitCode)
      })

      it(`with ${String(status)} and --json, prints an error with the body in it alone`, async () => {
        answer = {...OK, status, statusText, body}
        const end = await helix(['get', 'users', '--json'])
        const message = `Helix answered ${String(status)} ${statusText}: not a moderator`
        const error = {code, message, ...(hint !== undefined && {hint}), status, body: JSON.parse(body) as unknown}
        assert.deepEqual(parseJson(end), {error})
        assert.equal(end.stderr, '')
        assert.equal(end.exitCode, exitCode)
      })
    }

    it('exits 4 when the account needs a login, and says how', async () => {
      const loginNeeded = {message: 'twitch/techydrroid needs a login.', hint: 'behalf bot add --expect techydrroid'}
      answer = {...OK, status: 401, statusText: 'Unauthorized', body, loginNeeded}
      const end = await helix(['get', 'users'])
      assert.equal(end.exitCode, 4)
      assert.equal(end.stdout, `${body}\n`)
      assert.equal(end.stderr, '✗ twitch/techydrroid needs a login.\n  → behalf bot add --expect techydrroid\n')
      const {error} = parseJson(await helix(['get', 'users', '--json'])) as {error: Record<string, unknown>}
      assert.deepEqual([error.code, error.status], ['login-needed', 401])
    })

    it('says what may help', async () => {
      answer = {...OK, status: 404, statusText: 'Not Found', body: '{"message":""}', hint: 'Did you mean users?'}
      assert.equal((await helix(['get', 'user'])).stderr, '✗ Helix answered 404 Not Found.\n  → Did you mean users?\n')
    })

    it('shows a body that is no JSON as text', async () => {
      answer = {...OK, status: 502, statusText: 'Bad Gateway', body: '<html>'}
      const {error} = parseJson(await helix(['get', 'users', '--json'])) as {error: Record<string, unknown>}
      assert.equal(error.body, '<html>')
    })
  })
})
