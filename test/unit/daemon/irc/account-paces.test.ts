import assert from 'node:assert/strict'

import {limitPace} from '../../../../src/daemon/irc/account-paces.js'

describe('limitPace', () => {
  it('is what Twitch takes of an account', () => {
    assert.deepEqual(limitPace(20), {messages: 20, privilegedMessages: 100, joins: 20, logins: 20})
  })

  it('gives a daemon with a part of the messages the same part of all else', () => {
    assert.deepEqual(limitPace(10), {messages: 10, privilegedMessages: 50, joins: 10, logins: 10})
    assert.deepEqual(limitPace(7), {messages: 7, privilegedMessages: 35, joins: 7, logins: 7})
    assert.deepEqual(limitPace(1), {messages: 1, privilegedMessages: 5, joins: 1, logins: 1})
  })

  it('gives a verified bot more messages, and no more of anything else', () => {
    assert.deepEqual(limitPace(50), {messages: 50, privilegedMessages: 100, joins: 20, logins: 20})
    assert.deepEqual(limitPace(7500), {messages: 7500, privilegedMessages: 7500, joins: 20, logins: 20})
  })
})
