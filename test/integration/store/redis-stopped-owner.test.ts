import assert from 'node:assert/strict'
import {spawn, type ChildProcessByStdio} from 'node:child_process'
import {once} from 'node:events'
import type {Readable, Writable} from 'node:stream'
import {fileURLToPath} from 'node:url'

import {KEY, renew} from '../../contract/store-lock-support.js'
import {createSystemClock} from '../../../src/config/system-clock.js'
import {openRedisStore} from '../../../src/store/redis/redis-store.js'
import type {AccountLock, Store} from '../../../src/store/store.js'
import {makeAccount} from '../../support/make-account.js'
import {makeRedisStorePlace, type RedisStorePlace} from '../../support/redis-place.js'
import {REDIS_SERVER} from '../../support/redis-server.js'
import {skipWithout} from '../../support/skip-without.js'
import {tokensOf} from '../../support/tokens-of.js'

const SCRIPT = fileURLToPath(new URL('../../support/redis-lock-child.ts', import.meta.url))
const LEASE_MS = 1500

describe('a process that is stopped while it holds an account’s lock in Redis', function () {
  this.timeout(120_000)

  let place: RedisStorePlace
  let store: Store
  let child: ChildProcessByStdio<Writable, Readable, null>

  before(function () {
    skipWithout('redis-server', REDIS_SERVER !== undefined, this)
  })

  beforeEach(async () => {
    place = await makeRedisStorePlace()
    store = await place.open()
    await store.accounts.put(makeAccount())
    await startChild(LEASE_MS)
    child.kill('SIGSTOP')
  })

  afterEach(async () => {
    await killChild()
    await place.dispose()
  })

  async function startChild(leaseMs: number): Promise<void> {
    const args = [place.url, place.folder, place.keyPath, String(leaseMs)]
    child = spawn(process.execPath, ['--import', 'tsx', SCRIPT, ...args], {stdio: ['pipe', 'pipe', 'inherit']})
    assert.equal(await nextLine(), 'ready')
  }

  async function killChild(): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  }

  const nextLine = async (): Promise<string> => String(((await once(child.stdout, 'data')) as [Buffer])[0]).trim()

  /** It goes on, and this is the first thing that it does. */
  async function goOn(step: 'held' | 'begin' | 'commit'): Promise<string> {
    child.stdin.write(`${step}\n`)
    const line = nextLine()
    child.kill('SIGCONT')
    return line
  }

  /** As soon as the lease is over. */
  async function takeOver(work: (lock: AccountLock) => Promise<unknown>): Promise<void> {
    const lock = await store.accounts.lock(KEY, {waitMs: 30_000})
    await work(lock)
    await lock.release()
  }

  it('keeps the lock for as long as its lease, and is asked about by name', async () => {
    await assert.rejects(store.accounts.lock(KEY, {waitMs: 50}), {
      code: 'lock-timeout',
      message: new RegExp(`process ${String(child.pid)} `),
    })
  })

  it('is not waited for when it was killed, on the same machine', async () => {
    await killChild()
    await startChild(60_000)
    const {place: where, secret} = place
    const neighbour = await openRedisStore({place: where, secret, clock: createSystemClock()})
    await assert.rejects(neighbour.accounts.lock(KEY, {waitMs: 50}), {code: 'lock-timeout'})
    await killChild()
    const lock = await neighbour.accounts.lock(KEY, {waitMs: 50})
    assert.equal(lock.account?.doubt?.sends, 2)
    await lock.release()
    await neighbour.close()
  })

  it('does not send when it goes on: somebody else has taken over', async () => {
    await takeOver(async (lock) => {
      assert.equal(lock.account?.doubt?.sends, 1)
      assert.equal(await goOn('held'), 'false')
      assert.match(await goOn('begin'), /ended while this process stood still/)
    })
  })

  it('has its late reply saved, while somebody else holds the lock', async () => {
    await takeOver(async (lock) => {
      assert.equal(await goOn('commit'), 'saved')
      assert.equal(await lock.isHeld(), true)
      assert.equal((await lock.commit(renew('2'))).kind, 'superseded')
    })
    const found = await store.accounts.get(KEY)
    assert.equal(tokensOf(found).refreshToken?.reveal(), 'made-up-refresh-token-late')
    assert.equal(found?.doubt, undefined)
  })

  it('does not overwrite what somebody else has brought meanwhile', async () => {
    await takeOver((lock) => lock.commit(renew('2')))
    assert.equal(await goOn('commit'), 'superseded')
    assert.equal(tokensOf(await store.accounts.get(KEY)).refreshToken?.reveal(), 'made-up-refresh-token-2')
  })

  it('does not bring back an account that was removed meanwhile', async () => {
    await takeOver((lock) => lock.remove())
    assert.equal(await goOn('commit'), 'gone')
    assert.equal(await store.accounts.get(KEY), undefined)
  })
})
