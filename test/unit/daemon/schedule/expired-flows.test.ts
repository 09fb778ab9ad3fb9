import assert from 'node:assert/strict'

import {homeOf} from '../../../../src/broker/flow-home.js'
import type {Flow} from '../../../../src/model/flow.js'
import {Secret} from '../../../../src/model/secret.js'
import {MINUTE_MS} from '../../../../src/model/time.js'
import type {DevicePoll} from '../../../../src/providers/provider-client.js'
import {makeScheduleScene, type ScheduleScene} from '../../../support/schedule-scene.js'

describe('the schedule and flows that expire', () => {
  let scene: ScheduleScene
  beforeEach(async () => {
    scene = await makeScheduleScene()
  })
  afterEach(() => scene.dispose())

  const begin = (id: string, parts: Partial<Flow> = {}) =>
    scene.store.flows.put({
      id,
      state: new Secret(`made-up-state-of-${id}`),
      provider: 'example',
      role: 'user',
      subject: 'slack:U02AB',
      scopes: [],
      redirectUri: 'http://localhost:8420/callback',
      createdAt: scene.clock.now(),
      expiresAt: scene.clock.now() + 10 * MINUTE_MS,
      ...parts,
    })
  const ids = async () => (await scene.store.flows.list()).map(({id}) => id)
  const lines = () => scene.events.filter((event) => event === 'flow-collected').length

  it('collects them with a line each, every 15 minutes at most', async () => {
    await begin('a')
    await begin('b')
    await scene.start()
    await scene.pass(10 * MINUTE_MS - 1000, MINUTE_MS)
    assert.deepEqual(await ids(), ['a', 'b'])
    await scene.pass(4000, 2000)
    assert.deepEqual([await ids(), lines()], [[], 2])

    await begin('c', {expiresAt: scene.clock.now()})
    await scene.pass(14 * MINUTE_MS, MINUTE_MS)
    assert.deepEqual([await ids(), lines()], [['c'], 2])
    await scene.pass(2 * MINUTE_MS, MINUTE_MS)
    assert.deepEqual([await ids(), lines()], [[], 3])
  })

  it('leaves those alone that another process collected a moment ago', async () => {
    await begin('a', {expiresAt: scene.clock.now() - 1})
    await scene.store.flows.noteCollected(scene.clock.now())
    await scene.start()
    await scene.pass(MINUTE_MS)
    assert.deepEqual(await ids(), ['a'])
  })

  it('is not kept from it by a clock that was set back', async () => {
    await begin('a', {expiresAt: scene.clock.now() - 1})
    await scene.store.flows.noteCollected(scene.clock.now() + 60 * MINUTE_MS)
    await scene.start()
    await scene.pass(4000, 2000)
    assert.deepEqual(await ids(), [])
  })

  it('leaves one alone whose callback has just been taken', async () => {
    await begin('a', {expiresAt: scene.clock.now(), takenAt: scene.clock.now()})
    await scene.start()
    await scene.pass(30_000)
    assert.deepEqual(await ids(), ['a'])
    await scene.pass(40_000)
    assert.deepEqual(await ids(), [])
  })

  it('does not wait for a provider that is asked and does not answer', async () => {
    const {pending, answer} = makeAnswer()
    Object.assign(scene.deps.providerClient, {pollDevice: () => pending})
    await begin('a', {
      home: homeOf(scene.provider),
      device: {
        deviceCode: new Secret('made-up-device-code'),
        userCode: 'ABCDEFGH',
        verificationUri: 'https://id.example.test/device',
        intervalMs: 5000,
        expiresAt: scene.clock.now() + 10 * MINUTE_MS,
        nextPollAt: scene.clock.now(),
      },
    })
    await begin('b', {expiresAt: scene.clock.now()})
    const schedule = await scene.start()
    await scene.pass(4000, 2000)
    assert.deepEqual(await ids(), ['a'])

    const stopped = schedule.stop()
    answer({kind: 'denied'})
    await stopped
    assert.equal((await scene.store.flows.get('a'))?.outcome?.kind, 'failed')
  })
})

function makeAnswer(): {pending: Promise<DevicePoll>; answer: (poll: DevicePoll) => void} {
  let answer: (poll: DevicePoll) => void = () => undefined
  const pending = new Promise<DevicePoll>((resolve) => {
    answer = resolve
  })
  return {pending, answer: (poll) => answer(poll)}
}
