import assert from 'node:assert/strict'

import {revokeApiToken} from '../../../src/broker/api-tokens.js'
import {findApiTokenId} from '../../../src/broker/find-api-token.js'
import {issueApiToken} from '../../../src/broker/issue-api-token.js'
import {makeBrokerWorld, type BrokerWorld} from '../../support/broker-world.js'

describe('findApiTokenId', () => {
  let world: BrokerWorld
  beforeEach(async () => {
    world = await makeBrokerWorld()
  })
  afterEach(() => world.dispose())

  const issue = async (name: string) => {
    const {apiToken} = await issueApiToken(world.deps, {name, scopes: ['points:read'], as: [], asAny: false})
    return apiToken.id
  }
  const find = (text: string) => findApiTokenId(world.deps, text)

  it('finds one by its id, and by its name', async () => {
    const [overlay, bot] = [await issue('overlay'), await issue('chat bot')]
    assert.deepEqual([await find(overlay), await find('overlay'), await find('chat bot')], [overlay, overlay, bot])
  })

  it('takes an id for an id, whatever another one is called', async () => {
    const overlay = await issue('overlay')
    await issue(overlay)
    assert.equal(await find(overlay), overlay)
  })

  it('refuses a name that several have, and names them', async () => {
    const ids = [await issue('overlay'), await issue('overlay')]
    const message = `“overlay” is the name of several API tokens: ${ids.join(', ')}.`
    await assert.rejects(find('overlay'), {code: 'invalid-input', message})
  })

  it('passes by those that are over, unless all are', async () => {
    const old = await issue('overlay')
    await revokeApiToken(world.deps, old)
    assert.equal(await find('overlay'), old)
    const current = await issue('overlay')
    assert.equal(await find('overlay'), current)
    await revokeApiToken(world.deps, current)
    await assert.rejects(find('overlay'), {code: 'invalid-input'})
  })

  it('finds nothing by a part of a name, another case or nothing, and says what is near', async () => {
    await issue('overlay')
    for (const text of ['over', 'Overlay', '', ' ']) await assert.rejects(find(text), {code: 'token-not-found'})
    await assert.rejects(find('overlai'), {message: 'There is no API token “overlai”. Did you mean overlay?'})
  })

  it('refuses a whole token', async () => {
    const text = `bhf_abcd1234_${'x'.repeat(32)}_abcdef`
    await assert.rejects(find(text), {code: 'invalid-input', message: /whole API token/})
  })
})
