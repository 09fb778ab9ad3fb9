import assert from 'node:assert/strict'
import {setTimeout as wait} from 'node:timers/promises'

import type {Sandbox} from '../../src/sandbox/start-sandbox.js'
import {findFreePort} from '../support/free-port.js'
import type {ProgramHome} from '../support/program-home.js'
import type {ProgramEnd, RunningProgram} from '../support/running-program.js'
import {stockHome} from '../support/stocked-home.js'
import {tokensOf} from '../support/tokens-of.js'
import {until} from '../support/until.js'
import {countRefreshes, delayRefreshes, startWatchedSandbox} from '../support/watched-sandbox.js'

const BOT = 'techydrroid'
/** How late the provider answers: much later than the interruption. */
const LATE_MS = 1200

const SIGNALS = [
  {signal: 'SIGINT', exitCode: 130},
  {signal: 'SIGTERM', exitCode: 143},
  {signal: 'SIGHUP', exitCode: 129},
] as const

describe('a command that is interrupted', function () {
  this.timeout(120_000)

  let sandbox: Sandbox
  let home: ProgramHome

  beforeEach(async () => {
    sandbox = await startWatchedSandbox()
    const callbackUrl = `http://localhost:${String(await findFreePort())}/callback`
    sandbox.confidentialClient.redirectUris.push(callbackUrl)
    home = await stockHome(sandbox, [{login: BOT, lifeMs: -1000}], {callbackUrl})
  })
  afterEach(async () => {
    await home.remove()
    await sandbox.stop()
  })

  describe('while its refresh is under way', () => {
    /** Interrupts a command when the provider has its refresh and has not answered. */
    async function interrupt(
      args: string[],
      how: (program: RunningProgram) => void | Promise<void>,
    ): Promise<ProgramEnd> {
      delayRefreshes(sandbox, LATE_MS)
      const program = home.start(args, {printsSecret: true})
      await until('the refresh reached the provider', () => countRefreshes(sandbox) === 1)
      await how(program)
      const end = await program.ended
      const sentAt = sandbox.state.calls.list().find((call) => call.grantType === 'refresh_token')?.at ?? Infinity
      assert.ok(Date.now() - sentAt >= LATE_MS, 'it waited for the answer')
      return end
    }

    /** The token in the store is one that the provider gave now, and nothing is left to be done. */
    async function assertSaved(): Promise<void> {
      const store = await home.openStore()
      try {
        const account = await store.accounts.get('twitch:2002')
        const saved = sandbox.state.accessTokens.get(tokensOf(account).accessToken.reveal())
        assert.ok((saved?.expiresAt ?? 0) > Date.now(), 'the new token is in the store')
        assert.equal(account?.doubt, undefined)
      } finally {
        await store.close()
      }
      assert.equal(countRefreshes(sandbox), 1)
    }

    for (const {signal, exitCode} of SIGNALS) {
      it(`saves the new token, then exits ${String(exitCode)} after ${signal}`, async () => {
        const end = await interrupt(['bot', 'token', BOT], ({child}) => void child.kill(signal))
        assert.deepEqual({exitCode: end.exitCode, stderr: end.stderr}, {exitCode, stderr: ''})
        await assertSaved()
      })
    }

    it('saves the new token though Ctrl-C is pressed again and again', async () => {
      const end = await interrupt(['refresh'], async ({child}) => {
        for (let times = 0; times < 5; times += 1) {
          child.kill('SIGINT')
          await wait(30)
        }
      })
      assert.equal(end.exitCode, 130)
      await assertSaved()
    })

    it('saves the new token and ends quietly when nobody reads its output any more', async () => {
      const end = await interrupt(['helix', 'get', 'users', '--as', BOT], ({child}) => {
        child.stdout?.destroy()
      })
      assert.deepEqual({exitCode: end.exitCode, stderr: end.stderr}, {exitCode: 0, stderr: ''})
      await assertSaved()
    })

    it('saves the new token when its terminal is gone, with all that it could write to', async () => {
      await interrupt(['refresh'], ({child}) => {
        child.stdout?.destroy()
        child.stderr?.destroy()
        child.kill('SIGHUP')
      })
      await assertSaved()
    })
  })

  it('gives up a login at once: exit 130, and the flow is gone', async () => {
    const program = home.start(['login', '--no-open'])
    const address = await program.address
    const before = performance.now()
    program.child.kill('SIGINT')
    const {exitCode} = await program.ended
    assert.equal(exitCode, 130)
    assert.ok(performance.now() - before < 5000, 'it did not wait for anybody')

    const store = await home.openStore()
    try {
      assert.deepEqual(await store.flows.list(), [])
    } finally {
      await store.close()
    }
    const {redirect_uri: callback} = Object.fromEntries(new URL(address).searchParams)
    await assert.rejects(fetch(callback ?? ''), 'nobody listens for the callback any more')
  })
})
