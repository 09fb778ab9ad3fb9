import assert from 'node:assert/strict'

import {Secret} from '../../../../src/model/secret.js'
import type {RedisConnection} from '../../../../src/store/redis/connection.js'
import {RedisKeys} from '../../../../src/store/redis/keys.js'
import {MetaHash, metaFields} from '../../../../src/store/redis/redis-meta.js'
import {Keyring} from '../../../../src/store/store-keys.js'

describe('MetaHash', () => {
  it('asks once for as many as want the keys at once, and again for who wants them anew', async () => {
    const keyring = new Keyring({kind: 'inline', value: new Secret('A'.repeat(43))})
    const {wrapped} = await keyring.create()
    let asked = 0
    const connection = {
      location: 'redis://made-up',
      epoch: () => 1,
      send: () => {
        asked += 1
        return Promise.resolve(metaFields({id: 'made-up', wrapped}))
      },
    } as unknown as RedisConnection
    const meta = new MetaHash(connection, new RedisKeys('test:'), keyring)
    await Promise.all(Array.from({length: 100}, () => meta.openKeys()))
    assert.equal(asked, 1)
    await meta.openKeys()
    assert.equal(asked, 1)
    await meta.openKeys({anew: true})
    assert.equal(asked, 2)
  })
})
