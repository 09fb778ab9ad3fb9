import assert from 'node:assert/strict'

import {makeHome, type ProgramHome} from '../../support/program-home.js'

describe('the program', function () {
  this.timeout(60_000)
  let home: ProgramHome

  before(async () => {
    home = await makeHome()
  })
  after(() => home.remove())

  it('exits 2 for a command that does not exist, and says so', async () => {
    for (const [args, name, help] of [
      [['nope'], 'nope', 'behalf --help'],
      [['bot', 'nope'], 'bot nope', 'behalf bot --help'],
    ] as const) {
      const {exitCode, stdout, stderr} = await home.run([...args])
      assert.equal(exitCode, 2)
      assert.equal(stdout, '')
      assert.equal(stderr, `✗ There is no command “${name}”.\n  → ${help}\n`)
    }
  })

  it('says so as JSON with --json', async () => {
    const {exitCode, stdout, stderr} = await home.run(['nope', '--json'])
    assert.equal(exitCode, 2)
    assert.deepEqual(JSON.parse(stdout), {
      error: {code: 'usage', message: 'There is no command “nope”.', hint: 'behalf --help'},
    })
    assert.equal(stderr, '')
  })

  it('takes no argument from stdin: `logout` would end the login of whom it found there', async () => {
    const {exitCode, stderr} = await home.runShell('echo nobody | behalf logout')
    assert.equal(exitCode, 5, stderr)
    assert.doesNotMatch(stderr, /nobody”/)
  })

  it('has the same exit codes with and without --json', async () => {
    for (const [args, expected] of [
      [['status'], 0],
      [['status', '--nope'], 2],
      [['provider', 'show', 'nope'], 5],
      [['bot', 'show', 'nope'], 5],
    ] as const) {
      assert.equal((await home.run([...args])).exitCode, expected, args.join(' '))
      assert.equal((await home.run([...args, '--json'])).exitCode, expected, args.join(' '))
    }
  })

  it('takes `provider patch` as `provider update`', async () => {
    const {exitCode, stderr} = await home.run(['provider', 'patch', 'nope', '--no-pkce'])
    assert.equal(exitCode, 5, stderr)
  })

  it('exits 1 when its output cannot be written, and says why', async () => {
    const {exitCode, stderr} = await home.runShell('behalf provider list --json > /dev/full')
    assert.equal(exitCode, 1)
    assert.match(stderr, /^✗ The output could not be written: ENOSPC/)
    assert.doesNotMatch(stderr, /\n {4}at /)
  })

  it('says that a backup was made once it has left, and not where nobody took it', async () => {
    const begin =
      'echo made-up-passphrase > passphrase; behalf points add vera 1 2> add.txt && (sleep 0.2; behalf store export --passphrase-file passphrase'
    const full = await home.runShell(`${begin} > /dev/full)`)
    assert.equal(full.exitCode, 1)
    assert.match(full.stderr, /^✗ The output could not be written: ENOSPC/)
    const closed = await home.runShell(`set -o pipefail; ${begin}; echo "exit $?" >&2) | true`)
    assert.equal(closed.stderr.trim(), 'exit 0')
  })

  it('ends well when whoever reads its output has gone, whatever it prints', async () => {
    for (const command of ['behalf --help', 'behalf --version', 'behalf provider presets']) {
      const cut = await home.runShell(`set -o pipefail; (sleep 0.2; ${command}; echo "exit $?" >&2) | true`)
      assert.match(cut.stderr, /^exit 0$/m, command)
      assert.doesNotMatch(cut.stderr, /EPIPE/)
    }
  })

  it('shows help and its version on stdout', async () => {
    for (const args of [['--help'], ['login', '--help'], ['--version']]) {
      const {exitCode, stdout, stderr} = await home.run(args)
      assert.equal(exitCode, 0)
      assert.equal(stderr, '')
      assert.match(stdout, /behalf/)
    }
  })

  it('names the variable that is wrong, exit 3', async () => {
    const {exitCode, stderr} = await home.run(['status'], {env: {BEHALF_CALLBACK_URL: 'ftp://x'}})
    assert.equal(exitCode, 3)
    assert.match(stderr, /BEHALF_CALLBACK_URL/)
  })
})
