import assert from 'node:assert/strict'

import {createRefreshHistory} from '../../../../src/daemon/observe/refresh-history.js'
import {sumHalfHours} from '../../../../src/daemon/admin/health/refresh-chart.js'
import {HOUR_MS} from '../../../../src/model/time.js'
import {startAdmin, type AdminScene} from '../../../support/admin-scene.js'
import {makeBrokerWorld, type BrokerWorld} from '../../../support/broker-world.js'
import {createFakeClock} from '../../../support/fake-clock.js'
import {makeAccount} from '../../../support/make-account.js'
import {makeProvider} from '../../../support/make-provider.js'
import {findAll} from '../../../support/parse-html.js'

describe('the page Health', () => {
  let world: BrokerWorld
  let scene: AdminScene
  before(async () => {
    world = await makeBrokerWorld()
    await world.store.providers.put(makeProvider())
    await world.store.accounts.put(makeAccount({login: 'seen_bot', role: 'bot'}))
    scene = await startAdmin(world.deps)
    await scene.signIn()
  })
  after(async () => {
    await scene.stop()
    await world.dispose()
  })

  it('says how the store, the schedule and the daemon are', async () => {
    const {status, text} = await scene.open('/admin/health')
    assert.equal(status, 200)
    assert.match(text, /Store\s*can be read/)
    assert.match(text, /Schedule\s*works/)
    assert.match(text, /behalf 0\.0\.0, Node \d+/)
    assert.match(text, /The figures of this daemon/)
  })

  it('is not for who signed in with an API token that may not read the metrics', async () => {
    for (const [scopes, status] of [
      [['admin'], 403],
      [['admin', 'metrics:read'], 200],
    ] as const) {
      const browser = scene.newBrowser()
      await browser.submit(await browser.open('/admin/sign-in'), {token: await scene.issue([...scopes])})
      assert.equal((await browser.open('/admin/health')).status, status)
    }
  })

  it('says that the schedule has stopped', async () => {
    scene.isScheduleAlive = false
    const {text} = await scene.open('/admin/health')
    scene.isScheduleAlive = true
    assert.match(text, /Schedule\s*stopped/)
  })

  it('counts accounts by their state', async () => {
    assert.match((await scene.open('/admin/health')).text, /Accounts: (?:fresh|expired)\s*1/)
  })

  it('draws a chart that says in words what it shows', async () => {
    const {document, text} = await scene.open('/admin/health')
    assert.match(text, /24 hours ago\s*nothing was refreshed\s*now/)
    const [chart] = findAll(document, ({attributes}) => attributes.class === 'chart')
    assert.match(chart?.attributes['aria-label'] ?? '', /^Refreshes of the last 24 hours: 0 refreshed, /)
  })
})

describe('the bars of the chart', () => {
  it('are 48, each the sum of its half hour', () => {
    const clock = createFakeClock()
    const history = createRefreshHistory({clock})
    for (const outcome of ['refreshed', 'refreshed', 'rejected']) history.count(outcome)
    clock.advance(HOUR_MS)
    history.count('in-doubt')
    const bars = sumHalfHours(history.buckets())
    assert.equal(bars.length, 48)
    const {refreshed, rejected} = bars.at(-3)?.counts ?? {}
    assert.deepEqual([refreshed, rejected, bars.at(-1)?.counts['in-doubt']], [2, 1, 1])
  })
})
