import assert from 'node:assert/strict'

import {explainHelixAnswer} from '../../../src/broker/explain-helix-answer.js'
import {helixMap} from '../../../src/helix/helix-map.js'
import type {HelixRequest} from '../../../src/model/helix-call.js'
import {makeBrokerWorld, type BrokerWorld} from '../../support/broker-world.js'
import {makeProvider} from '../../support/make-provider.js'

const TWITCH = makeProvider({name: 'twitch', dialect: 'twitch', apiUrl: 'https://api.example.test/helix'})

describe('what may help after Helix refused a call', () => {
  let world: BrokerWorld
  before(async () => {
    world = await makeBrokerWorld()
    await world.addAccount(TWITCH, {userId: '1001', login: 'streamer_sam', role: 'owner'})
    await world.addAccount(TWITCH, {userId: '2002', login: 'techydrroid'})
  })
  after(() => world.dispose())

  const explain = (
    message: string,
    {status = 401, actor = {kind: 'account', key: 'twitch:2002'}, ...request}: Parts = {},
  ): Promise<string | undefined> => {
    const plan = {
      actor,
      request: {apiUrl: '', method: 'GET', path: '/of/tomorrow', query: '', ...request},
    } satisfies Parameters<typeof explainHelixAnswer>[1]
    const body = JSON.stringify({error: 'Unauthorized', status, message})
    return explainHelixAnswer({store: world.store, helix: helixMap}, plan, {status, body})
  }
  type Actor = Parameters<typeof explainHelixAnswer>[1]['actor']
  type Parts = Partial<HelixRequest> & {status?: number; actor?: Actor}

  it('is the login that adds a scope which Twitch misses, in all its wordings', async () => {
    const command = 'behalf bot add --expect techydrroid --scope clips:edit'
    assert.equal(await explain('Missing scope: clips:edit'), command)
    assert.equal(await explain('Missing clips:edit scope'), command)
    assert.equal(await explain('missing scope: clips:edit or channel:manage:clips', {status: 403}), command)
    assert.equal(
      await explain('Missing scope: user:edit', {actor: {kind: 'account', key: 'twitch:1001'}}),
      'behalf login --scope user:edit',
    )
  })

  it('is the account that is meant, or that the parameter can be left out', async () => {
    const message = "The ID in broadcaster_id must match the user ID found in the request's OAuth token."
    assert.equal(await explain(message, {query: 'broadcaster_id=1001'}), 'Act as that user: --as streamer_sam')
    assert.equal(
      await explain(message, {query: 'broadcaster_id=9'}),
      'techydrroid acts, whose id is 2002. Leave out broadcaster_id and it is filled in.',
    )
  })

  it('is what the catalogue knows, for anything else', async () => {
    const call = {method: 'GET', path: '/chat/messages', status: 404} as const
    assert.match((await explain('', call)) ?? '', /^There is only POST/)
    assert.equal(await explain('Invalid OAuth token'), undefined)
  })

  it('is no login for the application, which has none', async () => {
    assert.equal(await explain('Missing scope: clips:edit', {actor: {kind: 'app', provider: TWITCH}}), undefined)
  })

  it('is nothing after a success, whatever its body says', async () => {
    assert.equal(await explain('Missing scope: clips:edit', {status: 200}), undefined)
  })
})
