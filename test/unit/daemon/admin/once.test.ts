import assert from 'node:assert/strict'

import {Once} from '../../../../src/daemon/admin/once.js'

describe('what is done once for each key', () => {
  it('is done once for those who ask while it is being done, and after', async () => {
    const once = new Once<number>()
    let done = 0
    const act = (): Promise<number> => Promise.resolve((done += 1))
    assert.deepEqual(await Promise.all([once.run('one', act), once.run('one', act)]), [1, 1])
    assert.equal(await once.run('one', act), 1)
    assert.equal(await once.run('two', act), 2)
  })

  it('is done again after it failed', async () => {
    const once = new Once<string>()
    await assert.rejects(
      once.run('one', () => Promise.reject(new Error('made up'))),
      /made up/,
    )
    assert.equal(await once.run('one', () => Promise.resolve('done')), 'done')
  })
})
