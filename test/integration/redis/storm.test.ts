import assert from 'node:assert/strict'
import {setTimeout as wait} from 'node:timers/promises'

import {makeHome, type ProgramHome} from '../../support/program-home.js'
import {startRedisDaemons, type ProxiedDaemon, type RedisDaemons} from '../../support/redis-daemons.js'
import {REDIS_SERVER} from '../../support/redis-server.js'
import {needing, skipWithout} from '../../support/skip-without.js'
import {startStormProvider, type Replay, type StormProvider} from '../../support/storm-provider.js'
import {until} from '../../support/until.js'

/** 10,000 in `npm run test:long`. */
const EXPIRIES = process.env.BEHALF_TEST_LONG === '1' ? 10_000 : 500
const ACCOUNTS = 200
const DAEMONS = 4
const LIFE_MS = 5000
/** Longer than a late answer takes, so that who takes over has a reason. */
const LEASE_MS = 3000
const LATE_MS = 1500
/** So long a daemon is stopped: its leases are over when it goes on. */
const STOPPED_MS = LEASE_MS + 1000
/** Rule 5: within half of it a token is sent again. */
const GRACE_MS = 10 * 60_000
/** From when a daemon writes a request to when it is read here, on a machine with much else to do. */
const SLACK_MS = 1000
/** Until a daemon that was cut off has its connection again. */
const RECOVERY_MS = 3000
/** The schedule's pause after a third failure in a row, and some time to spare. */
const BACKOFF_MS = 150_000
const PATIENCE_MS = EXPIRIES * 500 + 60_000

describe(needing('redis-server', REDIS_SERVER !== undefined, 'four daemons and commands on one Redis'), function () {
  this.timeout(PATIENCE_MS + BACKOFF_MS + 60_000)

  let scene: RedisDaemons
  let storm: StormProvider
  let home: ProgramHome
  /** What was done to daemons, and when. A kill is noticed at once on the same machine, and another takes over. */
  const troubles: {kind: 'kill' | 'stop' | 'cut'; daemon: number; at: number; forMs: number}[] = []

  before(async function () {
    skipWithout('redis-server', REDIS_SERVER !== undefined, this)
    scene = await startRedisDaemons()
    home = await makeHome()
    storm = await startStormProvider({
      lifeMs: LIFE_MS,
      graceMs: GRACE_MS,
      lostRequests: 0.02,
      lostAnswers: 0.02,
      late: 0.05,
      lateMs: LATE_MS,
    })
    await storm.stock(scene.store, ACCOUNTS)
  })
  after(async () => {
    if (REDIS_SERVER === undefined) return
    await home.remove()
    await scene.dispose()
    await storm.stop()
  })

  it(`that are killed, stopped and cut off send no token again without a reason, and lose no account: ${String(EXPIRIES)} expiries`, async () => {
    const over = new AbortController()
    const daemons = await Promise.all(Array.from({length: DAEMONS}, () => scene.start({leaseMs: LEASE_MS})))
    const commands = [runCommands(over.signal, 0), runCommands(over.signal, ACCOUNTS / 2)]
    const trouble = makeTrouble(daemons, over.signal)
    const all = Promise.all([...commands, trouble])
    try {
      const enough = () => storm.renewals >= EXPIRIES
      await Promise.race([until(`${String(EXPIRIES)} tokens were renewed`, enough, PATIENCE_MS), all])
    } finally {
      over.abort()
      await all
    }
    storm.calm()
    const seenWell = new Set<string>()
    await until('every account has been well', () => areAllWell(seenWell), BACKOFF_MS)
    const exitCodes = await Promise.all(daemons.map((daemon) => daemon.stop()))
    assert.deepEqual(exitCodes, [0, 0, 0, 0])
    const isAfterKill = ({at, afterMs, stalledMs}: Replay) =>
      troubles.some((one) => one.kind === 'kill' && one.at <= at && one.at >= at - afterMs - stalledMs - SLACK_MS)
    /** A lease ends under its owner only where that one was stopped, or could not be heard. */
    const isAfterTrouble = ({at, afterMs, stalledMs}: Replay) =>
      afterMs + stalledMs >= LEASE_MS &&
      troubles.some((one) => one.at <= at && one.at + one.forMs + RECOVERY_MS >= at - afterMs - stalledMs)
    /** Frozen between the look at its lease and the request that it writes when it goes on (`docs/security.md`). */
    const isAfterFrozen = ({at, afterMs, stalledMs}: Replay) =>
      troubles.some(({kind, at: since, forMs}) => {
        const wentOnAt = since + forMs
        const firstAt = at - afterMs
        return kind === 'stop' && wentOnAt <= firstAt && firstAt <= wentOnAt + stalledMs + SLACK_MS
      })
    const isOfReason = (replay: Replay) =>
      replay.isExplained || isAfterKill(replay) || isAfterTrouble(replay) || isAfterFrozen(replay)
    const unexplained = storm.replays
      .filter((replay) => !isOfReason(replay))
      .map((replay) => ({...replay, after: troubles.filter((one) => one.at <= replay.at).slice(-3)}))
    const late = storm.replays.filter(({afterMs}) => afterMs >= GRACE_MS / 2)
    assert.ok(storm.replays.length > 0, 'no reply was lost, so nothing was shown')
    assert.deepEqual({unexplained, late, ended: [...storm.ended]}, {unexplained: [], late: [], ended: []})
  })

  /**
   * All are there, and none waits for an answer that was lost: each has been seen without a doubt, for a refresh that is
   * under way looks like one, and some refresh always is.
   */
  async function areAllWell(seenWell: Set<string>): Promise<boolean> {
    const accounts = await scene.store.accounts.list()
    assert.equal(accounts.length, ACCOUNTS)
    assert.deepEqual(
      accounts.filter(({state}) => state.kind !== 'ok').map(({key, state}) => [key, state]),
      [],
    )
    for (const {key, doubt} of accounts) if (doubt === undefined) seenWell.add(key)
    return seenWell.size === ACCOUNTS
  }

  /** Tokens that are wanted to live longer than they can, and whatever is due. */
  async function runCommands(signal: AbortSignal, from: number): Promise<void> {
    const env = scene.environmentOf(`commands-${String(from)}`)
    for (let count = from; !signal.aborted; count += 1) {
      const name = `made_up_${String(count % ACCOUNTS)}`
      const args = count % 2 === 0 ? ['refresh', name] : ['refresh', name, '--force']
      const {exitCode, stderr} = await home.run(args, {env})
      // 6: nobody answered, or somebody else is at it for long.
      assert.ok(exitCode === 0 || exitCode === 6, `${String(exitCode)}: ${stderr}`)
    }
  }

  /** Daemon by daemon, one way after the other. */
  async function makeTrouble(daemons: ProxiedDaemon[], signal: AbortSignal): Promise<void> {
    const pause = (ms: number) => wait(ms, undefined, {signal}).catch(() => undefined)
    for (let count = 0; !signal.aborted; count += 1) {
      await pause(500 + 1000 * Math.random())
      const index = Math.floor(Math.random() * daemons.length)
      const daemon = daemons[index]
      if (daemon === undefined) continue
      const forMs = count % 3 === 1 ? STOPPED_MS : 1000 + 2000 * Math.random()
      const at = performance.now()
      if (count % 3 === 0) {
        troubles.push({kind: 'kill', daemon: index, at, forMs: 0})
        await daemon.stop('SIGKILL')
        daemons[index] = await daemon.startAgain()
      } else if (count % 3 === 1) {
        const stop = {kind: 'stop' as const, daemon: index, at, forMs}
        troubles.push(stop)
        daemon.process.kill('SIGSTOP')
        await pause(forMs)
        stop.forMs = performance.now() - at
        daemon.process.kill('SIGCONT')
      } else {
        troubles.push({kind: 'cut', daemon: index, at, forMs})
        daemon.proxy.cut()
        await pause(forMs)
        daemon.proxy.restore()
      }
    }
  }
})
