import assert from 'node:assert/strict'

import {refreshAccount} from '../../../../src/broker/refresh-account.js'
import type {Schedule} from '../../../../src/daemon/schedule/schedule.js'
import {Secret} from '../../../../src/model/secret.js'
import {HOUR_MS, MINUTE_MS, SECOND_MS} from '../../../../src/model/time.js'
import {BUSY_FOR_S} from '../../../support/crowd-provider.js'
import {EXAMPLE_KEY, makeScheduleScene, type ScheduleScene} from '../../../support/schedule-scene.js'

const START = 1_800_000_000_000
const OVERDUE = {credential: {issuedAt: START - HOUR_MS, expiresAt: START - 1}}
const CROWD = 40

describe('the schedule, at a provider that does not do what it should', () => {
  let scene: ScheduleScene
  beforeEach(async () => {
    scene = await makeScheduleScene({inMemory: true})
    for (let i = 0; i < CROWD; i += 1) await scene.add(String(i), OVERDUE)
  })
  afterEach(() => scene.dispose())

  const requests = () => scene.crowd.requests
  const stateOf = (schedule: Schedule) => schedule.status().providers[0]?.state
  const countFresh = async () =>
    (await scene.store.accounts.list()).filter(({credential}) => credential.issuedAt >= START).length

  it('sends no more than a few refreshes when it answers with errors, and one after each pause', async () => {
    scene.crowd.weather = 'broken'
    const schedule = await scene.start()
    assert.equal(stateOf(schedule), 'down')
    const atOnce = requests().length
    assert.ok(new Set(requests().map(({userId}) => userId)).size <= 16)
    await scene.pass(4 * SECOND_MS, 500)
    assert.equal(requests().length, atOnce)
    await scene.pass(2 * SECOND_MS, 500)
    const tried = new Set(
      requests()
        .slice(atOnce)
        .map(({userId}) => userId),
    )
    assert.equal(tried.size, 1)
    assert.equal(scene.events.filter((event) => event === 'provider-down').length, 1)
  })

  it('does not use a refresh token to find out that no connection can be opened', async () => {
    scene.crowd.weather = 'unreachable'
    await scene.start()
    await scene.pass(20 * MINUTE_MS)
    assert.ok(scene.crowd.proofs >= 5 && scene.crowd.proofs <= 12, String(scene.crowd.proofs))
    const failed = (await scene.store.accounts.list()).filter(({lastFailure}) => lastFailure !== undefined)
    assert.ok(failed.length <= 16)
    assert.equal(requests().length, 0)
  })

  it('is at full pace again as soon as one refresh has succeeded', async () => {
    scene.crowd.weather = 'unreachable'
    const schedule = await scene.start()
    await scene.pass(3 * SECOND_MS)
    scene.crowd.weather = 'fine'
    await scene.pass(30 * SECOND_MS)
    assert.equal(stateOf(schedule), 'up')
    assert.ok((await countFresh()) >= CROWD - 16)
    await scene.pass(MINUTE_MS)
    assert.equal(await countFresh(), CROWD)
    assert.deepEqual(
      scene.events.filter((event) => event.startsWith('provider')),
      ['provider-down', 'provider-back'],
    )
  })

  it('gives it the time that it asks for', async () => {
    scene.crowd.weather = 'busy'
    const schedule = await scene.start()
    const {length} = requests()
    assert.ok(length <= 16)
    scene.crowd.weather = 'fine'
    assert.equal(schedule.status().providers[0]?.nextTryAt, START + BUSY_FOR_S * SECOND_MS)
    await scene.pass((BUSY_FOR_S - 1) * SECOND_MS)
    assert.equal(requests().length, length)
    await scene.pass(20 * SECOND_MS)
    assert.equal(await countFresh(), CROWD)
  })

  it('leaves it alone when it refuses the client, until its settings change', async () => {
    scene.crowd.weather = 'client-refused'
    const schedule = await scene.start()
    const {length} = requests()
    assert.ok(length <= 16)
    scene.crowd.weather = 'fine'
    await scene.pass(HOUR_MS, 10 * SECOND_MS)
    assert.equal(requests().length, length)
    assert.deepEqual([stateOf(schedule), schedule.status().providers[0]?.due], ['misconfigured', CROWD])
    await scene.store.providers.put({...scene.provider, clientSecret: new Secret('another-made-up-client-secret')})
    await scene.pass(MINUTE_MS)
    assert.equal(await countFresh(), CROWD)
    assert.equal(stateOf(schedule), 'up')
  })

  it('is not taken for down because one account fails', async () => {
    scene.crowd.ended.add('7')
    const schedule = await scene.start()
    await scene.pass(MINUTE_MS)
    assert.deepEqual([stateOf(schedule), await countFresh()], ['up', CROWD - 1])
    assert.deepEqual((await scene.stored('7'))?.state.kind, 'login-needed')
    const {length} = requests()
    await scene.pass(HOUR_MS, 10 * SECOND_MS)
    assert.equal(requests().length, length)
  })

  it('does not keep another provider waiting', async () => {
    scene.crowd.weather = 'broken'
    await scene.start()
    await scene.store.providers.put({...scene.provider, name: 'other'})
    await scene.add('elsewhere', {...OVERDUE, provider: 'other'})
    await scene.pass(3 * SECOND_MS)
    assert.ok(requests().some(({userId}) => userId === 'elsewhere'))
  })

  it('sends nothing for accounts that belong to another client, and tells each once', async () => {
    await scene.store.providers.put({...scene.provider, clientId: 'another-made-up-client'})
    await scene.start()
    await scene.pass(HOUR_MS, 10 * SECOND_MS)
    assert.equal(requests().length, 0)
    assert.equal(scene.events.filter((event) => event === 'login-needed').length, CROWD)
  })

  it('and a refresh that somebody needs now is tried all the same', async () => {
    scene.crowd.weather = 'unreachable'
    await scene.start()
    await scene.pass(MINUTE_MS)
    scene.crowd.weather = 'fine'
    const result = await refreshAccount(scene.deps, {key: EXAMPLE_KEY('39'), cause: 'expired', urgency: 'demand'})
    assert.equal(result.kind, 'refreshed')
  })
})
