import assert from 'node:assert/strict'
import {execFileSync, spawn} from 'node:child_process'
import {once} from 'node:events'
import {existsSync} from 'node:fs'
import {chmod, readFile, rm, truncate, writeFile} from 'node:fs/promises'
import {join} from 'node:path'

import type {HealthCheck} from '../../../src/model/health-check.js'
import {acquireFileLock} from '../../../src/store/file-lock.js'
import {makeCommandHome, type CommandHome} from '../../support/command-home.js'
import {loopbackAddresses, occupyPort} from '../../support/free-port.js'
import {parseJson, type CommandWorld} from '../../support/run-command.js'

interface Diagnosis {
  ok: boolean
  checks: Pick<HealthCheck, 'name' | 'status' | 'message' | 'hint'>[]
}

describe('doctor', () => {
  let home: CommandHome

  describe('before anything is set up', () => {
    beforeEach(async () => (home = await makeCommandHome({client: 'none'})))
    afterEach(() => home.remove())

    it('says what to do first, and makes neither the store nor its key', async () => {
      const {exitCode, stdout} = await home.run(['doctor'])
      assert.equal(exitCode, 0, stdout)
      assert.match(stdout, /^! No service is set up yet\.\n {2}→ behalf provider add twitch$/m)
      assert.match(stdout, /^✓ .*store\.json is not there yet/m)
      assert.match(stdout, /^✓ A login can wait at http:\/\/localhost:\d+\/callback\.$/m)
      assert.ok(!existsSync(join(home.folder, 'store.json')) && !existsSync(join(home.folder, 'config')))
    })
  })

  describe('of a home that is in use', () => {
    beforeEach(async () => {
      home = await makeCommandHome()
      assert.equal((await home.logIn(['login'], 'streamer_sam')).exitCode, 0)
      assert.equal((await home.logIn(['bot', 'add'], 'techydrroid')).exitCode, 0)
    })
    afterEach(() => home.remove())

    const storePath = () => join(home.folder, 'store.json')
    const keyPath = () => join(home.folder, 'config/behalf/secret.key')
    const secret = () => home.sandbox.confidentialClient.secret ?? ''
    const diagnose = async (...argv: string[]) => {
      const end = await home.run(['doctor', '--json', ...argv])
      return {exitCode: end.exitCode, ...(parseJson(end) as Diagnosis)}
    }
    const shell = (hint: string) => execFileSync('sh', ['-c', hint])
    const behalf = async (hint: string, world: CommandWorld = {}) => {
      const [program, ...argv] = hint.split(' ')
      assert.equal(program, 'behalf')
      const end = await home.run(argv, world)
      assert.equal(end.exitCode, 0, end.stderr)
    }

    /** The one check that is not in order: its hint. */
    async function requireFault(
      name: HealthCheck['name'],
      status: HealthCheck['status'],
      exitCode: number,
      message: RegExp,
    ): Promise<string> {
      const found = await diagnose()
      const faults = found.checks.filter((check) => check.status !== 'ok')
      assert.equal(faults.length, 1, JSON.stringify(faults))
      const [fault] = faults
      assert.deepEqual([fault?.name, fault?.status, found.exitCode], [name, status, exitCode])
      assert.equal(found.ok, status !== 'problem')
      assert.match(fault?.message ?? '', message)
      return fault?.hint ?? ''
    }
    const requireHealth = async () => {
      const {ok, checks, exitCode} = await diagnose()
      assert.deepEqual([checks.filter(({status}) => status !== 'ok'), ok, exitCode], [[], true, 0])
    }

    it('finds nothing where nothing is wrong, with a line for each check', async () => {
      await requireHealth()
      const {stdout, exitCode} = await home.run(['doctor'])
      assert.equal(exitCode, 0)
      assert.match(stdout, /^(✓ .*\n)+$/)
      for (const topic of [/store\.json is in order: 2 accounts/, /twitch answers, and takes the client/, /Node \d+/]) {
        assert.match(stdout, topic)
      }
    })

    it('changes nothing', async () => {
      const before = await readFile(storePath())
      await diagnose()
      assert.deepEqual(await readFile(storePath()), before)
    })

    it('names who holds a lock, which is nothing wrong', async () => {
      const request = {mode: 'exclusive', deadlineMs: performance.now() + 1000} as const
      const gate = await acquireFileLock(`${storePath()}.gate`, request)
      try {
        const {checks} = await diagnose()
        const locks = checks.find(({name}) => name === 'locks')
        assert.equal(locks?.status, 'ok')
        assert.match(locks.message, /kept for one process alone by /)
      } finally {
        await gate?.release()
      }
    })

    it('asks no provider with --offline', async () => {
      home.sandbox.state.calls.clear()
      const {checks} = await diagnose('--offline')
      assert.match(checks.find(({name}) => name === 'provider')?.message ?? '', /not asked/)
      assert.deepEqual(home.sandbox.state.calls.list(), [])
    })

    it('finds a variable that is a slip, and names the nearest', async () => {
      process.env.BEHALF_STROE = 'made-up'
      try {
        const hint = await requireFault('settings', 'warning', 0, /BEHALF_STROE.*Did you mean BEHALF_STORE\?/)
        assert.equal(hint, 'unset BEHALF_STROE')
      } finally {
        delete process.env.BEHALF_STROE
      }
      await requireHealth()
    })

    it('finds a setting that is wrong, and goes on with what does not need it', async () => {
      const before = process.env.BEHALF_CALLBACK_URL
      process.env.BEHALF_CALLBACK_URL = 'nonsense'
      try {
        const {checks, exitCode} = await diagnose()
        assert.equal(exitCode, 3)
        assert.match(checks.find(({status}) => status === 'problem')?.message ?? '', /BEHALF_CALLBACK_URL/)
        assert.ok(checks.some(({name}) => name === 'node') && checks.some(({name}) => name === 'terminal'))
      } finally {
        process.env.BEHALF_CALLBACK_URL = before
      }
    })

    it('finds a .behalf.json that cannot be read: 3', async () => {
      const before = process.cwd()
      await writeFile(join(home.folder, '.behalf.json'), '{"as":')
      process.chdir(home.folder)
      try {
        await requireFault('settings', 'problem', 3, /\.behalf\.json/)
      } finally {
        process.chdir(before)
      }
    })

    it('finds a damaged store: 7; the hint restores it', async () => {
      await truncate(storePath(), 300)
      shell(await requireFault('store', 'problem', 7, /damaged/))
      // Going back to a copy is noticed itself, and is mended by the next hint.
      const {checks} = await diagnose()
      const copy = checks.find(({message}) => message.includes('restored from a copy'))
      assert.equal(copy?.status, 'warning')
      await behalf(copy.hint ?? '')
      await requireHealth()
    })

    it('finds a store that was deleted, while its backup is there: 7; the hint restores it', async () => {
      await rm(storePath())
      shell(await requireFault('store', 'problem', 7, /is gone/))
      assert.equal((await diagnose()).exitCode, 0)
    })

    it('finds the wrong sealing secret: 3', async () => {
      const key = await readFile(keyPath())
      await writeFile(keyPath(), 'another made-up passphrase\n')
      await requireFault('store', 'problem', 3, /sealed with another secret/)
      await rm(keyPath())
      await requireFault('store', 'problem', 3, /is gone/)
      await writeFile(keyPath(), key, {mode: 0o600})
      await requireHealth()
    })

    for (const [what, path, hint] of [
      ['the store', storePath, /^chmod 600 -- /],
      ['the key', keyPath, /^chmod 600 -- /],
    ] as const) {
      it(`finds ${what} open to other users; the hint closes it`, async () => {
        await chmod(path(), 0o644)
        const found = await requireFault('store', 'warning', 0, /Other users/)
        assert.match(found, hint)
        shell(found)
        await requireHealth()
      })
    }

    it('finds a secret that the provider refuses: 3; the hint takes a new one', async () => {
      const argv = ['provider', 'update', 'twitch', '--client-secret-file', '-']
      await home.run(argv, {stdin: 'made-up-wrong-secret'})
      const hint = await requireFault('provider', 'problem', 3, /twitch refuses this client: invalid client secret/)
      await behalf(hint, {stdin: secret()})
      await requireHealth()
    })

    it('finds a public application that was given a secret: 3; the hint takes it away', async () => {
      const {id} = home.sandbox.publicClient
      await home.run(['provider', 'update', 'twitch', '--client-id', id, '--client-secret-file', '-'], {
        stdin: 'made-up',
      })
      const fault = async () =>
        (await diagnose()).checks.find(({name, status}) => name === 'provider' && status === 'problem')
      await behalf((await fault())?.hint ?? '')
      assert.equal(await fault(), undefined)
    })

    it('finds a client id that the provider does not know: 3', async () => {
      await home.run(['provider', 'update', 'twitch', '--client-id', 'nobody', '--client-secret-file', '-'], {
        stdin: secret(),
      })
      const {checks, exitCode} = await diagnose()
      const fault = checks.find(({name, status}) => name === 'provider' && status === 'problem')
      assert.equal(exitCode, 3)
      assert.match(fault?.hint ?? '', /^behalf provider update twitch --client-id …$/)
      // The accounts belong to the other client id.
      assert.equal(checks.filter(({name, status}) => name === 'account' && status === 'problem').length, 2)
    })

    it('finds a provider that cannot be reached: 6', async () => {
      await home.sandbox.stop()
      await requireFault('provider', 'problem', 6, /twitch could not be reached/)
      assert.equal((await diagnose('--offline')).exitCode, 0)
    })

    it('finds an account that needs a login: 4; the hint logs it in', async () => {
      await fetch(`${home.sandbox.url}/_sandbox/disconnect`, {
        method: 'POST',
        body: JSON.stringify({login: 'techydrroid'}),
      })
      await home.run(['refresh', '--force', 'techydrroid'])
      const hint = await requireFault('account', 'problem', 4, /twitch\/techydrroid needs a login/)
      assert.equal(hint, 'behalf bot add --expect techydrroid')
      assert.equal((await home.logIn(hint.split(' ').slice(1), 'techydrroid')).exitCode, 0)
      await requireHealth()
    })

    for (const host of loopbackAddresses) {
      it(`finds that the callback port is taken on ${host}: 3`, async () => {
        const neighbour = await occupyPort(Number(new URL(home.redirectUri).port), host)
        try {
          await requireFault('callback-port', 'problem', 3, /another program is listening there/)
        } finally {
          await neighbour.free()
        }
        await requireHealth()
      })
    }

    it('names who has taken the callback port, and leaves it to the reader to end that', async function () {
      if (process.platform !== 'linux') this.skip()
      const {port} = new URL(home.redirectUri)
      const script = `require('node:net').createServer().listen(${port}, '127.0.0.1', () => console.log('listening'))`
      const neighbour = spawn(process.execPath, ['-e', script], {stdio: ['ignore', 'pipe', 'ignore']})
      try {
        await once(neighbour.stdout, 'data')
        const who = new RegExp(`It is node, process ${String(neighbour.pid)}\\.`)
        const hint = await requireFault('callback-port', 'problem', 3, who)
        assert.match(hint, /^Stop that program; .*BEHALF_CALLBACK_URL to a URL with another port/)
        assert.doesNotMatch(hint, /kill/)
      } finally {
        neighbour.kill('SIGKILL')
      }
    })

    it('finds a clock that went back behind the last write, or does not agree with the provider’s', async () => {
      const text = await readFile(storePath(), 'utf8')
      await writeFile(storePath(), text.replace(/"writtenAt": \d+/, `"writtenAt": ${String(Date.now() + 3_600_000)}`))
      await requireFault('clock', 'problem', 3, /60 min behind the store’s last write/)
    })

    it('ends with the code of the first problem', async () => {
      await truncate(storePath(), 300)
      const neighbour = await occupyPort(Number(new URL(home.redirectUri).port), '127.0.0.1')
      try {
        assert.equal((await diagnose()).exitCode, 7)
      } finally {
        await neighbour.free()
      }
    })
  })
})
