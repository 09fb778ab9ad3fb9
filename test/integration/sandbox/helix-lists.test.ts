import assert from 'node:assert/strict'

import {startSandbox, type Sandbox} from '../../../src/sandbox/start-sandbox.js'
import {createFakeClock, type FakeClock} from '../../support/fake-clock.js'
import {assertHelixError, dataOf, SandboxCaller, type Answer} from '../../support/sandbox-caller.js'

interface List {
  data: Record<string, unknown>[]
  pagination?: {cursor?: string}
  total?: number
}

describe('sandbox Helix paging', () => {
  let sandbox: Sandbox
  let caller: SandboxCaller
  let token: string
  const followers = '/channels/followers?broadcaster_id=1001'

  beforeEach(async () => {
    sandbox = await startSandbox({seed: {channels: [{login: 'streamer_sam', followers: 248}], extraStreams: 30}})
    caller = new SandboxCaller(sandbox)
    token = (await caller.logIn('streamer_sam', 'moderator:read:followers')).access_token
  })
  afterEach(() => sandbox.stop())

  const list = async (path: string): Promise<List> => {
    const answer = await caller.helix(`GET ${path}`, token)
    assert.equal(answer.status, 200, answer.text)
    return answer.json as List
  }

  const walk = async (path: string): Promise<List[]> => {
    const pages = [await list(path)]
    for (let cursor = pages[0]?.pagination?.cursor; cursor !== undefined && pages.length < 20;) {
      const page = await list(`${path}&after=${encodeURIComponent(cursor)}`)
      pages.push(page)
      cursor = page.pagination?.cursor
    }
    return pages
  }

  it('gives every item once, and an empty pagination on the last page', async () => {
    const pages = await walk(`${followers}&first=100`)
    assert.deepEqual(
      pages.map(({data}) => data.length),
      [100, 100, 50],
    )
    assert.deepEqual(pages.at(-1)?.pagination, {})
    assert.ok(pages.every(({total}) => total === 250))
    const ids = pages.flatMap(({data}) => data.map((item) => item.user_id))
    assert.equal(new Set(ids).size, 250)
  })

  it('ends with a full last page too', async () => {
    const pages = await walk(`${followers}&first=50`)
    assert.deepEqual(
      pages.map(({data}) => data.length),
      [50, 50, 50, 50, 50],
    )
    assert.deepEqual(pages.at(-1)?.pagination, {})
  })

  it('pages by twenty unless asked otherwise', async () => {
    assert.equal((await list(followers)).data.length, 20)
  })

  it('can end without the key, or with a cursor to an empty page', async () => {
    await caller.control('settings', {lastPage: 'missing'})
    assert.equal('pagination' in ((await walk(`${followers}&first=100`)).at(-1) ?? {}), false)
    await caller.control('settings', {lastPage: 'extra-page'})
    const pages = await walk(`${followers}&first=100`)
    assert.deepEqual(
      pages.map(({data}) => data.length),
      [100, 100, 50, 0],
    )
    assert.deepEqual(pages.at(-1)?.pagination, {})
  })

  it('goes back with before, where the endpoint has it', async () => {
    const first = await list('/streams?first=10')
    const second = await list(`/streams?first=10&after=${first.pagination?.cursor ?? ''}`)
    const back = await list(`/streams?first=10&before=${second.pagination?.cursor ?? ''}`)
    assert.deepEqual(
      back.data.map((item) => item.id),
      first.data.map((item) => item.id),
    )
  })

  it('refuses a cursor that is made up, or of another list', async () => {
    const {pagination} = await list(`${followers}&first=10`)
    const cursor = pagination?.cursor ?? ''
    const madeUp = [
      'made-up',
      Buffer.from('{"from":-1,"to":-1,"for":"x"}').toString('base64url'),
      Buffer.from('null').toString('base64url'),
    ]
    for (const bad of madeUp)
      assertHelixError(await caller.helix(`GET ${followers}&after=${bad}`, token), 400, 'Invalid cursor.')
    assertHelixError(await caller.helix(`GET ${followers}&user_id=1&after=${cursor}`, token), 400, 'Invalid cursor.')
    assertHelixError(await caller.helix(`GET /streams?after=${cursor}`, token), 400, 'Invalid cursor.')
  })

  it('lists live streams, most viewers first', async () => {
    const viewers = (await list('/streams?first=100')).data.map((item) => Number(item.viewer_count))
    assert.equal(viewers.length, 31)
    assert.deepEqual(
      viewers,
      [...viewers].sort((a, b) => b - a),
    )
  })
})

describe('sandbox Helix rate limit', () => {
  let sandbox: Sandbox
  let caller: SandboxCaller
  let clock: FakeClock

  beforeEach(async () => {
    clock = createFakeClock(1_800_000_000_000)
    sandbox = await startSandbox({clock})
    caller = new SandboxCaller(sandbox)
  })
  afterEach(() => sandbox.stop())

  const limits = ({headers}: Answer) =>
    ['ratelimit-limit', 'ratelimit-remaining', 'ratelimit-reset'].map((name) => Number(headers.get(name)))

  it('starts with 800 points and counts down', async () => {
    const {access_token: token} = await caller.logIn('techydrroid', '')
    assert.deepEqual(limits(await caller.helix('GET /users', token)), [800, 799, 1_800_000_001])
    assert.deepEqual(limits(await caller.helix('GET /users', token)), [800, 798, 1_800_000_001])
  })

  it('answers 429 when the bucket is empty, until it refills', async () => {
    await caller.control('ratelimit', {limit: 60, remaining: 2})
    const {access_token: token} = await caller.logIn('techydrroid', '')
    await caller.helix('GET /users', token)
    assert.deepEqual(limits(await caller.helix('GET /users', token)), [60, 0, 1_800_000_060])
    const refused = await caller.helix('GET /users', token)
    assertHelixError(refused, 429, 'Request limit exceeded')
    assert.deepEqual(limits(refused), [60, 0, 1_800_000_060])
    clock.advance(999)
    assert.equal((await caller.helix('GET /users', token)).status, 429)
    clock.advance(1)
    assert.equal((await caller.helix('GET /users', token)).status, 200)
    await caller.control('clock', {advance: 60})
    assert.deepEqual(limits(await caller.helix('GET /users', token)).slice(0, 2), [60, 59])
  })

  it('has a bucket for each client and user, and one for the app', async () => {
    await caller.control('ratelimit', {limit: 10})
    const {access_token: bot} = await caller.logIn('techydrroid', '')
    const {access_token: other} = await caller.logIn('otherbot', '')
    const {access_token: botElsewhere} = await caller.logInDevice('techydrroid', '')
    const remaining = async (token: string, clientId = caller.client.id) =>
      limits(await caller.helix('GET /users?id=1001', token, {clientId}))[1]
    assert.equal(await remaining(bot), 9)
    assert.equal(await remaining(bot), 8)
    assert.equal(await remaining(other), 9)
    assert.equal(await remaining(botElsewhere, caller.publicClient.id), 9)
    assert.equal(await remaining(await caller.appToken()), 9)
  })

  it('counts refused calls, but not those without a good token', async () => {
    const {access_token: token} = await caller.logIn('techydrroid', '')
    assert.equal(limits(await caller.helix('GET /polls?broadcaster_id=2002', token))[1], 799)
    assert.equal((await caller.helix('GET /users', 'made-up')).headers.get('ratelimit-limit'), null)
  })

  it('counts chat messages apart', async () => {
    const {access_token: token} = await caller.logIn('techydrroid', 'user:write:chat')
    const body = {broadcaster_id: '1001', sender_id: '2002', message: 'hello'}
    const sent = await caller.helix('POST /chat/messages', token, {body})
    assert.deepEqual(limits(sent).slice(0, 2), [1600, 1599])
    assert.equal(limits(await caller.helix('GET /users', token))[1], 799)
    assert.equal(dataOf(sent).length, 1)
  })
})
