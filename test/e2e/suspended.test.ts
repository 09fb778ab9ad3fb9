import assert from 'node:assert/strict'
import {setTimeout as wait} from 'node:timers/promises'

import type {Sandbox} from '../../src/sandbox/start-sandbox.js'
import type {ProgramHome} from '../support/program-home.js'
import type {RunningProgram} from '../support/running-program.js'
import {stockHome} from '../support/stocked-home.js'
import {until} from '../support/until.js'
import {countRefreshes, delayRefreshes, startWatchedSandbox} from '../support/watched-sandbox.js'

const BOT = 'techydrroid'
const KEY = 'twitch:2002'
const IS_LONG = process.env.BEHALF_TEST_LONG === '1'

describe('a process that is suspended while it holds an account’s lock', function () {
  this.timeout(180_000)

  let sandbox: Sandbox
  let home: ProgramHome
  let holder: RunningProgram

  /** Suspends a process when the provider has its refresh; the answer comes while it is suspended. */
  async function suspendHolder(args: string[]): Promise<void> {
    delayRefreshes(sandbox, 1000)
    holder = home.start(args)
    await until('the refresh reached the provider', () => countRefreshes(sandbox) === 1)
    holder.child.kill('SIGSTOP')
  }

  async function resume(): Promise<number | null> {
    holder.child.kill('SIGCONT')
    return (await holder.ended).exitCode
  }

  async function useHome(lifeMs: number): Promise<void> {
    sandbox = await startWatchedSandbox()
    home = await stockHome(sandbox, [{login: BOT, lifeMs}])
  }

  afterEach(async () => {
    await home.remove()
    await sandbox.stop()
  })

  describe('when the token still lives', () => {
    beforeEach(async () => {
      await useHome(2 * 3600_000)
      await suspendHolder(['refresh', BOT, '--force'])
    })

    it('keeps nobody from using it', async () => {
      const end = await home.run(['helix', 'get', 'users', '--as', BOT])
      assert.deepEqual({exitCode: end.exitCode, stderr: end.stderr}, {exitCode: 0, stderr: ''})
      assert.equal(await resume(), 0)
      assert.equal(countRefreshes(sandbox), 1)
    })

    if (IS_LONG) {
      it('lets who wants a longer life wait 45 s, and then use it all the same', async () => {
        const end = await home.run(['bot', 'token', BOT, '--min-ttl', '3h'], {printsSecret: true})
        assert.equal(end.exitCode, 0)
        assert.match(end.stderr, new RegExp(`process ${String(holder.pid)} `))
        assert.equal(await resume(), 0)
        assert.equal(countRefreshes(sandbox), 1)
      })
    }
  })

  describe('when the token is over', () => {
    beforeEach(async () => {
      await useHome(-1000)
      await suspendHolder(['refresh'])
    })

    it('lets others wait, and use what it brings once it goes on', async () => {
      const waiting = home.start(['helix', 'get', 'users', '--as', BOT])
      await wait(2500)
      assert.ok(waiting.isRunning(), 'it waits for the lock')
      assert.equal(await resume(), 0)
      const end = await waiting.ended
      assert.deepEqual({exitCode: end.exitCode, stderr: end.stderr}, {exitCode: 0, stderr: ''})
      assert.equal(countRefreshes(sandbox), 1)
    })

    it('is named to who has waited long enough (the lock itself, with a wait of 0.3 s)', async () => {
      const store = await home.openStore()
      try {
        await assert.rejects(store.accounts.lock(KEY, {waitMs: 300}), {
          code: 'lock-timeout',
          message: new RegExp(`process ${String(holder.pid)} `),
          hint: `ps -p ${String(holder.pid)}`,
        })
      } finally {
        await store.close()
      }
      assert.equal(await resume(), 0)
      assert.equal(countRefreshes(sandbox), 1)
    })

    if (IS_LONG) {
      it('is named to who has waited for 45 s, exit 6, and finds its answer when it goes on', async () => {
        const end = await home.run(['helix', 'get', 'users', '--as', BOT])
        assert.equal(end.exitCode, 6)
        assert.match(end.stderr, new RegExp(`process ${String(holder.pid)} `))
        assert.equal(await resume(), 0)
        assert.equal((await home.run(['helix', 'get', 'users', '--as', BOT])).exitCode, 0)
        assert.equal(countRefreshes(sandbox), 1)
      })
    }
  })
})
