import assert from 'node:assert/strict'

import {isPrivate} from '../../../../src/library/hubot/is-private.js'
import type {Message} from '../../../../src/library/hubot/robot.js'

describe('isPrivate', () => {
  const user = {id: 'U1', name: 'ada'}
  const isIt = (adapterName: string, message: Partial<Message>): boolean => isPrivate({adapterName}, {user, ...message})

  it('knows what is private for certain', () => {
    assert.equal(isIt('irc', {}), true)
    assert.equal(isIt('irc', {room: ''}), true)
    assert.equal(isIt('irc', {room: 'ada'}), true)
    assert.equal(isIt('some', {room: 'U1'}), true)
    assert.equal(isPrivate({adapterName: 'some'}, {user: {id: 7}, room: '7'}), true)
    assert.equal(isIt('some', {room: 'C1', private: true}), true)
    assert.equal(isIt('SlackBot', {room: 'D036EKLUS'}), true)
    assert.equal(isIt('Shell', {room: 'Shell'}), true)
  })

  it('takes everything else for a room', () => {
    for (const room of ['#general', 'C036EKLUS', 'G036EKLUS', 'D036EKLUS', 'Shell', 'U2', 'adams', 'dm']) {
      assert.equal(isIt('some', {room}), false, room)
    }
    for (const room of ['C036EKLUS', 'G036EKLUS', 'dogs', 'Dogs', 'DEV']) assert.equal(isIt('SlackBot', {room}), false)
    assert.equal(isIt('some', {room: 'C1', private: 'yes'}), false)
  })
})
