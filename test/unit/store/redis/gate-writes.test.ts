import assert from 'node:assert/strict'

import {BehalfError} from '../../../../src/model/behalf-error.js'
import type {RedisConnection} from '../../../../src/store/redis/connection.js'
import {gateWrites} from '../../../../src/store/redis/gate-writes.js'
import {hasCode} from '../../../contract/store-accounts.js'

describe('gateWrites', () => {
  const moved = new BehalfError('store-moved', 'made up')
  /** What each question at the gate gives, and what was sent. */
  function open(answers: (Promise<void> | undefined)[]) {
    const sent: string[] = []
    const gate = {changes: 0, asked: 0, enter: () => answers[gate.asked++]}
    const send: RedisConnection['send'] = (_key, [name]) => Promise.resolve(sent.push(String(name)))
    const connection = {location: 'redis://made-up', send} as unknown as RedisConnection
    return {gate, sent, through: gateWrites(connection, gate)}
  }

  it('asks before a write, and sends nothing where the store was moved', async () => {
    const {sent, through} = open([Promise.reject(moved)])
    await assert.rejects(through.send('made-up', ['SET', 'made-up', '1']), hasCode('store-moved'))
    assert.deepEqual(sent, [])
  })

  it('takes a write for done no more where the process stood still and the store was moved', async () => {
    const {sent, through} = open([undefined, Promise.reject(moved)])
    await assert.rejects(through.send('made-up', ['SET', 'made-up', '1']), hasCode('store-moved'))
    assert.deepEqual(sent, ['SET'])
  })

  it('nor where another write of the process has found that out meanwhile', async () => {
    const {gate, through} = open([])
    const writing = through.send('made-up', ['SET', 'made-up', '1'])
    gate.changes += 1
    await assert.rejects(writing, hasCode('store-locked'))
  })

  it('asks nothing for a read', async () => {
    const {gate, through} = open([])
    await through.send('made-up', ['GET', 'made-up'])
    assert.equal(gate.asked, 0)
  })
})
