import assert from 'node:assert/strict'
import {mock} from 'node:test'

import {DevicePolls} from '../../../src/library/device-polls.js'
import type {Voice} from '../../../src/library/voice.js'

describe('DevicePolls', () => {
  const errors: string[] = []
  const nothing = (): void => undefined
  const voice: Voice = {info: nothing, warn: nothing, error: (line) => void errors.push(line), tell: nothing}
  let answers: (boolean | Error)[]
  let asked: number
  let polls: DevicePolls

  beforeEach(() => {
    mock.timers.enable({apis: ['setTimeout']})
    errors.length = 0
    answers = []
    asked = 0
    polls = new DevicePolls(() => {
      asked += 1
      const answer = answers.shift() ?? false
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer)
    }, voice)
  })
  afterEach(() => mock.timers.reset())

  async function passSeconds(seconds: number): Promise<void> {
    for (let second = 0; second < seconds; second += 1) {
      mock.timers.tick(1000)
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  it('ask every five seconds as long as somebody is waited for', async () => {
    answers = [true, true, false]
    polls.begin()
    polls.begin()
    await passSeconds(4)
    assert.equal(asked, 0)
    await passSeconds(1)
    assert.equal(asked, 1)
    await passSeconds(60)
    assert.equal(asked, 3)
    polls.begin()
    await passSeconds(5)
    assert.equal(asked, 4)
  })

  it('tell the operator of a fault, and ask again for the next flow', async () => {
    answers = [new Error('made-up fault')]
    polls.begin()
    await passSeconds(20)
    assert.deepEqual([asked, errors.length], [1, 1])
    polls.begin()
    await passSeconds(5)
    assert.equal(asked, 2)
  })

  it('ask nothing any more once they are stopped', async () => {
    answers = [true, true]
    polls.begin()
    await passSeconds(5)
    await polls.stop()
    polls.begin()
    await passSeconds(20)
    assert.equal(asked, 1)
  })
})
