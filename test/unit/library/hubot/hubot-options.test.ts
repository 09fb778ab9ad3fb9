import assert from 'node:assert/strict'

import {readHubotOptions} from '../../../../src/library/hubot/hubot-options.js'
import type {Robot} from '../../../../src/library/hubot/robot.js'

describe('readHubotOptions', () => {
  const read = (given: unknown, adapterName = 'Slack Bot') => readHubotOptions({adapterName} as Robot, given)
  const user = {id: 'U1'}

  it('takes the adapter’s own name', () => {
    // What Hubot passes for a list of scripts, and what people write into an object of them.
    for (const given of [undefined, null, '*', true, [], {}]) assert.equal(read(given).adapter, 'Slack Bot')
  })

  it('takes another name, and another idea of what is private', () => {
    assert.equal(read({adapter: 'slack'}).adapter, 'slack')
    const {isPrivate} = read({isPrivate: () => true})
    assert.equal(isPrivate({user, room: 'general'}), true)
    assert.equal(read({}).isPrivate({user, room: 'general'}), false)
  })
})
