import assert from 'node:assert/strict'
import {writeFile} from 'node:fs/promises'

import {createMetrics} from '../../../../src/daemon/observe/create-metrics.js'
import {accountKey} from '../../../../src/model/account.js'
import {HOUR_MS, SECOND_MS} from '../../../../src/model/time.js'
import {makeBrokerWorld, type BrokerWorld} from '../../../support/broker-world.js'
import {makeProvider} from '../../../support/make-provider.js'
import {parsePrometheusText, type Samples} from '../../../support/prometheus-text.js'

describe('the metrics', () => {
  const twitch = makeProvider({name: 'twitch', dialect: 'twitch'})
  let world: BrokerWorld

  beforeEach(async () => {
    world = await makeBrokerWorld()
    await world.store.providers.put(twitch)
  })
  afterEach(() => world.dispose())

  const create = (perAccount = false) => createMetrics(world.deps, {version: '1.2.3', perAccount})
  const read = async (metrics = create()): Promise<Samples> => parsePrometheusText((await metrics.expose()).text)
  const expiryAfter = (hours: number) => ({expiresAt: world.clock.now() + hours * HOUR_MS})

  it('are in the text format of Prometheus, with all that was counted', async () => {
    const metrics = create(true)
    await world.addAccount(twitch)
    metrics.observePassthrough({provider: 'twitch', statusClass: '2xx', seconds: 0.02})
    metrics.observePassthrough({provider: 'twitch', statusClass: '5xx', seconds: 31})
    metrics.countRefresh({provider: 'twitch', outcome: 'refreshed'})
    metrics.observeLockWait(46)
    metrics.chat.countConnection(1)
    const {contentType} = await metrics.expose()
    assert.match(contentType, /^text\/plain; version=0\.0\.4/)

    const samples = await read(metrics)
    assert.equal(samples.get(`behalf_build_info{node="${process.version}",version="1.2.3"}`), 1)
    assert.equal(samples.get('behalf_passthrough_duration_seconds_count{provider="twitch",status_class="2xx"}'), 1)
    assert.equal(
      samples.get('behalf_passthrough_duration_seconds_bucket{le="0.01",provider="twitch",status_class="2xx"}'),
      0,
    )
    assert.equal(samples.get('behalf_passthrough_duration_seconds_sum{provider="twitch",status_class="5xx"}'), 31)
    assert.equal(samples.get('behalf_refreshes_total{outcome="refreshed",provider="twitch"}'), 1)
    assert.equal(samples.get('behalf_refreshes_total{outcome="in-doubt",provider="twitch"}'), 0)
    assert.equal(samples.get('behalf_irc_connections{}'), 1)
    assert.equal(samples.get('behalf_lock_wait_seconds_count{}'), 1)
    assert.equal(samples.get('behalf_lock_wait_seconds_bucket{le="45"}'), 0)
  })

  it('tell how many accounts are in which state, as of now', async () => {
    const metrics = create()
    await world.addAccount(twitch, {userId: '1', credential: expiryAfter(4)})
    await world.addAccount(twitch, {userId: '2', credential: expiryAfter(1)})
    await world.addAccount(twitch, {userId: '3', clientId: 'another', credential: expiryAfter(0.5)})
    const countOf = async (state: string) =>
      (await read(metrics)).get(`behalf_accounts{provider="twitch",state="${state}"}`)
    assert.deepEqual([await countOf('ok'), await countOf('login-needed'), await countOf('in-doubt')], [2, 1, 0])

    world.clock.advance(2 * HOUR_MS)
    assert.deepEqual([await countOf('ok'), await countOf('expired')], [1, 1])

    const lock = await world.store.accounts.lock(accountKey('twitch', '1'), {waitMs: 1000})
    await lock.remove()
    await lock.release()
    assert.deepEqual([await countOf('ok'), await countOf('expired')], [0, 1])
  })

  it('tell when the first token ends, of those that need no login', async () => {
    const start = world.clock.now()
    await world.addAccount(twitch, {userId: '1', credential: expiryAfter(4)})
    await world.addAccount(twitch, {userId: '2', credential: expiryAfter(3)})
    await world.addAccount(twitch, {userId: '3', clientId: 'another', credential: expiryAfter(1)})
    const soonest = (await read()).get('behalf_soonest_expiry_timestamp_seconds{provider="twitch"}')
    assert.equal(soonest, start / SECOND_MS + 3 * 3600)
  })

  it('tell of refreshes that were begun and have not ended', async () => {
    const {key} = await world.addAccount(twitch)
    const leftovers = async () => (await read()).get('behalf_journal_leftovers{provider="twitch"}')
    assert.equal(await leftovers(), 0)
    const lock = await world.store.accounts.lock(key, {waitMs: 1000})
    await lock.begin()
    await lock.release()
    assert.equal(await leftovers(), 1)
    assert.equal((await read()).get('behalf_accounts{provider="twitch",state="in-doubt"}'), 1)
  })

  it('tell of each account only where that is wanted', async () => {
    const {key, login, credential} = await world.addAccount(twitch)
    const labels = `account="${key}",login="${login}",provider="twitch"`
    assert.ok(![...(await read()).keys()].some((series) => series.includes(key)))
    const samples = await read(create(true))
    assert.equal(samples.get(`behalf_account_state{${labels},state="ok"}`), 1)
    assert.equal(
      samples.get(`behalf_account_expiry_timestamp_seconds{${labels}}`),
      (credential.expiresAt ?? 0) / SECOND_MS,
    )
  })

  it('say so when the store cannot be read, and go on with the rest', async () => {
    const metrics = create()
    await world.addAccount(twitch)
    assert.equal((await read(metrics)).get('behalf_store_readable{}'), 1)
    await writeFile(world.path, 'damaged')
    const samples = await read(metrics)
    assert.equal(samples.get('behalf_store_readable{}'), 0)
    assert.ok((samples.get('process_resident_memory_bytes{}') ?? 0) > 0)
    assert.ok(![...samples.keys()].some((series) => series.startsWith('behalf_accounts')))
  })

  it('are the same for all who look at once', async () => {
    await world.addAccount(twitch)
    const metrics = create()
    const all = await Promise.all(Array.from({length: 20}, () => read(metrics)))
    for (const samples of all) assert.equal(samples.get('behalf_accounts{provider="twitch",state="ok"}'), 1)
  })

  it('tell what is known of every process', async () => {
    const samples = await read()
    for (const name of ['process_cpu_seconds_total', 'process_open_fds', 'nodejs_heap_size_used_bytes']) {
      assert.ok((samples.get(`${name}{}`) ?? 0) > 0, name)
    }
    const started = samples.get('process_start_time_seconds{}') ?? 0
    assert.ok(Math.abs(started - (Date.now() / SECOND_MS - process.uptime())) < 5)
  })
})
