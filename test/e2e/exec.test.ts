import assert from 'node:assert/strict'
import {chmod, writeFile} from 'node:fs/promises'
import {join} from 'node:path'

import type {Sandbox} from '../../src/sandbox/start-sandbox.js'
import type {ProgramHome} from '../support/program-home.js'
import {needing, skipWithout} from '../support/skip-without.js'
import {stockHome} from '../support/stocked-home.js'
import {CTRL_C, hasTerminals, runAtTerminal} from '../support/terminal.js'
import {until} from '../support/until.js'
import {countRefreshes, startWatchedSandbox} from '../support/watched-sandbox.js'

const BOT = 'techydrroid'

describe('exec', function () {
  this.timeout(60_000)
  let sandbox: Sandbox
  let home: ProgramHome

  before(async () => {
    sandbox = await startWatchedSandbox()
    home = await stockHome(sandbox, [{login: BOT}, {login: 'otherbot', lifeMs: 600_000}])
  })
  after(async () => {
    await home.remove()
    await sandbox.stop()
  })

  const exec = (...words: string[]) => home.run(['exec', '--as', BOT, '--', ...words])

  it('runs a program that can call Twitch as the account', async () => {
    const line =
      'curl -sf -H @- "$URL/helix/users" <<END\nAuthorization: Bearer $TWITCH_ACCESS_TOKEN\nClient-Id: $TWITCH_CLIENT_ID\nEND'
    const end = await home.run(['exec', '--as', BOT, '--', 'sh', '-c', line], {env: {URL: sandbox.url}})
    const {data} = JSON.parse(end.stdout) as {data: {login: string; id: string}[]}
    assert.deepEqual([end.exitCode, end.stderr, data[0]?.login], [0, '', BOT])
  })

  it('renews the token first when it would end too soon', async () => {
    const before = countRefreshes(sandbox)
    const script = 'test "$BEHALF_LOGIN" = otherbot && echo "$BEHALF_EXPIRES_AT"'
    const end = await home.run(['exec', '--as', 'otherbot', '--min-ttl', '30m', '--', 'sh', '-c', script])
    assert.equal(end.exitCode, 0, end.stderr)
    assert.ok(Date.parse(end.stdout.trim()) > Date.now() + 1_800_000, end.stdout)
    assert.equal(countRefreshes(sandbox), before + 1)
  })

  it('gives the words to the program as they are: no shell sees them', async () => {
    const {stdout} = await exec('printf', '[%s]', '$HOME', '*', 'a  b', '; echo no', '', '--as', '--')
    assert.equal(stdout, '[$HOME][*][a  b][; echo no][][--as][--]')
  })

  it('hands over stdin and stderr', async () => {
    const stdin = 'made up\n'
    const end = await home.run(['exec', '--as', BOT, '--', 'sh', '-c', 'cat; echo odd >&2'], {stdin})
    assert.deepEqual([end.stdout, end.stderr], [stdin, 'odd\n'])
  })

  it('withholds what opens the store', async () => {
    const env = {BEHALF_TOKEN: 'made-up', TWITCH_CLIENT_SECRET: 'made-up', BEHALF_AS: BOT}
    const {stdout, stderr} = await home.run(['exec', '--', 'sh', '-c', 'env | cut -d= -f1 | sort'], {env})
    const names = stdout.split('\n').filter((name) => /^(BEHALF|TWITCH)_/.test(name))
    assert.deepEqual(
      names,
      ['BEHALF_AS', 'BEHALF_EXPIRES_AT', 'BEHALF_LOGIN', 'BEHALF_PROVIDER', 'BEHALF_USER_ID'].concat([
        'TWITCH_ACCESS_TOKEN',
        'TWITCH_CLIENT_ID',
      ]),
      stderr,
    )
  })

  it('holds no lock while the program runs', async () => {
    const {exitCode, stderr} = await exec('behalf', 'refresh', '--force', 'otherbot')
    assert.equal(exitCode, 0, stderr)
    assert.equal((await exec('behalf', 'logout', 'otherbot')).exitCode, 0)
  })

  it('exits as a shell would', async () => {
    const script = join(home.path, 'plain-file')
    await writeFile(script, 'echo never')
    await chmod(script, 0o644)
    for (const [words, expected] of [
      [['true'], 0],
      [['sh', '-c', 'exit 7'], 7],
      [['sh', '-c', 'kill -KILL $$'], 137],
      [['sh', '-c', 'kill -TERM $$'], 143],
      [['no-such-program'], 127],
      [['./no/such/program'], 127],
      [[script], 126],
      [[home.path], 126],
    ] as const) {
      assert.equal((await exec(...words)).exitCode, expected, words.join(' '))
    }
  })

  it('says why a program cannot be run', async () => {
    assert.match((await exec('no-such-program')).stderr, /^✗ There is no program “no-such-program”\.\n {2}→ /)
    assert.match((await exec(home.path)).stderr, /^✗ \S+ cannot be run: it is not executable\.\n/)
  })

  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    it(`passes ${signal} on, and ends when the program has ended`, async () => {
      const name = signal.slice(3)
      const script = `trap 'sleep 0.3; echo tidied up; exit 9' ${name}; echo ready; while :; do sleep 0.05; done`
      const program = home.start(['exec', '--as', BOT, '--', 'sh', '-c', script])
      await until('the program is ready', () => program.soFar.stdout.includes('ready'))
      program.child.kill(signal)
      const end = await program.ended
      assert.deepEqual([end.exitCode, end.stdout, end.stderr], [9, 'ready\ntidied up\n', ''])
    })
  }

  for (const [name, key, signal] of [
    ['Ctrl-C', CTRL_C, 'SIGINT'],
    ['Ctrl-\\', '\u001c', 'SIGQUIT'],
  ] as const) {
    it(needing('script', hasTerminals, `lets ${name} reach the program once, and waits for it`), async function () {
      skipWithout('script', hasTerminals, this)
      // Node, for a shell would tell nothing of a second signal that comes at once.
      const program = `let n = 0; process.on('${signal}', () => n++ || setTimeout(() => { console.log('times: ' + n); process.exit(9) }, 500)); setInterval(() => {}, 1000); console.log('ready')`
      const line = `exec behalf exec --as ${BOT} -- ${process.execPath} -e "$PROGRAM"`
      const {exitCode, stdout} = await runAtTerminal(home, line, [[/ready/, key]], {PROGRAM: program})
      assert.match(stdout, /times: 1\r\n/)
      assert.equal(exitCode, 9)
    })
  }

  it('is stopped like any command before the program runs', async () => {
    const end = await home.run(['exec', '--as', 'nobody', '--', 'echo', 'never'])
    assert.deepEqual([end.exitCode, end.stdout], [5, ''])
  })
})
