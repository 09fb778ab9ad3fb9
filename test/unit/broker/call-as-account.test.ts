import assert from 'node:assert/strict'

import {callAsAccount, type ApiAnswer, type ApiCredentials} from '../../../src/broker/call-as-account.js'
import {refreshAccount} from '../../../src/broker/refresh-account.js'
import {Secret} from '../../../src/model/secret.js'
import {HOUR_MS, MINUTE_MS} from '../../../src/model/time.js'
import {
  accessTokenOf,
  DUE,
  FIRST_ACCESS,
  KEY,
  makeRefreshScene,
  type RefreshScene,
} from '../../support/refresh-scene.js'
import {grantTokens, replyWith} from '../../support/scripted-refresh.js'

/** An API that refuses these tokens, and notes what it was called with. */
function makeApi(...refuses: string[]) {
  const calls: string[] = []
  return {
    calls,
    send: ({accessToken, clientId}: ApiCredentials): Promise<ApiAnswer> => {
      calls.push(`${accessToken.reveal()} of ${clientId}`)
      return Promise.resolve({tokenRefused: refuses.includes(accessToken.reveal()) || refuses.includes('all')})
    },
  }
}

const OF = 'of made-up-client'

describe('callAsAccount (rule 7)', () => {
  let scene: RefreshScene
  beforeEach(async () => {
    scene = await makeRefreshScene()
    scene.clock.advance(HOUR_MS)
  })
  afterEach(() => scene.dispose())

  const sent = () => scene.script.sent.length

  it('calls once when the token is accepted', async () => {
    const api = makeApi()
    const {answer, loginNeeded, warning} = await callAsAccount(scene.deps, KEY, api.send)
    assert.deepEqual([answer.tokenRefused, loginNeeded, warning], [false, undefined, undefined])
    assert.deepEqual(api.calls, [`${FIRST_ACCESS} ${OF}`])
  })

  it('refreshes once and repeats once when the token is refused', async () => {
    const api = makeApi(FIRST_ACCESS)
    scene.script.next(grantTokens(scene.clock, 1))
    const {answer} = await callAsAccount(scene.deps, KEY, api.send)
    assert.equal(answer.tokenRefused, false)
    assert.deepEqual(api.calls, [`${FIRST_ACCESS} ${OF}`, `made-up-access-1 ${OF}`])
    assert.equal((await scene.stored()).lastRefresh?.cause, 'refused')
  })

  it('makes two calls and one refresh of an API that always refuses, and not even that again within a minute', async () => {
    const api = makeApi('all')
    scene.script.next(grantTokens(scene.clock, 1))
    const {answer} = await callAsAccount(scene.deps, KEY, api.send)
    assert.deepEqual([answer.tokenRefused, api.calls.length, sent()], [true, 2, 1])

    scene.clock.advance(MINUTE_MS - 1)
    await callAsAccount(scene.deps, KEY, api.send)
    assert.deepEqual([api.calls.length, sent()], [3, 1])
    scene.clock.advance(1)
    scene.script.next(grantTokens(scene.clock, 2))
    await callAsAccount(scene.deps, KEY, api.send)
    assert.deepEqual([api.calls.length, sent()], [5, 2])
  })

  it('refreshes nothing when the refused token has been replaced meanwhile', async () => {
    const api = makeApi(FIRST_ACCESS)
    scene.script.next(grantTokens(scene.clock, 1))
    const {answer} = await callAsAccount(scene.deps, KEY, async (credentials) => {
      if (sent() === 0) await refreshAccount(scene.deps, DUE)
      return api.send(credentials)
    })
    assert.deepEqual([answer.tokenRefused, sent()], [false, 1])
    assert.deepEqual(api.calls, [`${FIRST_ACCESS} ${OF}`, `made-up-access-1 ${OF}`])
  })

  it('repeats with the client id of a login that came meanwhile', async () => {
    const api = makeApi(FIRST_ACCESS)
    await callAsAccount(scene.deps, KEY, async (credentials) => {
      const {version: _version, ...account} = await scene.stored()
      const credential = {...account.credential, accessToken: new Secret('made-up-access-of-a-login')}
      await scene.store.accounts.put({...account, grantId: 'new', clientId: 'new-client', credential})
      return api.send(credentials)
    })
    assert.deepEqual(api.calls, [`${FIRST_ACCESS} ${OF}`, 'made-up-access-of-a-login of new-client'])
    assert.equal(sent(), 0)
  })

  it('refreshes nothing for what is not about the token', async () => {
    const calls: unknown[] = []
    const {answer} = await callAsAccount(scene.deps, KEY, (credentials) => {
      calls.push(credentials)
      return Promise.resolve({status: 401, tokenRefused: false})
    })
    assert.deepEqual([answer.status, calls.length, sent()], [401, 1, 0])
  })

  it('refreshes nothing for a token that is less than a minute old', async () => {
    scene.script.next(grantTokens(scene.clock, 1))
    await refreshAccount(scene.deps, DUE)
    scene.clock.advance(MINUTE_MS - 1)
    const api = makeApi('all')
    const {answer} = await callAsAccount(scene.deps, KEY, api.send)
    assert.deepEqual([answer.tokenRefused, api.calls.length, sent()], [true, 1, 1])
  })

  it('lets the refusal pass when the account needs a login, and says how to mend it', async () => {
    scene.script.next(replyWith(scene.clock, 400, {error: 'invalid_grant'}))
    for (const round of ['it turns out', 'it is known']) {
      const api = makeApi('all')
      const {answer, loginNeeded} = await callAsAccount(scene.deps, KEY, api.send)
      assert.deepEqual([answer.tokenRefused, api.calls.length, sent()], [true, 1, 1], round)
      assert.deepEqual(loginNeeded, {
        message: 'example/made_up_2002 needs a login: the provider no longer accepts its refresh token.',
        hint: 'behalf bot add --provider example --expect made_up_2002',
      })
    }
  })

  it('lets the refusal pass when the refresh fails, and says why', async () => {
    const api = makeApi('all')
    scene.script.next({kind: 'not-sent', reason: 'refused'})
    const {answer, loginNeeded, warning} = await callAsAccount(scene.deps, KEY, api.send)
    assert.deepEqual([answer.tokenRefused, api.calls.length, loginNeeded], [true, 1, undefined])
    assert.equal(warning, 'The token could not be refreshed: refused.')
  })

  it('calls nothing for an account whose token cannot be had (rule 9)', async () => {
    const api = makeApi()
    scene.clock.advance(4 * HOUR_MS)
    scene.script.next({kind: 'not-sent', reason: 'refused'})
    await assert.rejects(callAsAccount(scene.deps, KEY, api.send), {code: 'unavailable'})
    await assert.rejects(callAsAccount(scene.deps, 'example:404', api.send), {code: 'account-not-found'})
    assert.deepEqual(api.calls, [])
  })

  it('passes a warning on', async () => {
    scene.clock.advance(3 * HOUR_MS - 1)
    scene.script.next({kind: 'not-sent', reason: 'refused'})
    const {warning} = await callAsAccount(scene.deps, KEY, makeApi().send)
    assert.match(warning ?? '', /could not be refreshed: refused/)
  })

  it('does not use what came of a login under other settings', async () => {
    const api = makeApi(FIRST_ACCESS)
    const {loginNeeded} = await callAsAccount(scene.deps, KEY, async (credentials) => {
      await scene.reconfigure({clientId: 'another-made-up-client'})
      return api.send(credentials)
    })
    assert.match(loginNeeded?.message ?? '', /another client id/)
    assert.deepEqual([api.calls.length, sent()], [1, 0])
    assert.equal(accessTokenOf(await scene.stored()), FIRST_ACCESS)
  })
})
