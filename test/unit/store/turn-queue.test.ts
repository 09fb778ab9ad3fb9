import assert from 'node:assert/strict'

import {TurnQueue} from '../../../src/store/turn-queue.js'

const soon = (ms: number): number => performance.now() + ms

describe('TurnQueue', () => {
  it('lets one through at a time, in the order they came', async () => {
    const turns = new TurnQueue()
    const order: number[] = []
    const work = async (i: number): Promise<void> => {
      const end = await turns.take('a', soon(5000))
      order.push(i)
      await new Promise((resolve) => setImmediate(resolve))
      order.push(i)
      end?.()
    }
    await Promise.all([0, 1, 2, 3].map(work))
    assert.deepEqual(order, [0, 0, 1, 1, 2, 2, 3, 3])
  })

  it('keeps keys apart', async () => {
    const turns = new TurnQueue()
    await turns.take('a', soon(0))
    assert.ok(await turns.take('b', soon(0)))
  })

  it('lets those behind through when one gives up or ends twice', async () => {
    const turns = new TurnQueue()
    const end = await turns.take('a', soon(0))
    const impatient = turns.take('a', soon(10))
    const aborted = turns.take('a', soon(5000), AbortSignal.timeout(10))
    const patient = turns.take('a', soon(5000))
    const last = turns.take('a', soon(5000))
    assert.equal(await impatient, undefined)
    assert.equal(await aborted, undefined)
    end?.()
    end?.()
    const endOfPatient = await patient
    assert.ok(endOfPatient)
    let isLastThrough = false
    void last.then(() => (isLastThrough = true))
    await new Promise((resolve) => setTimeout(resolve, 5))
    assert.equal(isLastThrough, false)
    endOfPatient()
    assert.ok(await last)
  })
})
