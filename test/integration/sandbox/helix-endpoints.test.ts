import assert from 'node:assert/strict'

import {findEndpoint, listEndpoints, parameterName} from '../../../src/helix/catalogue.js'
import {startSandbox, type Sandbox} from '../../../src/sandbox/start-sandbox.js'
import {createFakeClock, type FakeClock} from '../../support/fake-clock.js'
import {assertHelixError, dataOf, SandboxCaller, type Answer} from '../../support/sandbox-caller.js'

const ALL_SCOPES = [...new Set(listEndpoints().flatMap(({scopes}) => scopes)), 'user:read:email', 'user:bot'].join(' ')

describe('sandbox Helix endpoints', () => {
  let sandbox: Sandbox
  let caller: SandboxCaller
  let clock: FakeClock
  let sam: string
  let bot: string

  beforeEach(async () => {
    clock = createFakeClock()
    sandbox = await startSandbox({clock})
    caller = new SandboxCaller(sandbox)
    sam = (await caller.logIn('streamer_sam', ALL_SCOPES)).access_token
    bot = (await caller.logIn('techydrroid', ALL_SCOPES)).access_token
  })
  afterEach(() => sandbox.stop())

  const asSam = (call: string, body?: unknown) => caller.helix(call, sam, body === undefined ? {} : {body})
  const asBot = (call: string, body?: unknown) => caller.helix(call, bot, body === undefined ? {} : {body})

  /** Checks the keys of an answer against the catalogue: none that it does not know, and all of `data` but `optional`. */
  function assertShape(call: string, answer: Answer, optional: string[] = []): void {
    const [method = '', path = ''] = call.split('?')[0]?.split(' ') ?? []
    const endpoint = findEndpoint(method, path)
    assert.equal(answer.status, endpoint?.success, `${call}: ${answer.text}`)
    const shape = endpoint?.response as {data: [Record<string, unknown>]}
    assert.deepEqual(Object.keys(answer.json as object).sort(), Object.keys(shape).sort(), call)
    const known = Object.keys(shape.data[0])
    for (const item of dataOf(answer)) {
      const keys = Object.keys(item)
      assert.deepEqual(
        keys.filter((key) => !known.includes(key)),
        [],
        call,
      )
      assert.deepEqual(
        known.filter((key) => !keys.includes(key) && !optional.includes(key)),
        [],
        call,
      )
    }
    assert.ok(dataOf(answer).length > 0, `${call}: nothing to look at`)
  }

  it('lists in the shape of the reference', async () => {
    await asSam('POST /moderation/bans?broadcaster_id=1001&moderator_id=1001', {data: {user_id: '2003'}})
    await asSam('POST /channels/vips?broadcaster_id=1001&user_id=3001')
    await asSam('PUT /users/blocks?target_user_id=2003')
    for (const call of [
      'GET /channels?broadcaster_id=1001',
      'GET /channels/followers?broadcaster_id=1001',
      'GET /chat/chatters?broadcaster_id=1001&moderator_id=1001',
      'GET /chat/color?user_id=1001',
      'GET /chat/settings?broadcaster_id=1001&moderator_id=1001',
      'GET /games?id=509658',
      'GET /games/top',
      'GET /moderation/banned?broadcaster_id=1001',
      'GET /moderation/moderators?broadcaster_id=1001',
      'GET /channels/vips?broadcaster_id=1001',
      'GET /search/categories?query=card',
      'GET /search/channels?query=streamer',
      'GET /streams?user_login=Streamer_Sam',
      'GET /subscriptions?broadcaster_id=1001',
      'GET /users',
      'GET /users/blocks?broadcaster_id=1001',
      'PUT /users?description=New',
    ]) {
      assertShape(call, await asSam(call))
    }
    for (const call of [
      'GET /channels/followed?user_id=2002',
      'GET /moderation/channels?user_id=2002',
      'GET /streams/followed?user_id=2002',
    ]) {
      assertShape(call, await asBot(call))
    }
  })

  it('does what the rest of the catalogue promises, or says that there is nothing', async () => {
    const appToken = await caller.appToken()
    const values: Record<string, string> = {
      to_broadcaster_id: '2002',
      segment: 'global',
      color: 'blue',
      status: 'UNFULFILLED',
    }
    for (const endpoint of listEndpoints()) {
      if (endpoint.deprecated === true || endpoint.tokenTypes.includes('extension-jwt')) continue
      const query = new URLSearchParams()
      for (const entry of endpoint.query.filter((entry) => entry.includes('*'))) {
        const name = parameterName(entry)
        query.set(name, values[name] ?? '1001')
      }
      const fields = Object.keys(endpoint.body ?? {}).filter((name) => endpoint.bodyRequired.includes(name))
      const body = endpoint.body && Object.fromEntries(fields.map((name) => [name, '1001']))
      const call = `${endpoint.method} ${endpoint.path}?${query.toString()}`
      const token = endpoint.tokenTypes.includes('user') ? sam : appToken
      const answer = await caller.helix(call, token, body ? {body} : {})
      if (answer.status === endpoint.success) {
        assert.equal(answer.text === '', endpoint.success === 204, call)
        continue
      }
      // The dummy values are nobody's poll and no real body: that must be what the refusal is about.
      assert.ok([400, 404, 422].includes(answer.status), `${call}: ${answer.text}`)
      assertHelixError(answer, answer.status, /malformed|ID|no |not |cannot|already|must|does not|filter/)
    }
  })

  describe('users', () => {
    it('gives several by id and login, in any case, each once, and passes over strangers', async () => {
      const answer = await asSam('GET /users?id=1001&login=STREAMER_SAM&login=otherbot&id=999')
      assert.deepEqual(
        dataOf(answer).map(({id}) => id),
        ['1001', '2003'],
      )
    })

    it('shows the e-mail to the user alone, and with the scope alone', async () => {
      const emails = dataOf(await asSam('GET /users?id=1001&id=2002')).map(({email}) => email)
      assert.deepEqual(emails, ['streamer_sam@example.test', undefined])
      const {access_token: token} = await caller.logIn('streamer_sam', '')
      assert.equal('email' in (dataOf(await caller.helix('GET /users', token))[0] ?? {}), false)
    })

    it('blocks and unblocks', async () => {
      assert.equal((await asSam('PUT /users/blocks?target_user_id=2003')).status, 204)
      const list = async () => dataOf(await asSam('GET /users/blocks?broadcaster_id=1001'))
      assert.deepEqual(await list(), [{user_id: '2003', user_login: 'otherbot', display_name: 'OtherBot'}])
      await asSam('DELETE /users/blocks?target_user_id=2003')
      assert.deepEqual(await list(), [])
      assert.equal((await asSam('PUT /users/blocks?target_user_id=1001')).status, 400)
    })
  })

  describe('channels', () => {
    const read = async () => dataOf(await asSam('GET /channels?broadcaster_id=1001'))[0]

    it('keeps a change', async () => {
      const body = {
        title: 'New',
        game_id: '100003',
        tags: ['One'],
        delay: 5,
        content_classification_labels: [{id: 'Gambling', is_enabled: true}],
      }
      const answer = await asSam('PATCH /channels?broadcaster_id=1001', body)
      assert.deepEqual([answer.status, answer.text], [204, ''])
      const channel = await read()
      assert.deepEqual(
        [channel?.title, channel?.game_name, channel?.tags, channel?.delay],
        ['New', 'Robot Garden', ['One'], 5],
      )
      assert.deepEqual(channel?.content_classification_labels, ['Gambling'])
    })

    it('refuses a change that Twitch would refuse, whole', async () => {
      const before = await read()
      for (const body of [
        {},
        {title: ''},
        {title: 'x'.repeat(141)},
        {tags: ['two words']},
        {tags: Array(11).fill('a')},
        {title: 7},
      ]) {
        assert.equal((await asSam('PATCH /channels?broadcaster_id=1001', body)).status, 400, JSON.stringify(body))
      }
      assert.equal((await asBot('PATCH /channels?broadcaster_id=2002', {delay: 5})).status, 400)
      assert.deepEqual(await read(), before)
    })

    it('tells who follows to moderators with the scope, the number to everyone', async () => {
      const path = 'GET /channels/followers?broadcaster_id=1001'
      const {access_token: noScope} = await caller.logIn('techydrroid', '')
      const {access_token: noModerator} = await caller.logIn('otherbot', 'moderator:read:followers')
      assert.equal(dataOf(await asBot(path)).length, 2)
      for (const token of [noScope, noModerator]) {
        assert.deepEqual((await caller.helix(path, token)).json, {data: [], pagination: {}, total: 2})
      }
      assert.equal(dataOf(await asSam(`${path}&user_id=3001`)).length, 1)
    })
  })

  describe('chat', () => {
    const send = (message: string, more: object = {}) =>
      asBot('POST /chat/messages', {broadcaster_id: '1001', sender_id: '2002', message, ...more})

    it('sends a message, and drops the same one within half a minute', async () => {
      const sent = dataOf(await send('hello'))[0]
      assert.deepEqual([sent?.is_sent, sent?.drop_reason], [true, null])
      const repeated = dataOf(await send('hello'))[0]
      assert.deepEqual([repeated?.message_id, repeated?.is_sent], ['', false])
      assert.equal((repeated?.drop_reason as {code: string}).code, 'msg_duplicate')
      clock.advance(30_000)
      assert.equal(dataOf(await send('hello'))[0]?.is_sent, true)
    })

    it('drops the next message for the reason that was seeded', async () => {
      const drop = {code: 'automod_held', message: 'held for review'}
      await caller.control('seed', {channels: [{login: 'streamer_sam', dropNext: [drop]}]})
      assert.deepEqual(dataOf(await send('one'))[0]?.drop_reason, drop)
      assert.equal(dataOf(await send('two'))[0]?.is_sent, true)
    })

    it('takes 500 characters, emoji counting as one, and no more', async () => {
      assert.equal((await send('🦊'.repeat(500))).status, 200)
      assertHelixError(await send('x'.repeat(501)), 422, /too large/)
    })

    it('refuses the banned until the time-out is over', async () => {
      const ban = {data: {user_id: '2002', duration: 60, reason: 'spam'}}
      assert.equal((await asSam('POST /moderation/bans?broadcaster_id=1001&moderator_id=1001', ban)).status, 200)
      assert.equal((await send('let me in')).status, 403)
      clock.advance(60_000)
      assert.equal((await send('let me in')).status, 200)
    })

    it('refuses options that do not go together', async () => {
      assert.equal((await send('x', {for_source_only: true})).status, 400)
      assert.equal((await send('x', {pin: true, reply_parent_message_id: 'y'})).status, 400)
      assert.equal((await send('pinned', {pin: true})).status, 200)
    })

    it('changes the room', async () => {
      const path = '/chat/settings?broadcaster_id=1001&moderator_id=2002'
      const changed = dataOf(
        await asBot(`PATCH ${path}`, {slow_mode: true, follower_mode: true, follower_mode_duration: 10}),
      )[0]
      assert.deepEqual([changed?.slow_mode_wait_time, changed?.follower_mode_duration], [30, 10])
      const open = dataOf(await asBot('GET /chat/settings?broadcaster_id=1001'))[0]
      assert.equal(open?.slow_mode, true)
      assert.equal('non_moderator_chat_delay' in open, false)
      const {access_token: noScope} = await caller.logIn('techydrroid', '')
      assertHelixError(await caller.helix(`GET ${path}`, noScope), 401, /^Missing scope: moderator:read:chat_settings/)
    })

    it('announces and deletes', async () => {
      const channel = sandbox.state.channels.of('1001')
      const announced = await asBot('POST /chat/announcements?broadcaster_id=1001&moderator_id=2002', {message: 'Now'})
      assert.equal(announced.status, 204)
      assert.deepEqual(channel.announcements, [{moderatorId: '2002', message: 'Now', color: 'primary'}])
      const id = String(dataOf(await send('one'))[0]?.message_id)
      await send('two')
      const path = 'DELETE /moderation/chat?broadcaster_id=1001&moderator_id=2002'
      assert.equal((await asBot(`${path}&message_id=${id}`)).status, 204)
      assert.equal((await asBot(`${path}&message_id=${id}`)).status, 404)
      assert.deepEqual(
        channel.messages.map(({text}) => text),
        ['two'],
      )
      await asBot(path)
      assert.equal(channel.messages.length, 0)
    })
  })

  describe('moderation', () => {
    it('gives and takes roles, never both', async () => {
      const role = (method: string, path: string) => asSam(`${method} ${path}?broadcaster_id=1001&user_id=2003`)
      assert.equal((await role('POST', '/channels/vips')).status, 204)
      assert.equal((await role('POST', '/channels/vips')).status, 422)
      assert.equal((await role('POST', '/moderation/moderators')).status, 422)
      assert.equal((await role('DELETE', '/channels/vips')).status, 204)
      assert.equal((await role('POST', '/moderation/moderators')).status, 204)
      assert.equal((await role('POST', '/moderation/moderators')).status, 400)
      const {access_token: other} = await caller.logIn('otherbot', 'user:read:moderated_channels')
      const channels = await caller.helix('GET /moderation/channels?user_id=2003', other)
      assert.deepEqual(
        dataOf(channels).map((item) => item.broadcaster_login),
        ['streamer_sam'],
      )
      assert.equal((await role('DELETE', '/moderation/moderators')).status, 204)
      assert.equal((await role('DELETE', '/moderation/moderators')).status, 400)
    })

    it('bans and unbans', async () => {
      const path = '/moderation/bans?broadcaster_id=1001&moderator_id=2002'
      const ban = (data: object) => asBot(`POST ${path}`, {data})
      assert.equal(dataOf(await ban({user_id: '3001'}))[0]?.end_time, null)
      assert.equal((await ban({user_id: '3001'})).status, 400)
      assert.equal((await ban({user_id: '1001'})).status, 400)
      assert.equal((await ban({user_id: '2003', duration: 1_209_601})).status, 400)
      assert.equal((await asBot(`DELETE ${path}&user_id=3001`)).status, 204)
      assert.equal((await asBot(`DELETE ${path}&user_id=3001`)).status, 400)
    })
  })

  it('tells who is subscribed, and 404 who is not', async () => {
    const {access_token: vera} = await caller.logIn('viewer_vera', 'user:read:subscriptions')
    const path = 'GET /subscriptions/user?broadcaster_id=1001'
    assert.equal(dataOf(await caller.helix(`${path}&user_id=3001`, vera))[0]?.tier, '1000')
    assertHelixError(await asBot(`${path}&user_id=2002`), 404, /not subscribed/)
  })

  it('runs a poll to its end', async () => {
    const body = {broadcaster_id: '1001', title: 'Tea?', choices: [{title: 'Yes'}, {title: 'No'}], duration: 60}
    const created = await asSam('POST /polls', body)
    assertShape('POST /polls', created)
    assert.equal((await asSam('POST /polls', body)).status, 400)
    assert.equal((await asSam('POST /polls', {...body, choices: [{title: 'Yes'}]})).status, 400)
    clock.advance(60_000)
    const listed = dataOf(await asSam('GET /polls?broadcaster_id=1001'))[0]
    assert.equal(listed?.status, 'COMPLETED')
    const second = dataOf(await asSam('POST /polls', body))[0]
    const end = {broadcaster_id: '1001', id: second?.id, status: 'TERMINATED'}
    assertShape('PATCH /polls', await asSam('PATCH /polls', end))
    assert.equal((await asSam('PATCH /polls', end)).status, 400)
  })

  it('runs a prediction to its end', async () => {
    const body = {
      broadcaster_id: '1001',
      title: 'Win?',
      outcomes: [{title: 'Yes'}, {title: 'No'}],
      prediction_window: 30,
    }
    const created = await asSam('POST /predictions', body)
    assertShape('POST /predictions', created)
    const prediction = dataOf(created)[0] as {id: string; outcomes: {id: string}[]}
    assert.equal((await asSam('POST /predictions', body)).status, 400)
    clock.advance(30_000)
    assert.equal(dataOf(await asSam('GET /predictions?broadcaster_id=1001'))[0]?.status, 'LOCKED')
    const end = {broadcaster_id: '1001', id: prediction.id, status: 'RESOLVED'}
    assert.equal((await asSam('PATCH /predictions', end)).status, 400)
    const winner = prediction.outcomes[1]?.id
    const ended = dataOf(await asSam('PATCH /predictions', {...end, winning_outcome_id: winner}))[0]
    assert.deepEqual([ended?.status, ended?.winning_outcome_id], ['RESOLVED', winner])
    assert.equal((await asSam('PATCH /predictions', {...end, winning_outcome_id: winner})).status, 400)
  })

  it('keeps rewards, for the app that made them, and settles redemptions', async () => {
    const path = '/channel_points/custom_rewards'
    const created = await asSam(`POST ${path}?broadcaster_id=1001`, {
      title: 'Hydrate',
      cost: 100,
      is_global_cooldown_enabled: true,
      global_cooldown_seconds: 60,
    })
    assertShape(`POST ${path}`, created)
    const id = String(dataOf(created)[0]?.id)
    assert.equal((await asSam(`POST ${path}?broadcaster_id=1001`, {title: 'Hydrate', cost: 1})).status, 400)
    assert.equal((await asBot(`POST ${path}?broadcaster_id=2002`, {title: 'Hydrate', cost: 1})).status, 403)
    const changed = dataOf(await asSam(`PATCH ${path}?broadcaster_id=1001&id=${id}`, {cost: 200}))[0]
    assert.equal(changed?.cost, 200)
    assert.deepEqual(changed.global_cooldown_setting, {is_enabled: true, global_cooldown_seconds: 60})

    const elsewhere = await caller.logInDevice('streamer_sam', 'channel:manage:redemptions')
    const foreign = await caller.helix(`DELETE ${path}?broadcaster_id=1001&id=${id}`, elsewhere.access_token, {
      clientId: caller.publicClient.id,
    })
    assert.equal(foreign.status, 403)

    await caller.control('redeem', {login: 'viewer_vera', reward_id: id, user_input: 'cheers'})
    const redemptions = `${path}/redemptions?broadcaster_id=1001&reward_id=${id}`
    const open = await asSam(`GET ${redemptions}&status=UNFULFILLED`)
    assertShape(`GET ${path}/redemptions`, open)
    const redemption = String(dataOf(open)[0]?.id)
    assert.equal((await asSam(`PATCH ${redemptions}&id=${redemption}`, {status: 'FULFILLED'})).status, 200)
    assert.equal((await asSam(`PATCH ${redemptions}&id=${redemption}`, {status: 'FULFILLED'})).status, 404)
    assert.equal((await asSam(`DELETE ${path}?broadcaster_id=1001&id=${id}`)).status, 204)
    assert.deepEqual(dataOf(await asSam(`GET ${path}?broadcaster_id=1001`)), [])
  })

  it('keeps EventSub subscriptions by the kind of token', async () => {
    const appToken = await caller.appToken()
    const body = {type: 'stream.online', version: '1', condition: {broadcaster_user_id: '1001'}}
    const socket = {...body, transport: {method: 'websocket', session_id: 'made-up'}}
    const hook = {
      ...body,
      transport: {method: 'webhook', callback: 'https://app.example.test/hook', secret: 'made-up-secret'},
    }
    const created = await asSam('POST /eventsub/subscriptions', socket)
    assert.equal(created.status, 202)
    assert.doesNotMatch(created.text, /made-up-secret/)
    assert.equal((await asSam('POST /eventsub/subscriptions', socket)).status, 409)
    assert.equal((await asSam('POST /eventsub/subscriptions', hook)).status, 400)
    assert.equal((await caller.helix('POST /eventsub/subscriptions', appToken, {body: socket})).status, 400)
    assert.equal((await caller.helix('POST /eventsub/subscriptions', appToken, {body: hook})).status, 202)
    const list = (token: string, filter = '') => caller.helix(`GET /eventsub/subscriptions${filter}`, token)
    assertShape('GET /eventsub/subscriptions', await list(sam))
    assert.equal(dataOf(await list(sam)).length, 1)
    assert.equal(dataOf(await list(appToken)).length, 1)
    assert.equal(dataOf(await list(sam, '?type=other')).length, 0)
    assert.equal((await list(sam, '?type=a&status=b')).status, 400)
    const id = String(dataOf(created)[0]?.id)
    assert.equal((await caller.helix(`DELETE /eventsub/subscriptions?id=${id}`, appToken)).status, 404)
    assert.equal((await asSam(`DELETE /eventsub/subscriptions?id=${id}`)).status, 204)
    assert.equal((await asSam(`DELETE /eventsub/subscriptions?id=${id}`)).status, 404)
  })
})
