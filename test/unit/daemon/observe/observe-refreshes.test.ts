import assert from 'node:assert/strict'

import {refreshAccount} from '../../../../src/broker/refresh-account.js'
import {createLog} from '../../../../src/daemon/observe/create-log.js'
import {observeRefreshes} from '../../../../src/daemon/observe/observe-refreshes.js'
import {createRefreshHistory} from '../../../../src/daemon/observe/refresh-history.js'
import {timeLockWaits} from '../../../../src/daemon/observe/time-lock-waits.js'
import {HOUR_MS} from '../../../../src/model/time.js'
import {CapturedStream} from '../../../support/captured-stream.js'
import {SILENT_CHAT_METRICS} from '../../../support/irc-parts.js'
import {KEY, makeRefreshScene, ON_DEMAND, type RefreshScene} from '../../../support/refresh-scene.js'
import {grantTokens} from '../../../support/scripted-refresh.js'

describe('who watches refreshes', () => {
  let scene: RefreshScene
  beforeEach(async () => (scene = await makeRefreshScene()))
  afterEach(() => scene.dispose())

  /** What is counted and logged of what `work` refreshes. */
  async function observe(work: (deps: RefreshScene['deps']) => Promise<unknown>) {
    const counted: unknown[] = []
    const waits: number[] = []
    const stream = new CapturedStream()
    const log = createLog({level: 'debug', stream, now: () => scene.clock.now()})
    const metrics = {
      countRefresh: (refresh: unknown) => void counted.push(refresh),
      observeLockWait: (seconds: number) => void waits.push(seconds),
      chat: SILENT_CHAT_METRICS,
      observePassthrough: () => undefined,
      expose: () => Promise.reject(new Error('not to be called')),
    }
    const refreshHistory = createRefreshHistory(scene)
    const accounts = timeLockWaits(scene.store.accounts, metrics)
    await work({...scene.deps, store: {...scene.store, accounts}, ...observeRefreshes({log, metrics, refreshHistory})})
    await log.close()
    const lines = stream.text.trimEnd().split('\n')
    return {counted, waits, text: stream.text, lines: lines.map((line) => JSON.parse(line) as Record<string, unknown>)}
  }

  it('learns of one that went well', async () => {
    scene.clock.advance(4 * HOUR_MS)
    scene.script.next(grantTokens(scene.clock, 1))
    const {counted, waits, lines, text} = await observe((deps) => refreshAccount(deps, ON_DEMAND))
    assert.deepEqual(counted, [{provider: 'example', outcome: 'refreshed'}])
    assert.equal(waits.length, 1)
    assert.ok(waits.every((seconds) => seconds >= 0 && seconds < 5))
    const [line] = lines
    assert.deepEqual(
      [line?.level, line?.event, line?.account, line?.cause, line?.outcome],
      ['info', 'refresh', KEY, ON_DEMAND.cause, 'refreshed'],
    )
    assert.ok(!text.includes('made-up-access') && !text.includes('made-up-refresh'))
  })

  it('learns of one that failed, and why', async () => {
    scene.clock.advance(4 * HOUR_MS)
    scene.script.next({kind: 'not-sent', reason: 'the name was not found'})
    const {counted, lines} = await observe((deps) => refreshAccount(deps, ON_DEMAND))
    assert.deepEqual(counted, [{provider: 'example', outcome: 'unavailable'}])
    assert.equal(lines[0]?.level, 'warn')
    assert.match(String(lines[0].reason), /the name was not found/)
  })

  it('counts nothing of an account that is gone, and measures a wait in vain', async () => {
    const held = await scene.store.accounts.lock('twitch:none', {waitMs: 1000})
    const {counted, waits} = await observe(async (deps) => {
      await assert.rejects(deps.store.accounts.lock('twitch:none', {waitMs: 30}), {code: 'lock-timeout'})
      await held.release()
      return refreshAccount(deps, {...ON_DEMAND, key: 'twitch:none'})
    })
    assert.deepEqual(counted, [])
    assert.equal(waits.length, 2)
    assert.ok(Number(waits[0]) >= 0.02)
  })
})
