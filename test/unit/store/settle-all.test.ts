import assert from 'node:assert/strict'
import {setImmediate as pause} from 'node:timers/promises'

import {settleAll} from '../../../src/store/settle-all.js'

describe('settleAll', () => {
  it('gives what all gave, in their order', async () => {
    assert.deepEqual(await settleAll([pause(1), Promise.resolve(2)]), [1, 2])
  })

  it('fails with the first, once nothing is under way any more', async () => {
    let hasEnded = false
    const slow = async (): Promise<never> => {
      await pause()
      hasEnded = true
      throw new Error('second')
    }
    await assert.rejects(settleAll([Promise.reject(new Error('first')), slow()]), /first/)
    assert.equal(hasEnded, true)
  })
})
