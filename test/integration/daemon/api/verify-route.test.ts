import assert from 'node:assert/strict'

import type {IssueTokenInput} from '../../../../src/broker/issue-api-token.js'
import {startApi, type ApiScene} from '../../../support/api-scene.js'
import {makeBrokerWorld, type BrokerWorld} from '../../../support/broker-world.js'
import {makeProvider} from '../../../support/make-provider.js'
import type {SeenAnswer} from '../../../support/expect-described.js'

const TWITCH = makeProvider({name: 'twitch', dialect: 'twitch'})
const GITHUB = makeProvider({name: 'github'})
const ODD_SUBJECT = 'slack:Ü,\u2028"%0d%0aX: y'

describe('GET /auth/verify', () => {
  let world: BrokerWorld
  let scene: ApiScene
  before(async () => {
    world = await makeBrokerWorld()
    for (const provider of [TWITCH, GITHUB]) await world.store.providers.put(provider)
    await world.addAccount(TWITCH, {userId: '1001', role: 'owner', login: 'streamer_sam'})
    await world.addAccount(TWITCH, {userId: '2002', login: 'techydrroid'})
    await world.addAccount(GITHUB, {userId: '77', login: 'octo'})
    await world.addAccount(TWITCH, {userId: '3001', role: 'user', subject: ODD_SUBJECT})
    scene = await startApi(world.deps)
  })
  after(async () => {
    await scene.stop()
    await world.dispose()
  })

  async function verify(
    query: string,
    {scopes = ['helix'], headers = {}, ...parts}: Partial<IssueTokenInput> & {headers?: Record<string, string>} = {},
  ): Promise<SeenAnswer> {
    return scene.call('GET', `/auth/verify${query}`, {token: await scene.issue(scopes, parts), headers})
  }

  const forwarded = ({headers}: SeenAnswer): (string | null)[] =>
    ['account', 'provider', 'user-id', 'login'].map((name) => headers.get(`x-behalf-${name}`))

  it('answers 204 and says who acts', async () => {
    const answer = await verify('?scope=helix:read', {headers: {'x-behalf-of': 'techydrroid'}})
    assert.equal(answer.status, 204)
    assert.equal(answer.text, '')
    assert.deepEqual(forwarded(answer), ['twitch:2002', 'twitch', '2002', 'techydrroid'])
    assert.match(answer.headers.get('x-behalf-token-id') ?? '', /^[A-Za-z0-9]{8}$/)
    assert.equal(scene.audited.at(-1)?.actedAs, 'twitch:2002')
  })

  it('lets the owner act where nobody is named', async () => {
    assert.deepEqual(forwarded(await verify('?scope=helix')), ['twitch:1001', 'twitch', '1001', 'streamer_sam'])
  })

  it('lets an account of the provider act that the scope names', async () => {
    const answer = await verify('?scope=api:github:read', {scopes: ['api:github'], as: ['octo']})
    assert.equal(forwarded(answer)[0], 'github:77')
  })

  it('names no account where none is to act', async () => {
    const answer = await verify('?scope=points:read', {scopes: ['points:read'], as: []})
    assert.equal(answer.status, 204)
    assert.deepEqual(forwarded(answer), [null, null, null, null])
  })

  it('wants every scope, in one parameter or in several', async () => {
    for (const query of ['?scope=chat%20helix:read', '?scope=chat+helix:read', '?scope=chat&scope=helix:read']) {
      assert.equal((await verify(query, {scopes: ['chat', 'helix'], as: ['techydrroid']})).status, 204, query)
      assert.equal((await verify(query, {scopes: ['chat'], as: ['techydrroid']})).status, 403, query)
      assert.equal((await verify(query, {scopes: ['helix'], as: ['techydrroid']})).status, 403, query)
    }
  })

  const refused: [string, string, Partial<IssueTokenInput> & {headers?: Record<string, string>}][] = [
    ['a scope that the token has not', '?scope=chat', {}],
    ['more of a scope than the token has', '?scope=helix', {scopes: ['helix:read']}],
    ['an account that there is not', '?scope=helix', {headers: {'x-behalf-of': 'nobody_here'}}],
    [
      'an account that the token may not act as',
      '?scope=helix',
      {headers: {'x-behalf-of': 'streamer_sam'}, as: ['techydrroid']},
    ],
    ['a name that is none', '?scope=helix', {headers: {'x-behalf-of': 'a b'}}],
    ['two names', '?scope=helix', {headers: {'x-behalf-of': 'techydrroid', 'x-tau-on-behalf-of': 'streamer_sam'}}],
    ['nobody, where it may be several', '?scope=helix', {as: ['techydrroid', 'streamer_sam']}],
    ['an account that Helix knows nothing of', '?scope=helix', {headers: {'x-behalf-of': 'github/octo'}}],
    [
      'an account of another provider than the scope’s',
      '?scope=api:github',
      {scopes: ['api:github'], headers: {'x-behalf-of': 'techydrroid'}},
    ],
  ]
  for (const [what, query, parts] of refused) {
    it(`answers 403 for ${what}`, async () => {
      const answer = await verify(query, parts)
      assert.equal(answer.status, 403)
      assert.deepEqual(forwarded(answer), [null, null, null, null])
    })
  }

  it('answers 401 without a token', async () => {
    const answer = await scene.call('GET', '/auth/verify?scope=helix')
    assert.equal(answer.status, 401)
    assert.equal(answer.headers.get('www-authenticate'), 'Bearer realm="behalf"')
  })

  for (const query of ['', '?scope=', '?scope=%20', '?scope=helx', '?scope=helix&scope=HELIX', '?Scope=helix']) {
    it(`answers 400 for “${query}”, which the proxy is to blame for, whoever calls`, async () => {
      assert.equal((await verify(query)).status, 400)
      assert.equal((await scene.call('GET', `/auth/verify${query}`)).status, 400)
    })
  }

  it('lets no subject put anything else into the headers', async () => {
    const token = await scene.issue(['helix'], {as: ['techydrroid']})
    await world.store.apiTokens.update(token.slice(4, 12), (now) => ({...now, as: [`twitch@${ODD_SUBJECT}`]}))
    const answer = await scene.call('GET', '/auth/verify?scope=helix', {token})
    assert.equal(answer.status, 204)
    const account = answer.headers.get('x-behalf-account') ?? ''
    assert.match(account, /^[\w.~:@/%-]+$/)
    assert.equal(decodeURIComponent(account), `twitch@${ODD_SUBJECT}`)
  })

  it('takes GET alone', async () => {
    const {status, headers} = await scene.call('POST', '/auth/verify?scope=helix', {
      token: await scene.issue(['helix']),
    })
    assert.deepEqual([status, headers.get('allow')], [405, 'GET, HEAD'])
  })
})
