import assert from 'node:assert/strict'
import {setTimeout as wait} from 'node:timers/promises'

import {revokeApiToken} from '../../../src/broker/api-tokens.js'
import {createSystemClock} from '../../../src/config/system-clock.js'
import {HOUR_MS, MINUTE_MS} from '../../../src/model/time.js'
import {startRedisDaemons, type ProxiedDaemon, type RedisDaemons} from '../../support/redis-daemons.js'
import {REDIS_SERVER} from '../../support/redis-server.js'
import {needing, skipWithout} from '../../support/skip-without.js'
import {until} from '../../support/until.js'

const STALE_MS = 3000

describe(needing('redis-server', REDIS_SERVER !== undefined, 'a daemon that is cut from Redis'), function () {
  this.timeout(120_000)

  let scene: RedisDaemons
  let cut: ProxiedDaemon
  let other: ProxiedDaemon
  let token: string

  before(async function () {
    skipWithout('redis-server', REDIS_SERVER !== undefined, this)
    scene = await startRedisDaemons()
    await scene.addAccount({userId: '1', role: 'owner'})
    token = await scene.issue({scopes: ['api:example', 'metrics:read']})
    ;[cut, other] = await Promise.all([scene.start({input: {staleAuthMs: STALE_MS}}), scene.start()])
  })
  after(async () => {
    if (REDIS_SERVER !== undefined) await scene.dispose()
  })

  interface Answer {
    status: number
    headers: Headers
    body: string
  }
  async function call(daemon: ProxiedDaemon, path = '/api/example/items', method = 'GET'): Promise<Answer> {
    const headers = {authorization: `Bearer ${token}`}
    const response = await fetch(`${daemon.url}${path}`, {method, headers})
    return {status: response.status, headers: response.headers, body: await response.text()}
  }
  const status = async (daemon: ProxiedDaemon, path?: string) => (await call(daemon, path)).status
  const logged = (daemon: ProxiedDaemon, event: string) => daemon.log.filter((line) => line.event === event).length

  it('goes on by what it read last, however its caller’s token is revoked, and no longer than --stale-auth', async () => {
    assert.deepEqual([await status(cut), await status(other)], [200, 200])
    cut.proxy.cut()
    const cutAt = performance.now()
    await revokeApiToken({store: scene.store, clock: createSystemClock()}, token.slice(4, 12))
    assert.equal(await status(other), 401)
    const answers: {status: number; atMs: number}[] = []
    do {
      const begunMs = performance.now() - cutAt
      answers.push({status: await status(cut), atMs: begunMs})
      await wait(20)
    } while (answers.at(-1)?.status === 200)
    const served = answers.filter((answer) => answer.status === 200)
    assert.equal(answers.at(-1)?.status, 503)
    assert.ok(served.length > 3, String(served.length))
    assert.ok((served.at(-1)?.atMs ?? 0) <= STALE_MS, String(served.at(-1)?.atMs))
    assert.ok((answers.at(-1)?.atMs ?? 0) >= STALE_MS / 2, String(answers.at(-1)?.atMs))
  })

  it('then answers 503 with Retry-After, as clients of TAU know it', async () => {
    const {status, headers, body} = await call(cut)
    assert.equal(status, 503)
    assert.equal(headers.get('x-behalf-error'), 'store-unavailable')
    assert.match(headers.get('retry-after') ?? '', /^\d+$/)
    const {detail, error, code} = JSON.parse(body) as Record<string, unknown>
    assert.deepEqual([detail, code], [error, 'store-unavailable'])
    const api = await call(cut, '/api/v1/accounts')
    assert.deepEqual([api.status, api.headers.get('x-behalf-error')], [503, 'store-unavailable'])
    assert.match(api.headers.get('retry-after') ?? '', /^\d+$/)
    assert.equal((JSON.parse(api.body) as {code: string}).code, '503')
  })

  it('is alive and not ready, and says so once', async () => {
    assert.equal(await status(cut, '/healthz'), 200)
    const {status: ready, body} = await call(cut, '/readyz')
    assert.deepEqual([ready, (JSON.parse(body) as {store: string}).store], [503, 'unavailable'])
    await status(cut, '/readyz')
    await until('the schedule has noticed', () => logged(cut, 'schedule-trouble') > 0)
    await wait(3000)
    assert.deepEqual(
      ['schedule-trouble', 'store-unavailable', 'passthrough-failed', 'call-failed', 'schedule-failure'].map((event) =>
        logged(cut, event),
      ),
      [1, 1, 0, 0, 0],
    )
  })

  it('is well again by itself when Redis is back, and knows of the revocation', async () => {
    cut.proxy.restore()
    await until('it is ready', async () => (await status(cut, '/readyz')) === 200)
    assert.equal(await status(cut), 401)
    await until('it says so', () => logged(cut, 'schedule-works') === 1 && logged(cut, 'store-available') === 1)
  })

  it('is not ready while Redis takes no writes, and goes on serving', async () => {
    await scene.server.command('CONFIG', 'SET', 'maxmemory', '1')
    try {
      const {status: ready, body} = await call(cut, '/readyz')
      assert.deepEqual([ready, (JSON.parse(body) as {store: string}).store], [503, 'unavailable'])
      assert.equal(await status(cut, '/healthz'), 200)
    } finally {
      await scene.server.command('CONFIG', 'SET', 'maxmemory', '0')
    }
    assert.equal(await status(cut, '/readyz'), 200)
  })

  it('begins no refresh, and uses the token in hand while it lives', async () => {
    await cut.stop()
    let refreshes = 0
    scene.answer((request, response) => {
      if (request.url === '/token') refreshes += 1
      response.end(request.headers.authorization)
    })
    const now = Date.now()
    const credential = {issuedAt: now - HOUR_MS, expiresAt: now + MINUTE_MS + 1500}
    // Nobody but who needs it now is to renew it.
    const lastFailure = {at: now, count: 1, summary: 'made up', scheduleNotBefore: now + HOUR_MS}
    await scene.addAccount({userId: '1', role: 'owner', grantId: 'another', credential, lastFailure})
    token = await scene.issue({scopes: ['api:example']})
    assert.equal(await status(other), 200)
    other.proxy.cut()
    // In its last minute a token is renewed before it is used. To be told that Redis is away takes some seconds.
    await wait(now + 1600 - Date.now())
    assert.deepEqual([await status(other), refreshes], [200, 0])
    other.proxy.restore()
    await until('it is renewed', async () => (await status(other)) !== 503 && refreshes > 0)
  })

  it('goes on by what it read last on a network that has fallen silent, too', async () => {
    await scene.addAccount({userId: '1', role: 'owner', grantId: 'third'})
    assert.equal(await status(other), 200)
    other.proxy.isSilent = true
    assert.equal(await status(other), 200)
    other.proxy.restore()
    await until('it is ready', async () => (await status(other, '/readyz')) === 200)
  })
})
