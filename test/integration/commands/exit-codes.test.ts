import assert from 'node:assert/strict'

import {EXIT_CODES} from '../../../src/cli/exit-codes.js'
import type {ErrorCode} from '../../../src/model/behalf-error.js'
import {runCommand} from '../../support/run-command.js'

/** Design 5, by heart: the table must not be changed by accident. */
const PROMISED: Record<number, ErrorCode[]> = {
  1: ['internal'],
  2: [
    'usage',
    'invalid-input',
    'unknown-scope',
    'body-too-large',
    'ambiguous-account',
    'provider-exists',
    'provider-in-use',
    'store-not-empty',
  ],
  3: ['configuration', 'provider-misconfigured', 'wrong-secret', 'callback-port-taken'],
  4: ['login-needed', 'login-failed', 'wrong-person'],
  5: ['account-not-found', 'provider-not-found', 'token-not-found', 'flow-not-found'],
  6: ['unavailable', 'lock-timeout'],
  7: [
    'store-damaged',
    'store-newer',
    'store-foreign',
    'store-locked',
    'store-read-only',
    'store-full',
    'store-moved',
    'store-unavailable',
  ],
  8: [
    'unauthenticated',
    'refused',
    'missing-scope',
    'credential-refused',
    'api-error',
    'points-insufficient',
    'points-out-of-range',
    'idempotency-key-reused',
  ],
  126: ['program-not-runnable'],
  127: ['program-not-found'],
  130: ['interrupted'],
}

describe('a command that fails', () => {
  /** The command's own copy of the class. */
  const makeError = async (code: ErrorCode) => {
    const {BehalfError} = await import('../../../src/model/behalf-error.js')
    return new BehalfError(code, 'It failed.', {hint: 'behalf status'})
  }

  for (const [exitCode, codes] of Object.entries(PROMISED)) {
    for (const code of codes) {
      for (const json of [false, true]) {
        it(`exits ${exitCode} for ${code}${json ? ' with --json' : ''}`, async () => {
          const error = await makeError(code)
          const end = await runCommand(['status', ...(json ? ['--json'] : [])], {
            behalf: {listAccounts: () => Promise.reject(error)},
          })
          assert.equal(end.exitCode, Number(exitCode))
          if (json) {
            assert.deepEqual(JSON.parse(end.stdout), {error: {code, message: 'It failed.', hint: 'behalf status'}})
            assert.equal(end.stderr, '')
          } else {
            assert.equal(end.stdout, '')
            assert.equal(end.stderr, '✗ It failed.\n  → behalf status\n')
          }
        })
      }
    }
  }

  it('has a promised code for every way to fail', () => {
    assert.deepEqual(Object.keys(EXIT_CODES).sort(), Object.values(PROMISED).flat().sort())
  })

  it('exits 1 for what nobody foresaw, with a stack to report', async () => {
    const end = await runCommand(['status'], {
      behalf: {listAccounts: () => Promise.reject(new TypeError('x of undefined'))},
    })
    assert.equal(end.exitCode, 1)
    assert.match(
      end.stderr,
      /^✗ Something went wrong inside behalf: x of undefined\n.*\nTypeError: x of undefined\n {4}at /,
    )
  })

  it('shows no stack with --json', async () => {
    const end = await runCommand(['status', '--json'], {
      behalf: {listAccounts: () => Promise.reject(new TypeError('oops'))},
    })
    assert.deepEqual(Object.keys((JSON.parse(end.stdout) as {error: object}).error), ['code', 'message', 'hint'])
  })

  const USAGE: string[][] = [
    ['status', '--nope'],
    ['status', 'a', 'b'],
    ['status', '--store'],
    ['bot', 'show'],
    ['bot', 'token', 'x', '--format', 'xml'],
    ['bot', 'token', 'x', '--min-ttl', '5'],
    ['login', '--device', '--paste'],
    ['login', '--timeout', '0s'],
    ['refresh', '--force'],
    ['refresh', '--all', 'techydrroid'],
    ['token', 'issue', 'x'],
    ['token', 'issue', 'x', '--scope', 'helix', '--as', 'a', '--as-any'],
    ['token', 'issue', 'x', '--scope', 'helix', '--expires', 'soon'],
    ['provider', 'add', 'x', '--refresh-replay', 'often'],
    ['provider', 'add', 'x', '--dialect', 'klingon'],
    ['import', 'hubot-brain', 'brain.json'],
    ['import', 'refresh-token'],
    ['import', 'refresh-token', '--provider', 'x', '--role', 'user'],
    ['exec'],
    ['exec', '--'],
    ['exec', 'ls', '-l'],
    ['api', 'GET'],
    ['api', 'GET', 'users', '-q', 'first'],
    ['api', 'GET', 'users', '-H', 'accept'],
    ['api', 'POST', 'users', '-b', '{'],
    ['api', 'POST', 'users', '-b', '{}', '--form', 'a=1'],
    ['api', 'POST', 'users', '--form', 'a'],
    ['helix', 'get'],
    ['helix', 'get', 'users', '--app', '--as', 'x'],
    ['helix', 'get', 'users', '-q', 'first'],
    ['helix', 'get', 'users', '-q', '=1'],
    ['helix', 'get', 'users', '--body', '{}'],
    ['helix', 'post', 'users', '-b', '{'],
    ['helix', 'post', 'users', '-b', ''],
    ['helix', 'post', 'users', '-b', '@/no/such/file.json'],
    ['points', 'add', 'bob'],
    ['points', 'add', 'bob', '-1'],
    ['points', 'remove', 'bob', '1e3'],
    ['points', 'set', 'bob', '0x10'],
    ['points', 'top', '--limit', '0'],
    ['sandbox', '--port', '65536'],
    ['sandbox', '--port', 'x'],
  ]
  for (const argv of USAGE) {
    for (const json of [false, true]) {
      it(`exits 2 for \`${argv.join(' ')}\`${json ? ' with --json' : ''}, and calls nothing`, async () => {
        const [first = '', ...rest] = argv
        const words = ['bot', 'token', 'provider', 'import', 'helix', 'points'].includes(first)
          ? [first, ...rest.splice(0, 1)]
          : [first]
        const end = await runCommand([...words, ...(json ? ['--json'] : []), ...rest])
        assert.equal(end.exitCode, 2, end.stderr)
        if (!json) {
          assert.match(end.stderr, /^✗ \S/)
          return
        }
        const {error} = JSON.parse(end.stdout) as {error: {code: string; message: string}}
        assert.match(error.code, /^(usage|invalid-input)$/)
        assert.doesNotMatch(error.message, /See more help/)
        assert.equal(end.stderr, '')
      })
    }
  }
})
