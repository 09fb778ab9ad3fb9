import assert from 'node:assert/strict'

import {readIrcSettings} from '../../../src/config/irc-settings.js'

const TWITCH = {host: 'irc.chat.twitch.tv', port: 6697, isPlain: false}

describe('readIrcSettings', () => {
  it('has no door on TCP, and goes to Twitch with TLS', () => {
    assert.deepEqual(readIrcSettings({}, {BEHALF_IRC: '', BEHALF_IRC_UPSTREAM: ''}), {upstream: TWITCH})
  })

  it('reads the environment, and flags before it', () => {
    const environment = {BEHALF_IRC: '6667', BEHALF_IRC_UPSTREAM: 'irc://localhost:1'}
    assert.deepEqual(readIrcSettings({}, environment), {
      listen: {host: '127.0.0.1', port: 6667},
      upstream: {host: 'localhost', port: 1, isPlain: true},
    })
    assert.deepEqual(readIrcSettings({irc: '[::1]:0', ircUpstream: 'ircs://Chat.example:2/'}, environment), {
      listen: {host: '::1', port: 0},
      upstream: {host: 'chat.example', port: 2, isPlain: false},
    })
    assert.deepEqual(readIrcSettings({ircUpstream: '[::2]:3'}, {}).upstream, {host: '::2', port: 3, isPlain: false})
  })

  it('refuses what is no chat server, and tokens in the clear to another machine', () => {
    for (const text of [
      '',
      'host',
      'host:0',
      'host:65536',
      'http://host:1',
      'irc://',
      'irc://a:b@localhost:1',
      ':6667',
    ]) {
      assert.throws(() => readIrcSettings({ircUpstream: text}, {}), {code: 'configuration', message: /--irc-upstream/})
    }
    assert.throws(() => readIrcSettings({}, {BEHALF_IRC_UPSTREAM: 'irc://chat.example:6667'}), {
      code: 'configuration',
      message: /BEHALF_IRC_UPSTREAM .* unencrypted/,
    })
    assert.throws(() => readIrcSettings({irc: 'nowhere'}, {}), {code: 'configuration', message: /--irc /})
  })
})
