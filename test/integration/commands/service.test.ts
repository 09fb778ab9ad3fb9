import assert from 'node:assert/strict'
import {execFile} from 'node:child_process'
import {mkdir, readFile, stat, symlink, writeFile} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import {promisify} from 'node:util'

import fc from 'fast-check'

import type {ProgramAnswer} from '../../../src/cli/ask-program.js'
import {crontabLines} from '../../../src/cli/service/crontab-lines.js'
import {launchdPlist} from '../../../src/cli/service/launchd-plist.js'
import {systemdUnit} from '../../../src/cli/service/systemd-unit.js'
import type {ServicePlace} from '../../../src/compose.js'
import {makeCommandHome, type CommandHome} from '../../support/command-home.js'
import {parseJson, type CommandWorld} from '../../support/run-command.js'
import {findProgram, needing, skipWithout} from '../../support/skip-without.js'

const run = promisify(execFile)
const SYSTEMD = 'systemd-analyze'
const hasSystemd = findProgram(SYSTEMD) !== undefined
const PYTHON = 'python3'
const hasPython = findProgram(PYTHON) !== undefined

describe('behalf service', () => {
  let home: CommandHome
  let unitPath: string
  let asked: string[]

  beforeEach(async () => {
    home = await makeCommandHome({client: 'none'})
    unitPath = join(home.folder, 'config/systemd/user/behalf.service')
    asked = []
  })
  afterEach(() => home.remove())

  /** A systemd that does what it is asked, or says no from the word `refuses` on. */
  const systemd = (refuses?: string) => ({
    askProgram(words: readonly string[]): Promise<ProgramAnswer> {
      const line = words.join(' ')
      asked.push(line)
      const isRefused = refuses !== undefined && line.includes(refuses)
      return Promise.resolve({exitCode: isRefused ? 1 : 0, output: isRefused ? 'It said no.' : ''})
    },
  })
  const service = (argv: string[], world: CommandWorld = systemd()) => home.run(['service', ...argv], world)
  const readUnit = () => readFile(unitPath, 'utf8')

  describe('install', () => {
    it('writes the unit, prints it, enables and starts it', async () => {
      const {exitCode, stdout, stderr} = await service(['install'])
      assert.equal(exitCode, 0, stderr)
      assert.equal(await readUnit(), stdout)
      assert.match(stdout, /^ExecStart=\/\S+ \/\S+\/bin\/run\.js serve --store \/\S+\/store\.json$/m)
      assert.deepEqual(asked, [
        'systemctl --user daemon-reload',
        'systemctl --user enable behalf.service',
        'systemctl --user restart behalf.service',
      ])
      assert.match(stderr, /enable-linger/)
      // It may be the only thing that is written to, so it must be there.
      assert.equal((await stat(join(home.folder, 'config/behalf'))).mode & 0o777, 0o700)
    })

    it('says what to run where there is no systemd to be asked', async () => {
      const {exitCode, stderr} = await service(['install'], systemd('daemon-reload'))
      assert.equal(exitCode, 0)
      assert.match(stderr, /systemctl --user daemon-reload\n\s*systemctl --user enable --now behalf\.service/)
      assert.equal(asked.length, 1)
    })

    it('changes nothing when it is done again, and has the service run', async () => {
      await service(['install'])
      const before = await stat(unitPath)
      asked = []
      const {exitCode, stderr} = await service(['install'])
      assert.equal(exitCode, 0)
      assert.match(stderr, /Nothing changed/)
      assert.equal((await stat(unitPath)).mtimeMs, before.mtimeMs)
      assert.equal(asked.at(-1), 'systemctl --user start behalf.service')
    })

    it('replaces a unit that says something else only when told to', async () => {
      await service(['install'])
      await writeFile(unitPath, 'by hand')

      const refused = await service(['install'])
      assert.equal(refused.exitCode, 2)
      assert.match(refused.stderr, /--yes/)
      const declined = await service(['install'], {...systemd(), prompts: {confirm: () => Promise.resolve(false)}})
      assert.equal(declined.exitCode, 0)
      assert.equal(declined.stdout.trim(), 'by hand')
      assert.equal(await readUnit(), 'by hand')

      assert.equal((await service(['install', '--yes'])).exitCode, 0)
      assert.match(await readUnit(), /^ExecStart=/m)
      await writeFile(unitPath, 'by hand')
      const agreed = await service(['install'], {...systemd(), prompts: {confirm: () => Promise.resolve(true)}})
      assert.equal(agreed.exitCode, 0)
      assert.match(await readUnit(), /^ExecStart=/m)
    })

    it('repeats the flags of serve, and resolves paths', async () => {
      await service(['install', '--listen', '127.0.0.1:9000', '--socket', 'x.sock', '--metrics-per-account', '--yes'])
      const unit = await readUnit()
      assert.match(unit, / --listen 127\.0\.0\.1:9000 --socket \/\S+\/x\.sock --metrics-per-account$/m)
      assert.ok(unit.includes(`-${process.cwd()}`), 'the socket’s folder may be written to')
    })

    it('refuses settings that serve would refuse, and writes nothing', async () => {
      assert.equal((await service(['install', '--listen', 'nonsense'])).exitCode, 3)
      await assert.rejects(readUnit())
    })

    it('says so when systemd does not do it', async () => {
      const {exitCode, stderr} = await service(['install'], systemd('restart'))
      assert.equal(exitCode, 3)
      assert.match(stderr, /It said no\.[^]*journalctl --user -u behalf/)
    })

    it('puts no secret into the unit, and says what to do instead', async () => {
      await withVariables({TWITCH_CLIENT_SECRET: 'made-up-secret', TWITCH_CLIENT_ID: 'made-up-id'}, async () => {
        const {stdout, stderr} = await service(['install'])
        assert.ok(!stdout.includes('made-up-secret') && !(await readUnit()).includes('made-up-secret'))
        assert.match(stdout, /^Environment=TWITCH_CLIENT_ID=made-up-id$/m)
        assert.match(stderr, /TWITCH_CLIENT_SECRET[^]*client-secret-file/)
      })
      await withVariables({BEHALF_SECRET: 'made-up-secret'}, async () => {
        const {exitCode, stderr} = await service(['install', '--yes'])
        assert.equal(exitCode, 3)
        assert.match(stderr, /BEHALF_SECRET_FILE/)
      })
    })
  })

  describe('uninstall', () => {
    it('stops the service and takes the unit away', async () => {
      await service(['install'])
      asked = []
      const {exitCode, stdout} = await service(['uninstall', '--json'])
      assert.equal(exitCode, 0)
      assert.deepEqual(JSON.parse(stdout), {path: unitPath, removed: true, stopped: true, commands: []})
      await assert.rejects(readUnit())
      assert.equal(asked[1], 'systemctl --user disable --now behalf.service')
    })

    it('takes the unit away where there is no systemd to be asked, also where it was enabled', async () => {
      await service(['install'])
      const wanted = join(dirname(unitPath), 'default.target.wants')
      await mkdir(wanted)
      await symlink(unitPath, join(wanted, 'behalf.service'))
      const {exitCode, stderr} = await service(['uninstall'], systemd('daemon-reload'))
      assert.equal(exitCode, 0)
      assert.match(stderr, /systemctl --user stop behalf\.service/)
      await assert.rejects(readUnit())
      await assert.rejects(readFile(join(wanted, 'behalf.service')), {code: 'ENOENT'})
    })

    it('leaves the unit where it is when the service cannot be stopped', async () => {
      await service(['install'])
      assert.equal((await service(['uninstall'], systemd('disable'))).exitCode, 3)
      assert.match(await readUnit(), /ExecStart/)
    })

    it('is content when there is nothing to take away', async () => {
      const {exitCode, stderr} = await service(['uninstall'])
      assert.equal(exitCode, 0)
      assert.match(stderr, /There is no/)
      assert.deepEqual(asked, [])
    })
  })

  describe('show', () => {
    it('prints the unit, and changes nothing', async () => {
      const {stdout} = await service(['show'])
      await assert.rejects(readUnit())
      assert.equal((parseJson(await service(['show', '--json'])) as {installed: boolean}).installed, false)
      assert.equal((await service(['install'])).stdout, stdout)
      const shown = parseJson(await service(['show', '--json']))
      assert.deepEqual(shown, {kind: 'systemd', text: stdout, path: unitPath, installed: true, current: true})
      const other = parseJson(await service(['show', '--json', '--log-level', 'debug'])) as {current: boolean}
      assert.equal(other.current, false)
    })

    it('prints lines for a crontab', async () => {
      const {stdout} = await service(['show', '--cron', '--listen', '9000'])
      assert.match(stdout, /^@reboot .*run\.js serve --store \S+ --listen 9000 2>&1 \| logger -t behalf$/m)
      assert.match(stdout, /^\*\/10 \* \* \* \* .*run\.js refresh --store \S+$/m)
    })

    it('does not print two kinds at once', async () => {
      assert.equal((await service(['show', '--cron', '--launchd'])).exitCode, 2)
    })
  })

  describe(needing(SYSTEMD, hasSystemd, 'the unit'), () => {
    before(function () {
      skipWithout(SYSTEMD, hasSystemd, this)
    })

    it('passes systemd-analyze verify, whatever is in its settings', async function () {
      this.timeout(60_000)
      const cmd = `sh -c 'echo "100%" \\ $HOME'`
      await withVariables({BEHALF_SECRET_FILE: join(home.folder, 'a key "100%" \\ it’s'), XDG_STATE_HOME: '/a b'}, () =>
        service(['install', '--on-login-needed', cmd, '--public-url', 'https://behalf.example']),
      )
      const env = {...process.env, XDG_RUNTIME_DIR: home.folder, HOME: home.folder}
      const verify = (path: string) => run(SYSTEMD, ['verify', '--user', '--man=no', path], {env})
      const {stdout, stderr} = await verify(unitPath)
      assert.equal(stdout + stderr, '')

      const broken = join(home.folder, 'broken.service')
      await writeFile(broken, (await readUnit()).replace('ProtectSystem=strict', 'ProtectSystem=perhaps'))
      assert.match((await verify(broken)).stderr, /perhaps/)
    })
  })
})

describe('what has the daemon run', () => {
  const place = (environment: Record<string, string>, writableFolders = ['/data']): ServicePlace => ({
    store: '/data/store.json',
    homeFolder: '/home/made-up',
    writableFolders,
    environment,
    withheld: [],
  })
  const line = (...serve: string[]) => ({
    program: ['/usr/bin/node', '/opt/behalf/bin/run.js'] as [string, string],
    serve: ['serve', ...serve],
    refresh: ['refresh'],
  })
  const anyText = fc
    .string({
      unit: fc.oneof(fc.constantFrom(...Array.from(' \'"\\%$`&<>;#é')), fc.string({minLength: 1, maxLength: 1})),
    })
    .filter((text) => text !== '' && !/\p{Cc}/u.test(text))

  it('says every word to systemd as it is', () => {
    fc.assert(
      fc.property(anyText, anyText, (word, value) => {
        const unit = systemdUnit(line('--on-login-needed', word), place({BEHALF_CALLBACK_URL: value}, [`/${word}`]))
        const valueOf = (name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(unit)?.[1] ?? ''
        const words = readSystemdWords(valueOf('ExecStart'))
        assert.deepEqual([words[0], words.at(-1)?.replaceAll('$$', '$')], ['/usr/bin/node', word])
        assert.deepEqual(readSystemdWords(valueOf('Environment')), [`BEHALF_CALLBACK_URL=${value}`])
        assert.deepEqual(readSystemdWords(valueOf('ReadWritePaths')), [`-/${word}`])
        // A lone $ would be a variable.
        assert.ok(!(words.at(-1) ?? '').replaceAll('$$', '').includes('$'))
      }),
    )
  })

  it('says every word to cron’s shell as it is', async () => {
    for (const [word = ''] of fc.sample(fc.tuple(anyText), 20)) {
      const lines = crontabLines(line('--on-login-needed', word), place({BEHALF_CALLBACK_URL: word}))
      const [, command = ''] = /^@reboot (.*) 2>&1 \| logger -t behalf$/m.exec(lines) ?? []
      assert.ok(!/(?:^|[^\\])%/.test(command), command)
      const script = command
        .replaceAll('\\%', '%')
        .replace('/usr/bin/node', `sh -c 'printf "%s\\n" "$@" "$BEHALF_CALLBACK_URL"'`)
      const {stdout} = await run('sh', ['-c', script])
      assert.deepEqual(stdout.split('\n').slice(-3, -1), [word, word])
    }
  })

  it('refuses what would end its line', () => {
    for (const render of [systemdUnit, crontabLines, launchdPlist]) {
      assert.throws(() => render(line('--listen', 'a\nExecStartPre=evil'), place({})), {code: 'invalid-input'})
      assert.throws(() => render(line(), place({BEHALF_LISTEN: 'a\u0000'})), {code: 'invalid-input'})
    }
  })

  describe(needing(PYTHON, hasPython, 'the launch agent'), () => {
    before(function () {
      skipWithout(PYTHON, hasPython, this)
    })

    it('is a property list that says every word as it is', async () => {
      const words = fc.sample(anyText, 50)
      const plist = launchdPlist(line(...words), place({BEHALF_CALLBACK_URL: '<&>'}))
      const script = 'import json,plistlib,sys;print(json.dumps(plistlib.loads(sys.argv[1].encode())))'
      const {stdout} = await run(PYTHON, ['-c', script, plist])
      assert.deepEqual(JSON.parse(stdout), {
        Label: 'behalf',
        ProgramArguments: ['/usr/bin/node', '/opt/behalf/bin/run.js', 'serve', ...words],
        EnvironmentVariables: {BEHALF_CALLBACK_URL: '<&>'},
        RunAtLoad: true,
        KeepAlive: {SuccessfulExit: false},
        ExitTimeOut: 40,
        ProcessType: 'Background',
        Umask: 0o077,
        StandardErrorPath: '/home/made-up/Library/Logs/behalf.log',
      })
    })
  })
})

/** As systemd.syntax(7) has it: words, double quotes around one, a backslash before a character, `%%`. */
function readSystemdWords(text: string): string[] {
  const words = text.match(/"(?:[^"\\]|\\.)*"|[^\s"]+/gu) ?? []
  assert.equal(words.join(' '), text)
  return words.map((word) => {
    const bare = word.startsWith('"') ? word.slice(1, -1).replaceAll(/\\(.)/gu, '$1') : word
    assert.ok(!/(?:^|[^%])%(?:%%)*(?!%)/.test(bare), `a specifier in ${bare}`)
    return bare.replaceAll('%%', '%')
  })
}

async function withVariables(variables: Record<string, string>, work: () => Promise<unknown>): Promise<void> {
  Object.assign(process.env, variables)
  try {
    await work()
  } finally {
    for (const name of Object.keys(variables)) Reflect.deleteProperty(process.env, name)
  }
}
