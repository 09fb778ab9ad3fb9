import assert from 'node:assert/strict'
import {request} from 'node:http'

import {shortHash} from '../../../src/sandbox/random-text.js'
import {startSandbox, type Sandbox} from '../../../src/sandbox/start-sandbox.js'
import {assertIdentityError, dataOf, SandboxCaller, type TokenAnswer} from '../../support/sandbox-caller.js'

type Call = Record<string, unknown>

describe('sandbox control plane', () => {
  let sandbox: Sandbox
  let caller: SandboxCaller
  const log: string[] = []

  beforeEach(async () => {
    log.length = 0
    sandbox = await startSandbox({log: (line) => log.push(line)})
    caller = new SandboxCaller(sandbox)
  })
  afterEach(() => sandbox.stop())

  const messageOf = ({json}: {json: unknown}): string => (json as {message: string}).message

  it('summarises without secrets and tokens', async () => {
    const tokens = await caller.logIn('techydrroid', 'chat:read')
    const {status, text} = await caller.send('/_sandbox/state')
    assert.equal(status, 200)
    assert.match(text, /"login":"techydrroid"/)
    for (const secret of [tokens.access_token, tokens.refresh_token, caller.client.secret ?? '']) {
      assert.equal(text.includes(secret), false)
    }
  })

  it('seeds users and clients, and says what it made', async () => {
    const answer = await caller.control('seed', {
      users: [{login: 'NewBot', displayName: 'Ñew'}],
      clients: [{clientId: 'newapp', name: 'New app', redirectUris: ['http://localhost:1234/']}, {type: 'public'}],
    })
    const made = answer.json as {clients: {id: string; secret: string | null}[]; users: {id: string; login: string}[]}
    assert.equal(made.users[0]?.login, 'newbot')
    assert.match(made.users[0].id, /^\d+$/)
    assert.match(made.clients[0]?.secret ?? '', /^[a-z0-9]{30}$/)
    assert.equal(made.clients[1]?.secret, null)
    const back = await caller.authorize('newbot', {client_id: 'newapp', redirect_uri: 'http://localhost:1234/'})
    assert.equal(back.searchParams.has('code'), true)
  })

  it('gives each new user an id of its own', async () => {
    const answer = await caller.control('seed', {users: [{id: '90004', login: 'a'}, {login: 'b'}, {login: 'c'}]})
    const ids = (answer.json as {users: {id: string}[]}).users.map(({id}) => id)
    assert.equal(new Set(ids).size, 3)
    assert.equal(sandbox.state.users.size, 7)
  })

  it('changes a user that it knows by login or id, and refuses a login that is taken', async () => {
    await caller.control('seed', {users: [{login: 'otherbot', displayName: 'Renamed'}]})
    assert.equal(sandbox.state.users.get('2003')?.displayName, 'Renamed')
    await caller.control('seed', {users: [{id: '2003', login: 'thirdbot'}]})
    assert.equal(sandbox.state.findUserByLogin('thirdbot')?.id, '2003')
    const clash = await caller.control('seed', {users: [{id: '9', login: 'techydrroid'}]})
    assert.equal(clash.status, 400)
    assert.match(messageOf(clash), /belongs to id 2002/)
  })

  it('moves the clock forward', async () => {
    const {access_token: token, expires_in: expiresIn} = await caller.logIn('techydrroid', 'chat:read')
    await caller.control('clock', {advance: expiresIn - 60})
    assert.equal((await caller.validate(token)).status, 200)
    await caller.control('clock', {advance: 60})
    assert.equal((await caller.validate(token)).status, 401)
  })

  it('sets the life of tokens', async () => {
    await caller.control('settings', {accessTokenSeconds: 90})
    assert.equal((await caller.logIn('techydrroid', 'chat:read')).expires_in, 90)
    await caller.control('settings', {accessTokenSeconds: null})
    assert.ok((await caller.logIn('techydrroid', 'chat:read')).expires_in > 90)
  })

  for (const [call, key] of [
    ['expire-token', 'expired'],
    ['revoke-token', 'revoked'],
  ] as const) {
    it(`${call}: a user's access tokens, the refresh token staying good`, async () => {
      const tokens = await caller.logIn('techydrroid', 'chat:read')
      const other = await caller.logIn('otherbot', 'chat:read')
      assert.deepEqual((await caller.control(call, {login: 'techydrroid'})).json, {[key]: 1})
      assertIdentityError(await caller.validate(tokens.access_token), 401, 'invalid access token')
      assert.equal((await caller.validate(other.access_token)).status, 200)
      assert.equal((await caller.refresh(tokens.refresh_token)).status, 200)
    })

    it(`${call}: one token, or one client's, or refresh tokens`, async () => {
      const tokens = await caller.logIn('techydrroid', 'chat:read')
      const device = await caller.logInDevice('techydrroid', 'chat:read')
      await caller.control(call, {login: 'techydrroid', clientId: caller.publicClient.id})
      assert.equal((await caller.validate(device.access_token)).status, 401)
      await caller.control(call, {token: tokens.access_token})
      assert.equal((await caller.validate(tokens.access_token)).status, 401)
      await caller.control(call, {token: tokens.refresh_token, kind: 'refresh'})
      assertIdentityError(await caller.refresh(tokens.refresh_token), 400, 'Invalid refresh token')
    })
  }

  it('disconnects: tokens and grant of one client, or of all', async () => {
    const tokens = await caller.logIn('techydrroid', 'chat:read')
    const device = await caller.logInDevice('techydrroid', 'chat:read')
    await caller.control('disconnect', {login: 'techydrroid', clientId: caller.client.id})
    assert.equal((await caller.validate(tokens.access_token)).status, 401)
    assertIdentityError(await caller.refresh(tokens.refresh_token), 400, 'Invalid refresh token')
    assert.equal((await caller.validate(device.access_token)).status, 200)
    await caller.control('disconnect', {login: 'techydrroid'})
    assert.equal((await caller.validate(device.access_token)).status, 401)
    assert.equal(sandbox.state.grants.size, 0)
  })

  it('changes a password: every token ends, the grant stays', async () => {
    const tokens = await caller.logIn('techydrroid', 'chat:read')
    await caller.control('password', {login: 'techydrroid'})
    assert.equal((await caller.validate(tokens.access_token)).status, 401)
    assertIdentityError(await caller.refresh(tokens.refresh_token), 400, 'Invalid refresh token')
    assert.equal(sandbox.state.grants.size, 1)
  })

  it('forgets all but clients and users on reset', async () => {
    const tokens = await caller.logIn('techydrroid', 'chat:read')
    await caller.control('faults', {path: '/*', kind: 'drop'})
    await caller.control('settings', {auto: {kind: 'deny'}})
    assert.equal((await caller.control('reset')).status, 200)
    assert.equal((await caller.validate(tokens.access_token)).status, 401)
    assert.equal(sandbox.state.settings.auto, null)
    assert.equal(sandbox.state.users.size, 4)
    assert.equal((await caller.logIn('techydrroid', 'chat:read')).token_type, 'bearer')
  })

  describe('calls', () => {
    const calls = async (): Promise<Call[]> => ((await caller.send('/_sandbox/calls')).json as {calls: Call[]}).calls

    it('are told with who, what and how it ended, and can be correlated', async () => {
      const tokens = await caller.logIn('techydrroid', 'chat:read')
      const refreshed = (await caller.refresh(tokens.refresh_token)).json as TokenAnswer
      await caller.helix('GET /users?id=1', refreshed.access_token)
      const [, exchange, refresh, helix] = await calls()
      assert.equal(exchange?.grantType, 'authorization_code')
      assert.equal(exchange.issuedAccessTokenHash, shortHash(tokens.access_token))
      assert.deepEqual(
        {...refresh, at: 0},
        {
          at: 0,
          method: 'POST',
          path: '/oauth2/token',
          query: [],
          form: ['client_id', 'client_secret', 'grant_type', 'refresh_token'],
          grantType: 'refresh_token',
          authorization: 'none',
          refreshTokenHash: shortHash(tokens.refresh_token),
          issuedAccessTokenHash: shortHash(refreshed.access_token),
          issuedRefreshTokenHash: shortHash(refreshed.refresh_token),
          clientId: caller.client.id,
          user: 'techydrroid',
          status: 200,
          outcome: 'replied',
        },
      )
      assert.deepEqual(
        {...helix, at: 0},
        {
          at: 0,
          method: 'GET',
          path: '/helix/users',
          query: ['id'],
          form: [],
          authorization: 'bearer',
          tokenHash: shortHash(refreshed.access_token),
          clientId: caller.client.id,
          user: 'techydrroid',
          status: 200,
          outcome: 'replied',
        },
      )
    })

    it('hold no token, code or secret, nor does the log', async () => {
      const back = await caller.authorize('techydrroid', {scope: 'chat:read openid'})
      const code = back.searchParams.get('code') ?? ''
      const tokens = (await caller.exchange(code)).json as TokenAnswer
      await caller.validate(tokens.access_token)
      await caller.send(`/oauth2/token?refresh_token=${tokens.refresh_token}`, {method: 'POST'})
      await caller.refresh(tokens.refresh_token)
      await caller.post('revoke', {client_id: caller.client.id, token: tokens.access_token})
      const text = JSON.stringify(await calls()) + log.join('\n')
      assert.ok(log.length >= 6)
      const secrets = [
        code,
        tokens.access_token,
        tokens.refresh_token,
        tokens.id_token ?? '',
        caller.client.secret ?? '',
      ]
      for (const secret of secrets) assert.equal(text.includes(secret), false)
    })

    it('tell how a refused call ended', async () => {
      await caller.refresh('made-up')
      await caller.helix('GET /users', 'made-up')
      assert.deepEqual(
        (await calls()).map(({status, outcome}) => [status, outcome]),
        [
          [400, 'replied'],
          [401, 'replied'],
        ],
      )
    })

    it('are forgotten on DELETE, and do not hold the control plane itself', async () => {
      await caller.send('/')
      await caller.control('clock', {advance: 1})
      assert.deepEqual(
        (await calls()).map(({path}) => path),
        ['/'],
      )
      await caller.control('calls', undefined, 'DELETE')
      assert.deepEqual(await calls(), [])
    })
  })

  describe('refusals', () => {
    const refusals: [path: string, body: unknown, message: RegExp][] = [
      ['clock', {}, /advance/],
      ['clock', {advance: -1}, /advance/],
      ['clock', {advance: '60'}, /advance/],
      ['clock', {advance: 1, more: true}, /more/],
      ['ratelimit', {limit: 0}, /limit/],
      ['seed', {users: [{login: '<b>'}]}, /a login is/],
      ['seed', {users: [{login: 'x', id: 'abc'}]}, /an id is/],
      ['seed', {clients: [{redirectUris: ['not a url']}]}, /redirectUris/],
      ['seed', {channels: [{login: 'nobody'}]}, /there is no user nobody/],
      ['faults', {path: 'helix', kind: 'drop'}, /a path begins with/],
      ['faults', {path: '/x', kind: 'explode'}, /kind/],
      ['faults', {path: '/x', kind: 'delay'}, /delayMs/],
      ['faults', {path: '/x', kind: 'status', headers: {'bad\nname': 'x'}}, /headers/],
      ['faults', {path: '/x', kind: 'status', headers: {ok: 'a\r\nb'}}, /headers/],
      ['expire-token', {}, /either login or token/],
      ['expire-token', {login: 'a', token: 'b'}, /either login or token/],
      ['settings', {codeSeconds: -1}, /codeSeconds/],
      ['device/approve', {user_code: 'AAAAAAAA'}, /who approves/],
    ]
    for (const [path, body, message] of refusals) {
      it(`${path} ${JSON.stringify(body)}`, async () => {
        const answer = await caller.control(path, body)
        assert.equal(answer.status, 400)
        assert.match(messageOf(answer), message)
      })
    }

    it('says 404 for who and what is not there', async () => {
      for (const [path, body] of [
        ['disconnect', {login: 'nobody'}],
        ['password', {login: 'nobody'}],
        ['expire-token', {login: 'nobody'}],
        ['revoke-token', {token: 'made-up'}],
        ['settings', {auto: {kind: 'approve', login: 'nobody'}}],
        ['device/deny', {user_code: 'AAAAAAAA'}],
        ['redeem', {login: 'otherbot', reward_id: 'made-up'}],
        ['nothing', {}],
      ] as const) {
        assert.equal((await caller.control(path, body)).status, 404, path)
      }
    })

    it('says what is no JSON', async () => {
      for (const body of ['{', 'null', '[]', '"x"', '\u0000']) {
        const answer = await caller.send('/_sandbox/clock', {method: 'POST', body})
        assert.equal(answer.status, 400, body)
      }
    })
  })

  it('answers on loopback names only, and to no other origin', async () => {
    const ask = (headers: Record<string, string>) =>
      new Promise<number>((resolve, reject) => {
        const outgoing = request(
          {port: sandbox.port, host: '127.0.0.1', path: '/_sandbox/state', headers},
          (response) => {
            response.resume()
            resolve(response.statusCode ?? 0)
          },
        )
        outgoing.on('error', reject).end()
      })
    const port = String(sandbox.port)
    for (const host of [`localhost:${port}`, `LOCALHOST:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`, 'localhost']) {
      assert.equal(await ask({host}), 200, host)
    }
    for (const host of [
      'evil.example.test',
      'localhost.evil.example.test',
      '127.0.0.1.evil.example.test',
      'x@localhost',
    ]) {
      assert.ok([400, 403].includes(await ask({host})), host)
    }
    const host = `localhost:${port}`
    assert.equal(await ask({host, origin: sandbox.url}), 200)
    assert.equal(await ask({host, origin: 'http://evil.example.test'}), 403)
    assert.equal(await ask({host, origin: 'null'}), 403)
    assert.equal(await ask({host, origin: 'http://localhost:1'}), 403)
  })

  it('shows followers and streams that were seeded by number', async () => {
    const {access_token: token} = await caller.logIn('streamer_sam', 'moderator:read:followers')
    await caller.control('seed', {channels: [{login: 'otherbot', live: true, viewers: 7}], extraStreams: 5})
    assert.equal(dataOf(await caller.helix('GET /streams', token)).length, 7)
  })
})
