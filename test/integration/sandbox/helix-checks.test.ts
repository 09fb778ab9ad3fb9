import assert from 'node:assert/strict'

import {listEndpoints} from '../../../src/helix/catalogue.js'
import {startSandbox, type Sandbox} from '../../../src/sandbox/start-sandbox.js'
import {assertHelixError, dataOf, SandboxCaller} from '../../support/sandbox-caller.js'

describe('sandbox Helix checks', () => {
  let sandbox: Sandbox
  let caller: SandboxCaller
  let token: string

  before(async () => {
    sandbox = await startSandbox()
    caller = new SandboxCaller(sandbox)
    token = (await caller.logIn('techydrroid', 'user:read:email')).access_token
  })
  after(() => sandbox.stop())

  const withHeaders = (path: string, headers: Record<string, string>) => caller.send(`/helix${path}`, {headers})

  // Each step is also wrong in everything that comes after it: it is the order that decides.
  it('looks at method and path first', async () => {
    assertHelixError(await withHeaders('/nothing', {}), 404, '')
    assertHelixError(await withHeaders('', {}), 404, '')
    assertHelixError(await withHeaders('/users/', {}), 404, '')
    assertHelixError(await caller.helix('DELETE /users', token), 404, '')
    assertHelixError(await withHeaders('/tags/streams', {}), 410, 'The API is deprecated.')
  })

  it('then whether there is a token', async () => {
    const path = '/polls'
    assertHelixError(await withHeaders(path, {}), 401, 'OAuth token is missing')
    assertHelixError(await withHeaders(path, {authorization: `OAuth ${token}`}), 401, 'OAuth token is missing')
    assertHelixError(await withHeaders(path, {authorization: 'Bearer'}), 401, 'OAuth token is missing')
  })

  it('then whether it lives', async () => {
    assertHelixError(await withHeaders('/polls', {authorization: 'Bearer made-up'}), 401, 'Invalid OAuth token')
  })

  it('then whether the Client-Id is known, and the token its own', async () => {
    const authorization = `Bearer ${token}`
    const unknown = 'Must provide a valid Client-ID or OAuth token'
    assertHelixError(await withHeaders('/polls', {authorization}), 401, unknown)
    assertHelixError(await withHeaders('/polls', {authorization, 'client-id': 'nobodysclient'}), 401, unknown)
    assertHelixError(
      await withHeaders('/polls', {authorization, 'client-id': caller.publicClient.id}),
      401,
      'Client ID and OAuth token do not match',
    )
  })

  it('then the kind of token', async () => {
    assertHelixError(await caller.helix('GET /polls', await caller.appToken()), 401, 'incorrect user authorization')
    assertHelixError(await caller.helix('GET /authorization/users', token), 401, 'Must provide valid app token.')
  })

  it('then the scope', async () => {
    assertHelixError(
      await caller.helix('GET /polls?broadcaster_id=1001', token),
      401,
      'Missing scope: channel:read:polls or channel:manage:polls',
    )
    const shield = await caller.helix('GET /moderation/shield_mode?broadcaster_id=1001&moderator_id=1001', token)
    assertHelixError(shield, 400, /^Missing scope/)
    assertHelixError(await caller.helix('PUT /users?description=x', token), 403, 'Missing scope: user:edit')
  })

  it('then whose token it is, in query and body', async () => {
    const {access_token: own} = await caller.logIn('techydrroid', 'channel:manage:polls user:write:chat')
    const message = (name: string) => `The ID in ${name} must match the user ID found in the request's OAuth token.`
    assertHelixError(
      await caller.helix('GET /polls?broadcaster_id=1001&first=999', own),
      401,
      message('broadcaster_id'),
    )
    const body = {broadcaster_id: '1001', sender_id: '2003'}
    assertHelixError(await caller.helix('POST /chat/messages', own, {body}), 401, message('sender_id'))
  })

  it('then the parameters', async () => {
    const {access_token: own} = await caller.logIn('techydrroid', 'channel:manage:polls')
    assertHelixError(await caller.helix('GET /polls', own), 400, 'Missing required parameter "broadcaster_id"')
    assertHelixError(await caller.helix('GET /polls?broadcaster_id=', own), 400, /Missing required parameter/)
    const body = {broadcaster_id: '2002', title: 'Tea?', duration: 60}
    assertHelixError(await caller.helix('POST /polls', own, {body}), 400, 'Missing required parameter "choices"')
    assertHelixError(await caller.helix('GET /games', own), 400, 'Missing required parameter "id"')
    assert.equal((await caller.helix('GET /games?name=Robot%20Garden', own)).status, 200)
  })

  it('then whether the user moderates there', async () => {
    const path = 'GET /chat/chatters?broadcaster_id=1001'
    const {access_token: moderator} = await caller.logIn('techydrroid', 'moderator:read:chatters')
    const {access_token: stranger} = await caller.logIn('otherbot', 'moderator:read:chatters')
    assert.equal((await caller.helix(`${path}&moderator_id=2002`, moderator)).status, 200)
    assertHelixError(await caller.helix(`${path}&moderator_id=2003`, stranger), 403, /moderator/)
  })

  for (const [first, message] of [
    ['0', 'the value must be greater than or equal to 1'],
    ['-5', 'the value must be greater than or equal to 1'],
    ['101', 'the value must be less than or equal to 100'],
    ['many', 'the value must be a number'],
    ['1e2', 'the value must be a number'],
  ]) {
    it(`takes first=${String(first)} for malformed`, async () => {
      const answer = await caller.helix(`GET /streams?first=${String(first)}`, token)
      assertHelixError(answer, 400, `The parameter "first" was malformed: ${String(message)}`)
    })
  }

  it('takes the bounds of first themselves', async () => {
    assert.equal((await caller.helix('GET /streams?first=1', token)).status, 200)
    assert.equal((await caller.helix('GET /streams?first=100', token)).status, 200)
  })

  it('takes a hundred values of a parameter, ids and logins of users together', async () => {
    const values = (name: string, count: number) =>
      Array.from({length: count}, (_, index) => `${name}=${String(index + 1)}`).join('&')
    assert.equal((await caller.helix(`GET /channels?${values('broadcaster_id', 100)}`, token)).status, 200)
    assertHelixError(
      await caller.helix(`GET /channels?${values('broadcaster_id', 101)}`, token),
      400,
      'Malformed query params.',
    )
    assert.equal((await caller.helix(`GET /users?${values('id', 60)}&${values('login', 40)}`, token)).status, 200)
    const many = await caller.helix(`GET /users?${values('id', 60)}&${values('login', 41)}`, token)
    assertHelixError(many, 400, 'Malformed query params.')
  })

  it('wants a JSON object as a body', async () => {
    const {access_token: own} = await caller.logIn('techydrroid', 'channel:manage:polls')
    const send = (body: string) =>
      caller.send('/helix/polls', {
        method: 'POST',
        headers: {authorization: `Bearer ${own}`, 'client-id': caller.client.id, 'content-type': 'application/json'},
        body,
      })
    assertHelixError(await send('{"broadcaster_id":'), 400, /not valid JSON/)
    assertHelixError(await send('[]'), 400, /JSON object/)
    assertHelixError(await send('null'), 400, /JSON object/)
    assertHelixError(await send(''), 400, 'Missing required parameter "broadcaster_id"')
    const title = {broadcaster_id: '2002', title: 'x'.repeat(61), duration: 60, choices: [{title: 'a'}, {title: 'b'}]}
    assertHelixError(await caller.helix('POST /polls', own, {body: title}), 400, /^The parameter "title" was malformed/)
  })

  it('lets a broader legacy scope count', async () => {
    const {access_token: own} = await caller.logIn('streamer_sam', 'user:edit:broadcast')
    const answer = await caller.helix('PATCH /channels?broadcaster_id=1001', own, {body: {title: 'Broader'}})
    assert.equal(answer.status, 204)
  })

  it('asks extension endpoints for a JWT', async () => {
    assertHelixError(await caller.helix('GET /extensions?extension_id=x', token), 401, 'JWT token is missing')
    assert.equal((await caller.helix('GET /extensions?extension_id=x', 'a.b.c')).status, 200)
  })

  it('asks nobody who they are at the calendar', async () => {
    const answer = await caller.send('/helix/schedule/icalendar?broadcaster_id=1001')
    assert.equal(answer.status, 200)
    assert.match(answer.headers.get('content-type') ?? '', /^text\/calendar/)
    assert.match(answer.text, /^BEGIN:VCALENDAR/)
  })

  it('refuses everything in the catalogue to who has no token, but what needs none', async () => {
    for (const {method, path, tokenTypes, deprecated} of listEndpoints()) {
      const answer = await caller.send(`/helix${path}`, {method})
      const wanted = deprecated === true ? 410 : tokenTypes.includes('none') ? 400 : 401
      assert.equal(answer.status, wanted, `${method} ${path}: ${answer.text}`)
    }
  })
})

describe('sandbox Helix with an app token', () => {
  let sandbox: Sandbox
  let caller: SandboxCaller
  let appToken: string

  beforeEach(async () => {
    sandbox = await startSandbox()
    caller = new SandboxCaller(sandbox)
    appToken = await caller.appToken()
  })
  afterEach(() => sandbox.stop())

  const send = (senderId: string, text: string, broadcasterId = '1001') =>
    caller.helix('POST /chat/messages', appToken, {
      body: {broadcaster_id: broadcasterId, sender_id: senderId, message: text},
    })

  it('acts for who granted the scope, until they disconnect the app', async () => {
    const path = 'GET /moderation/channels?user_id=2002'
    assertHelixError(await caller.helix(path, appToken), 401, 'Missing scope: user:read:moderated_channels')
    const tokens = await caller.logIn('techydrroid', 'user:read:moderated_channels')
    assert.equal((await caller.helix(path, appToken)).status, 200)
    await caller.post('revoke', {client_id: caller.client.id, token: tokens.access_token})
    assert.equal((await caller.helix(path, appToken)).status, 200)
    await caller.control('disconnect', {login: 'techydrroid'})
    assert.equal((await caller.helix(path, appToken)).status, 401)
  })

  it('does not count a grant to another app', async () => {
    await caller.logInDevice('techydrroid', 'user:read:moderated_channels')
    assert.equal((await caller.helix('GET /moderation/channels?user_id=2002', appToken)).status, 401)
  })

  it('chats as a bot where the bot moderates, or the broadcaster granted channel:bot', async () => {
    assertHelixError(await send('2002', 'one'), 401, 'Missing scope: user:write:chat')
    await caller.logIn('techydrroid', 'user:write:chat user:bot')
    assert.equal((await send('2002', 'two')).status, 200)
    await caller.logIn('otherbot', 'user:write:chat user:bot')
    assertHelixError(await send('2003', 'three'), 401, 'Missing scope: channel:bot')
    await caller.logIn('streamer_sam', 'channel:bot')
    assert.equal((await send('2003', 'four')).status, 200)
  })

  it('lists who granted what', async () => {
    await caller.logIn('techydrroid', 'user:write:chat')
    await caller.logIn('techydrroid', 'chat:read')
    const answer = await caller.helix('GET /authorization/users?user_id=2002&user_id=2003', appToken)
    assert.deepEqual(dataOf(answer), [
      {
        user_id: '2002',
        user_login: 'techydrroid',
        user_name: 'TechyDrroid',
        scopes: ['chat:read', 'user:write:chat'],
      },
    ])
  })

  it('has no user of its own', async () => {
    assertHelixError(await caller.helix('GET /users', appToken), 400, 'Must provide an ID, Login or OAuth Token')
    assert.equal(dataOf(await caller.helix('GET /users?login=TechyDrroid', appToken)).length, 1)
  })
})
