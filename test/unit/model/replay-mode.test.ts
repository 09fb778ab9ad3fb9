import assert from 'node:assert/strict'

import {replayModeOf} from '../../../src/model/replay-mode.js'
import {makeProvider} from '../../support/make-provider.js'

describe('replayModeOf', () => {
  const twitch = makeProvider({dialect: 'twitch'})
  const {clientSecret: _, ...publicTwitch} = twitch

  it('is safe at Twitch when a refresh carries a secret, else a probe', () => {
    assert.deepEqual(replayModeOf(twitch), {kind: 'safe'})
    assert.deepEqual(replayModeOf(publicTwitch), {kind: 'probe'})
    assert.deepEqual(replayModeOf({...twitch, authMethod: 'none'}), {kind: 'probe'})
  })

  it('presumes nothing of others', () => {
    for (const dialect of ['rfc', 'google', 'github', 'discord', 'spotify', 'webex'] as const) {
      assert.deepEqual(replayModeOf(makeProvider({dialect})), {kind: 'last-resort'}, dialect)
    }
  })

  it('is what was configured', () => {
    assert.deepEqual(replayModeOf({...twitch, replay: {kind: 'last-resort'}}), {kind: 'last-resort'})
    const grace = {kind: 'grace', graceMs: 60_000} as const
    assert.deepEqual(replayModeOf(makeProvider({replay: grace})), grace)
  })
})
