import assert from 'node:assert/strict'

import {CallWatch, type WatchedCall} from '../../../../src/daemon/passthrough/call-watch.js'
import {until} from '../../../support/until.js'

describe('the watch over calls', () => {
  let watch: CallWatch
  let checked: string[]
  let ended: string[]
  let refused: Set<string>

  beforeEach(() => {
    watch = new CallWatch(1)
    checked = []
    ended = []
    refused = new Set()
  })
  afterEach(() => {
    watch.close()
  })

  function addCall(name: string): WatchedCall {
    const call: WatchedCall = {
      place: undefined,
      check() {
        checked.push(name)
        return refused.has(name) ? Promise.reject(new Error('made up')) : Promise.resolve()
      },
      end: () => void ended.push(name),
    }
    watch.add(call)
    return call
  }

  it('asks of those that are left, whichever has ended', async () => {
    const [first, , third, fourth] = ['first', 'second', 'third', 'fourth'].map(addCall)
    assert(first && third && fourth)
    for (const call of [first, fourth, third]) assert.equal(watch.delete(call), true)
    addCall('fifth')
    await until('two are asked of', () => Promise.resolve(checked.length >= 4))
    assert.deepEqual(new Set(checked), new Set(['second', 'fifth']))
    assert.equal(watch.delete(first), false)
  })

  it('ends one that may go on no longer, once, and no other', async () => {
    const [first, second] = ['first', 'second'].map(addCall)
    assert(first && second)
    refused.add('first')
    await until('it is ended', () => Promise.resolve(ended.length > 0))
    checked = []
    await until('the other is asked of again', () => Promise.resolve(checked.length >= 2))
    assert.deepEqual(ended, ['first'])
    assert.deepEqual(new Set(checked), new Set(['second']))
    assert.equal(watch.delete(second), true)
  })
})
