import assert from 'node:assert/strict'
import {readFile} from 'node:fs/promises'
import {dirname} from 'node:path'
import {setTimeout as wait} from 'node:timers/promises'

import {IDEMPOTENCY_MS} from '../../../src/model/points.js'
import type {PointsStore} from '../../../src/store/store.js'
import {collectPoints, makeLedgerPlace, type LedgerPlace} from '../../support/ledger-place.js'
import {add} from '../../support/make-points-request.js'
import {makeRedisStorePlace, type RedisStorePlace} from '../../support/redis-place.js'
import {REDIS_SERVER, startRedisServer, type RedisServer} from '../../support/redis-server.js'
import {skipWithout} from '../../support/skip-without.js'
import {canMount, mountSmallDisk, type SmallDisk} from '../../support/small-disk.js'
import {startTcpProxy, type TcpProxy} from '../../support/tcp-proxy.js'

const KEY = {idempotency: {key: 'key', request: 'made-up-request'}}
const LONG = 'x'.repeat(480)

describe('the ledger beside a JSON store on a full disk', () => {
  let place: LedgerPlace
  let disk: SmallDisk | undefined
  let points: PointsStore

  before(function () {
    if (!canMount) this.skip()
  })
  beforeEach(async () => {
    place = await makeLedgerPlace()
    disk = await mountSmallDisk(dirname(place.storePath), 256 * 1024)
    points = place.open()
    await points.change(add(1))
  })
  afterEach(async () => {
    await place.close()
    await disk?.unmount()
    disk = undefined
    await place.dispose()
  })

  it('is as it was, counts nothing half, and goes on when there is room', async () => {
    await disk?.fillUpTo(4096)
    // Twenty of them need more than a block; they are written together.
    const ask = () =>
      Promise.allSettled(Array.from({length: 20}, (_, i) => points.change(add(1, {why: `${LONG} ${String(i)}`}))))
    for (let i = 0; i < 3; i += 1) {
      const before = await readFile(place.segment(1))
      const ends = await ask()
      const made = ends.filter(({status}) => status === 'fulfilled').length
      for (const end of ends)
        if (end.status === 'rejected') assert.equal((end.reason as {code?: string}).code, 'store-full')
      assert.ok(made < 20)
      if (made === 0) assert.deepEqual(await readFile(place.segment(1)), before)
      for (const reader of [points, place.open()]) {
        assert.equal(await reader.balance('alice'), 1 + made)
        assert.equal((await collectPoints(reader)).length, 1 + made)
      }
      if (made > 0) break
    }
    await disk?.makeRoom()
    const before = (await points.balance('alice')) ?? 0
    assert.ok((await ask()).every(({status}) => status === 'fulfilled'))
    assert.equal(await place.open().balance('alice'), before + 20)
  })

  it('is appended to where there is no room for a new segment', async () => {
    const small = place.open({segmentBytes: 2000})
    await disk?.fillUpTo(8192)
    let made = 0
    while (made < 20) {
      const isMade = await small.change(add(1, {why: LONG})).then(
        () => true,
        () => false,
      )
      if (!isMade) break
      made += 1
    }
    assert.ok(made > 2)
    assert.equal(await place.open().balance('alice'), 1 + made)
  })
})

describe('points in a Redis', function () {
  this.timeout(60_000)
  let server: RedisServer
  let proxy: TcpProxy
  let place: RedisStorePlace
  /** Through the proxy, and past it. */
  let points: PointsStore
  let other: PointsStore

  before(async function () {
    skipWithout('redis-server', REDIS_SERVER !== undefined, this)
    server = await startRedisServer()
  })
  after(async () => {
    if (REDIS_SERVER !== undefined) await server.dispose()
  })

  beforeEach(async () => {
    place = await makeRedisStorePlace({server})
    proxy = await startTcpProxy(server.port)
    const near = {host: '127.0.0.1', port: proxy.port}
    points = (await place.open({place: {topology: {kind: 'server', server: near}}})).points
    other = (await place.open()).points
    await points.change(add(1))
  })
  afterEach(async () => {
    await place.dispose()
    await proxy.close()
  })

  for (const parts of [{}, KEY]) {
    const how = parts === KEY ? 'under an idempotency key' : 'without an idempotency key'
    it(`are counted once where the reply is lost, and it is not called repeated, ${how}`, async () => {
      proxy.losesReplies = true
      const changing = points.change(add(10, parts))
      changing.catch(() => undefined)
      await wait(50)
      assert.equal(await other.balance('alice'), 11)
      proxy.cut()
      proxy.losesReplies = false
      proxy.restore()
      assert.deepEqual(await changing, {user: 'alice', points: 11, change: 10, repeated: false})
      assert.equal(await other.balance('alice'), 11)
    })
  }

  it('are counted once by who asks again under the same key after Redis was away', async () => {
    proxy.losesReplies = true
    const changing = points.change(add(10, KEY))
    changing.catch(() => undefined)
    await wait(50)
    proxy.cut()
    await assert.rejects(changing, {code: 'store-unavailable'})
    proxy.losesReplies = false
    proxy.restore()
    assert.deepEqual(await other.change(add(10, KEY)), {user: 'alice', points: 11, change: 10, repeated: true})
  })

  it('are counted once by callers whose clocks differ', async () => {
    const {at} = add(10)
    await points.change(add(10, KEY))
    const fast = await other.change(add(10, {at: at + 2 * IDEMPOTENCY_MS, ...KEY}))
    assert.deepEqual(fast, {user: 'alice', points: 11, change: 10, repeated: true})
  })

  it('are as they were where its memory is full', async () => {
    await server.command('CONFIG', 'SET', 'maxmemory', '1')
    await assert.rejects(points.change(add(10)), {code: 'store-full'})
    assert.equal(await other.balance('alice'), 1)
    await server.command('CONFIG', 'SET', 'maxmemory', '0')
    assert.equal((await points.change(add(10))).points, 11)
    assert.deepEqual(
      (await collectPoints(other)).map(({sequence, points: balance}) => [sequence, balance]),
      [
        [1, 1],
        [2, 11],
      ],
    )
  })

  it('say which change cannot be read', async () => {
    const stream = `${place.place.prefix}{p}changes`
    await server.command('XADD', stream, '7-0', 'user', 'alice', 'change', 'many', 'points', '3', 'at', '1')
    await assert.rejects(other.history({limit: 1}), {code: 'store-damaged', message: /7-0.*change/})
    await assert.rejects(collectPoints(other), {code: 'store-damaged'})
    assert.equal(await other.balance('alice'), 1)
  })

  it('are refused where the ledger was moved away', async () => {
    await server.command('HSET', `${place.place.prefix}{p}ledger`, 'moved', '/made/up/store.json')
    await assert.rejects(points.change(add(1)), {code: 'store-moved', message: /moved to \/made\/up\/store\.json/})
  })
})
