import assert from 'node:assert/strict'

import {subjectOfHubotUser} from '../../../src/model/hubot-subject.js'

describe('subjectOfHubotUser', () => {
  it('has the adapter’s name so that it can stand in a subject, and the id as it is', () => {
    for (const [adapter, subject] of [
      ['slack', 'slack:U02AB'],
      [' Slack Bot ', 'slack-bot:U02AB'],
      ['@team/hubot: x', '@team/hubot-x:U02AB'],
    ] as const) {
      assert.equal(subjectOfHubotUser(adapter, 'U02AB'), subject)
    }
    assert.equal(subjectOfHubotUser('xmpp', 'Ada:1'), 'xmpp:Ada:1')
  })
})
