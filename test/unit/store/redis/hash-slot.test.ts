import assert from 'node:assert/strict'

import {hashSlotOf} from '../../../../src/store/redis/hash-slot.js'

describe('the hash slot of a key', () => {
  it('is that of the specification', () => {
    assert.equal(hashSlotOf('123456789'), 0x31c3)
  })

  it('is that of what stands in the first braces, where something does', () => {
    assert.equal(hashSlotOf('behalf:{a:17}account-twitch:{2002}'), hashSlotOf('a:17'))
    assert.equal(hashSlotOf('foo{{bar}}zap'), hashSlotOf('{bar'))
    for (const key of ['foo{}{bar}', 'foo{bar', 'foo}bar{']) assert.notEqual(hashSlotOf(key), hashSlotOf('bar'))
  })
})
