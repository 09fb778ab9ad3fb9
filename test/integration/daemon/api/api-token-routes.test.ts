import assert from 'node:assert/strict'

import {Secret} from '../../../../src/model/secret.js'
import {unlockApiToken} from '../../../../src/broker/api-tokens.js'
import {DAY_MS, HOUR_MS, MINUTE_MS} from '../../../../src/model/time.js'
import {startApi, type ApiScene, type CallOptions} from '../../../support/api-scene.js'
import {makeBrokerWorld, type BrokerWorld} from '../../../support/broker-world.js'
import {makeProvider} from '../../../support/make-provider.js'

const TWITCH = makeProvider({name: 'twitch', dialect: 'twitch'})

const field = (json: unknown, name: string): unknown => (json as Record<string, unknown>)[name]

describe('the API tokens of the API', () => {
  let world: BrokerWorld
  let scene: ApiScene
  let admin: string
  beforeEach(async () => {
    world = await makeBrokerWorld()
    await world.addAccount(TWITCH, {userId: '2002', login: 'techydrroid'})
    await world.addAccount(TWITCH, {userId: '2003', login: 'otherbot'})
    await world.addAccount(TWITCH, {userId: '3001', role: 'user', subject: 'slack:U02AB'})
    scene = await startApi(world.deps)
    admin = await scene.issue(['admin'], {name: 'admin'})
  })
  afterEach(async () => {
    await scene.stop()
    await world.dispose()
  })

  const post = async (body: CallOptions['body'], token = admin) =>
    scene.call('POST', '/api/v1/tokens', {token, ...(body !== undefined && {body})})
  const idOf = (token: string): string => token.slice(4, 12)
  const count = async (): Promise<number> => (await world.store.apiTokens.list()).length

  const OVERLAY = {name: 'overlay', scopes: ['helix:read'], as: ['techydrroid']}

  describe('POST /api/v1/tokens', () => {
    it('issues one, and shows its text this once', async () => {
      const {status, json} = await post({...OVERLAY, default_as: 'techydrroid', issued_to: 'otherbot', expires_in: 60})
      assert.equal(status, 200)
      const token = String(field(json, 'token'))
      const opened = await unlockApiToken(world.deps, new Secret(token))
      assert.deepEqual(
        [opened?.name, opened?.scopes, opened?.as, opened?.defaultAs, opened?.issuedTo],
        ['overlay', ['helix:read'], ['twitch:2002'], 'twitch:2002', 'twitch:2003'],
      )
      assert.equal(opened?.expiresAt, world.clock.now() + MINUTE_MS)
      assert.deepEqual(field(json, 'as'), ['twitch/techydrroid'])
      const shown = await scene.call('GET', `/api/v1/tokens/${idOf(token)}`, {token: admin})
      assert.doesNotMatch(shown.text, /bhf_|hmac|salt/)
    })

    it('issues one for any account', async () => {
      const {json} = await post({name: 'overlay', scopes: ['helix'], as_any: true})
      assert.equal(field(json, 'as_any'), true)
    })

    const refused: [string, object][] = [
      ['admin', {...OVERLAY, scopes: ['admin']}],
      ['token:read among others', {...OVERLAY, scopes: ['helix', 'token:read']}],
      ['a chat user, who is never any account', {...OVERLAY, as: ['subject:slack:U02AB']}],
    ]
    for (const [what, body] of refused) {
      it(`refuses ${what}, and issues nothing`, async () => {
        const {status, headers} = await post(body)
        assert.equal(status, 403)
        assert.equal(headers.get('x-behalf-error'), 'refused')
        assert.equal(await count(), 1)
      })
    }

    const wrong: [string, CallOptions['body'], number, RegExp][] = [
      ['no body', undefined, 400, /body/],
      ['an empty object', {}, 400, /^In the body, name: /],
      ['a list', [], 400, /^In the body: /],
      ['no scope', {...OVERLAY, scopes: []}, 400, /^In the body, scopes: /],
      ['a scope that is a number', {...OVERLAY, scopes: [1]}, 400, /^In the body, scopes\.0: /],
      ['an unknown scope', {...OVERLAY, scopes: ['helix:raed']}, 400, /Did you mean helix:read/],
      ['a field that there is not', {...OVERLAY, scope: ['helix']}, 400, /scope/],
      ['a name of a thousand characters', {...OVERLAY, name: 'x'.repeat(1000)}, 400, /^In the body, name: /],
      ['a name with a line break', {...OVERLAY, name: 'a\nb'}, 400, /printable/],
      ['an unknown account', {...OVERLAY, as: ['techydroid']}, 404, /Did you mean techydrroid/],
      ['no account for a scope that acts', {name: 'overlay', scopes: ['helix']}, 400, /acts as an account/],
      ['both accounts and any', {...OVERLAY, as_any: true}, 400, /exclude/],
      ['a default that is not among them', {...OVERLAY, default_as: 'otherbot'}, 400, /may not act as/],
      ['no time to live', {...OVERLAY, expires_in: 0}, 400, /expires_in/],
      ['half a second to live', {...OVERLAY, expires_in: 0.5}, 400, /expires_in/],
      ['a thousand years to live', {...OVERLAY, expires_in: 1000 * 366 * 24 * 3600}, 400, /expires_in/],
    ]
    for (const [what, body, expected, message] of wrong) {
      it(`answers ${String(expected)} for ${what}, and issues nothing`, async () => {
        const {status, json} = await post(body)
        assert.equal(status, expected)
        assert.match(String(field(json, 'message')), message)
        assert.equal(await count(), 1)
      })
    }

    for (const [type, body] of [
      ['text/plain', JSON.stringify(OVERLAY)],
      ['application/x-www-form-urlencoded', 'name=overlay&scopes=helix'],
      ['application/jsonp', JSON.stringify(OVERLAY)],
    ] as const) {
      it(`answers 415 for ${type}`, async () => {
        const {status} = await scene.call('POST', '/api/v1/tokens', {
          token: admin,
          headers: {'content-type': type},
          body,
        })
        assert.equal(status, 415)
        assert.equal(await count(), 1)
      })
    }

    for (const body of ['{', '', '{"name":', 'nonsense', '\u0000', '['.repeat(100_000)]) {
      it(`answers 400 for ${JSON.stringify(body.slice(0, 10))} as JSON`, async () => {
        const headers = {'content-type': 'application/json'}
        const {status} = await scene.call('POST', '/api/v1/tokens', {token: admin, headers, body})
        assert.equal(status, 400)
      })
    }

    it('looks at nothing before it knows who calls', async () => {
      const {status} = await scene.call('POST', '/api/v1/tokens', {body: 'x', headers: {'content-type': 'text/plain'}})
      assert.equal(status, 401)
      assert.equal((await post({}, await scene.issue(['account:read']))).status, 403)
    })

    it('issues as many as are asked for at once', async () => {
      const answers = await Promise.all(Array.from({length: 20}, async () => post(OVERLAY)))
      assert.equal(new Set(answers.map(({json}) => field(json, 'id'))).size, 20)
      assert.equal(await count(), 21)
    })
  })

  describe('an admin token that is limited itself', () => {
    it('gives tokens for its own accounts only', async () => {
      const limited = await scene.issue(['admin'], {as: ['otherbot']})
      assert.equal((await post(OVERLAY, limited)).status, 403)
      assert.equal((await post({...OVERLAY, as: ['otherbot']}, limited)).status, 200)
      assert.equal((await post({name: 'overlay', scopes: ['helix'], as_any: true}, limited)).status, 403)
      assert.equal((await post({name: 'scraper', scopes: ['metrics:read']}, limited)).status, 200)
    })

    it('gives none for an account where it has none', async () => {
      const bare = await scene.issue(['admin'], {as: [], asAny: false})
      assert.equal((await post(OVERLAY, bare)).status, 403)
      assert.equal((await post({name: 'scraper', scopes: ['metrics:read']}, bare)).status, 200)
    })

    it('gives tokens for no other chat users than its own', async () => {
      const limited = await scene.issue(['admin'], {as: ['otherbot', 'twitch/subject:slack:*', 'subject:irc:vera']})
      const status = async (...as: string[]) => (await post({...OVERLAY, as}, limited)).status
      assert.equal(await status('twitch/subject:slack:U1', 'twitch/subject:slack:*', 'subject:irc:vera'), 200)
      assert.equal(await status('otherbot', 'twitch/subject:slack:U1'), 200)
      for (const name of ['subject:slack:*', 'subject:slack:U1', 'subject:irc:*', 'github/subject:slack:U1']) {
        assert.equal(await status('otherbot', name), 403, name)
      }
      const rotate = async (as: string[]) => {
        const token = await scene.issue(['helix'], {as})
        return (await scene.call('POST', `/api/v1/tokens/${idOf(token)}/rotate`, {token: limited})).status
      }
      assert.equal(await rotate(['twitch/subject:slack:U1']), 200)
      assert.equal(await rotate(['subject:slack:U1']), 403)
    })

    it('gives none that outlives it', async () => {
      const short = await scene.issue(['admin'], {expiresInMs: HOUR_MS})
      assert.equal((await post({...OVERLAY, expires_in: 3601}, short)).status, 403)
      assert.equal((await post({...OVERLAY, expires_in: 3600}, short)).status, 200)
      const {json} = await post(OVERLAY, short)
      assert.equal(field(json, 'expires_at'), new Date(world.clock.now() + HOUR_MS).toISOString())
    })

    it('gives no new secret to tokens beyond that', async () => {
      const limited = await scene.issue(['admin'], {as: ['otherbot'], expiresInMs: HOUR_MS})
      const rotate = async (token: string) =>
        (await scene.call('POST', `/api/v1/tokens/${idOf(token)}/rotate`, {token: limited})).status
      assert.equal(await rotate(await scene.issue(['helix'], {as: ['techydrroid'], expiresInMs: 1000})), 403)
      assert.equal(await rotate(await scene.issue(['helix'], {as: ['otherbot']})), 403)
      assert.equal(await rotate(await scene.issue(['helix'], {expiresInMs: 1000})), 403)
      assert.equal(await rotate(await scene.issue(['helix'], {as: ['otherbot'], expiresInMs: HOUR_MS})), 200)
    })

    it('gives no new secret to tokens for an account that is gone, and may come back, unless it is its own', async () => {
      const limited = await scene.issue(['admin'], {as: ['otherbot']})
      const [others, own] = [
        await scene.issue(['helix'], {as: ['techydrroid']}),
        await scene.issue(['helix'], {as: ['otherbot']}),
      ]
      for (const key of ['twitch:2002', 'twitch:2003']) {
        const lock = await world.store.accounts.lock(key, {waitMs: 1000})
        await lock.remove()
        await lock.release()
      }
      const rotate = async (token: string) =>
        (await scene.call('POST', `/api/v1/tokens/${idOf(token)}/rotate`, {token: limited})).status
      assert.deepEqual([await rotate(others), await rotate(own)], [403, 200])
    })
  })

  describe('GET /api/v1/tokens', () => {
    it('lists all, oldest first, without secrets', async () => {
      world.clock.advance(1)
      await scene.issue(['helix'], {name: 'second', expiresInMs: DAY_MS})
      const {status, json, text} = await scene.call('GET', '/api/v1/tokens', {token: admin})
      assert.equal(status, 200)
      assert.deepEqual(
        (field(json, 'tokens') as {name: string}[]).map(({name}) => name),
        ['admin', 'second'],
      )
      assert.doesNotMatch(text, /bhf_|hmac|salt/)
    })
  })

  describe('GET, DELETE and rotate of one', () => {
    it('revoke it for good, and once more changes nothing', async () => {
      const token = await scene.issue(['helix'])
      const first = await scene.call('DELETE', `/api/v1/tokens/${idOf(token)}`, {token: admin})
      assert.deepEqual([first.status, field(first.json, 'state')], [200, 'revoked'])
      world.clock.advance(1000)
      const again = await scene.call('DELETE', `/api/v1/tokens/${idOf(token)}`, {token: admin})
      assert.equal(field(again.json, 'revoked_at'), field(first.json, 'revoked_at'))
      assert.equal(await unlockApiToken(world.deps, new Secret(token)), undefined)
    })

    it('let a token revoke itself, which is the last that it does', async () => {
      assert.equal((await scene.call('DELETE', `/api/v1/tokens/${idOf(admin)}`, {token: admin})).status, 200)
      assert.equal((await scene.call('GET', '/api/v1/tokens', {token: admin})).status, 401)
    })

    it('give it a new secret', async () => {
      const token = await scene.issue(['helix'])
      const {status, json} = await scene.call('POST', `/api/v1/tokens/${idOf(token)}/rotate`, {token: admin})
      assert.equal(status, 200)
      assert.ok(await unlockApiToken(world.deps, new Secret(String(field(json, 'token')))))
      assert.equal(await unlockApiToken(world.deps, new Secret(token)), undefined)
    })

    it('give none to a token that is issued at the terminal only', async () => {
      const reader = await scene.issue(['token:read'])
      for (const token of [admin, reader]) {
        const {status} = await scene.call('POST', `/api/v1/tokens/${idOf(token)}/rotate`, {token: admin})
        assert.equal(status, 403)
        assert.ok(await unlockApiToken(world.deps, new Secret(token)))
      }
    })

    it('give none to a token that is revoked', async () => {
      const token = await scene.issue(['helix'])
      await scene.call('DELETE', `/api/v1/tokens/${idOf(token)}`, {token: admin})
      assert.equal((await scene.call('POST', `/api/v1/tokens/${idOf(token)}/rotate`, {token: admin})).status, 403)
    })

    for (const [method, tail] of [
      ['GET', ''],
      ['DELETE', ''],
      ['POST', '/rotate'],
    ] as const) {
      it(`answer 404 to ${method}${tail} for an id that there is not, 400 for what is none`, async () => {
        const statusOf = async (id: string) =>
          (await scene.call(method, `/api/v1/tokens/${id}${tail}`, {token: admin})).status
        assert.equal(await statusOf('AAAAAAAA'), 404)
        for (const id of ['AAAA', '__proto__', 'AAAAAAA%2F', admin]) assert.equal(await statusOf(id), 400)
      })
    }

    it('do not say a token again that was sent in the place of its id', async () => {
      const {text} = await scene.call('GET', `/api/v1/tokens/${admin}`, {token: admin})
      assert.equal(text.includes(admin.slice(14)), false)
    })
  })

  it('are nothing to a token without `admin`', async () => {
    const token = await scene.issue(['helix', 'account:read', 'introspect', 'metrics:read', 'token:read'])
    for (const [method, target] of [
      ['GET', '/api/v1/tokens'],
      ['POST', '/api/v1/tokens'],
      ['GET', `/api/v1/tokens/${idOf(token)}`],
      ['DELETE', `/api/v1/tokens/${idOf(token)}`],
      ['POST', `/api/v1/tokens/${idOf(token)}/rotate`],
    ] as const) {
      assert.equal((await scene.call(method, target, {token})).status, 403, `${method} ${target}`)
    }
    assert.ok(await unlockApiToken(world.deps, new Secret(token)))
  })
})
