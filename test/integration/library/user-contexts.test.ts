import assert from 'node:assert/strict'

import type {UserContext} from '../../../src/library/index.js'
import {HOUR_MS, MINUTE_MS} from '../../../src/model/time.js'
import {makeLibraryScene, type LibraryScene} from '../../support/library-scene.js'

const SAM = 'slack:U01SAM'
const OTTO = 'slack:U02OTTO'

describe('the contexts of users', () => {
  let scene: LibraryScene
  let sam: UserContext

  beforeEach(async () => {
    scene = await makeLibraryScene()
    sam = await scene.makeContext(SAM, 'streamer_sam')
  })
  afterEach(() => scene.dispose())

  const keep = (userContext: UserContext) =>
    scene.behalf.setUserContext({subject: userContext.subject, provider: 'twitch', userContext})

  it('are undefined for who has none', async () => {
    assert.equal(await scene.behalf.getUserContext({subject: SAM}), undefined)
    assert.equal(await scene.behalf.getUserContextAndRefresh({subject: SAM, provider: 'twitch'}), undefined)
    assert.equal(await scene.behalf.getAccount({subject: SAM}), undefined)
  })

  it('come back as they were set, and once more from another process’ view', async () => {
    await keep(sam)
    assert.deepEqual(await scene.behalf.getUserContext({subject: SAM}), sam)
    const again = await scene.open()
    assert.deepEqual(await again.getUserContextAndRefresh({subject: SAM, provider: 'twitch'}), sam)
    const account = await again.getAccount({subject: SAM})
    assert.deepEqual([account?.login, account?.role, account?.state], ['streamer_sam', 'user', 'ok'])
    assert.ok(!JSON.stringify(account).includes(sam.tokens.accessToken))
  })

  it('are each user’s own', async () => {
    const otto = await scene.makeContext(OTTO, 'otherbot')
    await Promise.all([keep(sam), keep(otto)])
    assert.deepEqual(await scene.behalf.getUserContext({subject: OTTO}), otto)
    assert.deepEqual(await scene.behalf.getUserContext({subject: SAM}), sam)
  })

  it('are refused when the tokens are someone else’s, and nothing is stored', async () => {
    const otto = await scene.makeContext(OTTO, 'otherbot')
    await assert.rejects(keep({...sam, tokens: otto.tokens}), {code: 'wrong-person'})
    assert.equal(await scene.behalf.getUserContext({subject: SAM}), undefined)
    await keep(otto)
    await assert.rejects(keep({...sam, subject: OTTO}), {code: 'wrong-person'})
    assert.deepEqual(await scene.behalf.getUserContext({subject: OTTO}), otto)
  })

  it('are taken over by their refresh token where the access token has ended', async () => {
    scene.clock.advance(5 * HOUR_MS)
    await keep(sam)
    const kept = await scene.behalf.getUserContext({subject: SAM})
    assert.equal(kept?.userId, sam.userId)
    assert.notEqual(kept.tokens.accessToken, sam.tokens.accessToken)
    assert.ok((kept.tokens.expiresAt ?? 0) > scene.clock.now())
    assert.equal(scene.refreshes().length, 1)
    assert.deepEqual([scene.lines, scene.notices], [[], []], 'nothing is said of what nobody has yet')
  })

  it('are refused when the access token has ended and there is no refresh token, or a dead one', async () => {
    scene.clock.advance(5 * HOUR_MS)
    const {refreshToken: _none, ...tokens} = sam.tokens
    await assert.rejects(keep({...sam, tokens}), {code: 'login-failed'})
    await assert.rejects(keep({...sam, tokens: {...tokens, refreshToken: 'made-up-dead-token'}}), {
      code: 'login-failed',
    })
    assert.equal(await scene.behalf.getUserContext({subject: SAM}), undefined)
  })

  it('are left alone when the same is set again: nobody is asked', async () => {
    await keep(sam)
    const before = scene.sandbox.state.calls.list().length
    await keep(sam)
    assert.equal(scene.sandbox.state.calls.list().length, before)
  })

  it('are refreshed on demand, once for all who ask at the same time, in two openings of the store', async () => {
    await keep(sam)
    scene.clock.advance(4 * HOUR_MS - MINUTE_MS / 2)
    const other = await scene.open()
    const asked = [scene.behalf, other, scene.behalf, other].map((behalf) =>
      behalf.getUserContextAndRefresh({subject: SAM}),
    )
    const contexts = await Promise.all(asked)
    assert.equal(scene.refreshes().length, 1)
    assert.equal(new Set(contexts.map((context) => context?.tokens.accessToken)).size, 1)
    assert.notEqual(contexts[0]?.tokens.accessToken, sam.tokens.accessToken)
    assert.deepEqual(await scene.behalf.getUserContext({subject: SAM}), contexts[0])
    assert.ok(scene.lines.includes(`info behalf: Refreshed the tokens of twitch/subject:${SAM}.`))
  })

  it('are forgotten when undefined is set, and only then revoked when that is wanted', async () => {
    await keep(sam)
    await scene.behalf.setUserContext({subject: SAM, userContext: undefined})
    assert.equal(await scene.behalf.getUserContext({subject: SAM}), undefined)
    assert.ok(scene.sandbox.state.accessTokens.has(sam.tokens.accessToken))
    await keep(sam)
    await scene.behalf.setUserContext({subject: SAM, userContext: undefined, revoke: true})
    assert.equal(await scene.behalf.getUserContext({subject: SAM}), undefined)
    assert.ok(!scene.sandbox.state.accessTokens.has(sam.tokens.accessToken))
    await scene.behalf.setUserContext({subject: SAM, userContext: undefined, revoke: true})
  })

  it('are unlinked with a word on whether there was anything', async () => {
    await keep(sam)
    assert.equal(await scene.behalf.unlink({subject: SAM, provider: 'twitch'}), true)
    assert.ok(!scene.sandbox.state.accessTokens.has(sam.tokens.accessToken))
    assert.equal(await scene.behalf.unlink({subject: SAM}), false)
  })

  it('need a provider where the subject has several', async () => {
    await keep(sam)
    const twin = await scene.withStore(async (store) => {
      const provider = await store.providers.get('twitch')
      assert.ok(provider)
      return {...provider, name: 'twin'}
    })
    await scene.addProvider(twin)
    await scene.behalf.setUserContext({subject: SAM, provider: 'twin', userContext: sam})
    await assert.rejects(scene.behalf.getUserContext({subject: SAM}), {code: 'ambiguous-account'})
    assert.deepEqual(await scene.behalf.getUserContext({subject: SAM, provider: 'twin'}), sam)
  })

  for (const [what, parts] of Object.entries({
    'an expiry in seconds': {tokens: {expiresAt: 1_800_000_000}},
    'a date': {tokens: {expiresAt: new Date()}},
    'an empty access token': {tokens: {accessToken: ''}},
    'scopes in one text': {tokens: {scopes: 'user:bot'}},
    'a number as the user id': {userId: 1001},
    'something unknown': {password: 'made-up'},
    'another subject than said': {subject: OTTO},
  })) {
    it(`are refused with ${what}, by the names of what is wrong alone`, async () => {
      const {tokens, ...rest} = {tokens: {}, ...parts}
      const userContext = {...sam, ...rest, tokens: {...sam.tokens, ...tokens}} as UserContext
      await assert.rejects(scene.behalf.setUserContext({subject: SAM, userContext}), (error: Error) => {
        assert.ok(!error.message.includes(sam.tokens.accessToken))
        assert.match(error.message, /^setUserContext got something/)
        return 'code' in error && error.code === 'invalid-input'
      })
    })
  }
})
