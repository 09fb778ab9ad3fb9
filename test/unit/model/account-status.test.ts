import assert from 'node:assert/strict'
import {inspect} from 'node:util'

import {describeAccount, findEstrangement, loginCommandFor} from '../../../src/model/account-status.js'
import type {Account} from '../../../src/model/account.js'
import {originsOf, type Provider} from '../../../src/model/provider.js'
import {HOUR_MS} from '../../../src/model/time.js'
import {nextRefreshAt} from '../../../src/model/token-life.js'
import {makeAccount, type AccountParts} from '../../support/make-account.js'
import {makeProvider} from '../../support/make-provider.js'

const START = 1_800_000_000_000
const PROVIDER = makeProvider({
  revokeUrl: 'https://id.example.test/revoke',
  validateUrl: 'https://id.example.test/validate',
  userinfoUrl: 'https://people.example.test/me',
  apiUrl: 'https://api.example.test/v1',
})

const grantedUnder = (provider: Provider, parts: AccountParts = {}): Account => ({
  ...makeAccount({provider: provider.name, clientId: provider.clientId, origins: originsOf(provider), ...parts}),
  version: 1,
})
const ACCOUNT = grantedUnder(PROVIDER)
const MOMENT = {wallMs: START, monotonicMs: 0, bootId: 'boot-1'}

describe('findEstrangement (rule 10)', () => {
  it('finds none where the client id and all origins are those of the grant', () => {
    assert.equal(findEstrangement(ACCOUNT, PROVIDER), undefined)
  })

  it('does not mind another path of the same origin, nor another secret', () => {
    const {clientSecret: _gone, ...provider} = {...PROVIDER, tokenUrl: 'https://id.example.test/v2/token'}
    assert.equal(findEstrangement(ACCOUNT, provider), undefined)
  })

  it('finds another client id, even one that differs in case only', () => {
    assert.equal(findEstrangement(ACCOUNT, {...PROVIDER, clientId: 'Made-Up-Client'}), 'client-changed')
  })

  for (const url of ['tokenUrl', 'revokeUrl', 'validateUrl', 'userinfoUrl', 'apiUrl'] as const) {
    const [host] = /[a-z]+\.example\.test/.exec(PROVIDER[url] ?? '') ?? ['']
    for (const other of [
      `https://evil.test/x`,
      `http://${host}/x`,
      `https://${host}:8443/x`,
      `https://${host}.evil.test/x`,
    ]) {
      it(`finds ${url} at ${other}`, () => {
        assert.equal(findEstrangement(ACCOUNT, {...PROVIDER, [url]: other}), 'origin-changed')
      })
    }
  }

  for (const url of ['revokeUrl', 'validateUrl', 'userinfoUrl', 'apiUrl'] as const) {
    it(`finds a ${url} where there was none`, () => {
      const {[url]: _none, ...bare} = PROVIDER
      assert.equal(findEstrangement(grantedUnder(bare), PROVIDER), 'origin-changed')
    })
  }
})

describe('describeAccount', () => {
  const describeAs = (parts: Partial<Account>, now = START, provider: Provider | undefined = PROVIDER) =>
    describeAccount({...ACCOUNT, ...parts}, provider, now)

  it('shows no secret', () => {
    const status = describeAs({})
    assert.doesNotMatch(JSON.stringify(status), /token-of/)
    assert.doesNotMatch(inspect(status, {depth: 9}), /token-of|Secret/)
  })

  it('is ok until the expiry, expired from then on', () => {
    assert.equal(describeAs({}, START + 4 * HOUR_MS - 1).state, 'ok')
    assert.equal(describeAs({}, START + 4 * HOUR_MS).state, 'expired')
  })

  it('is in doubt over expired, and in need of a login over both', () => {
    const doubt = {cause: 'lost-reply', since: MOMENT, lastSentAt: MOMENT, sends: 1} as const
    const state = {kind: 'login-needed', reason: 'rejected', since: START, detail: 'refused'} as const
    assert.equal(describeAs({doubt}, START + 5 * HOUR_MS).state, 'in-doubt')
    const status = describeAs({doubt, state}, START + 5 * HOUR_MS)
    assert.deepEqual([status.state, status.reason, status.detail], ['login-needed', 'rejected', 'refused'])
  })

  it('is not in doubt for an old copy of a token that can be used again (rule 12)', () => {
    const doubt = {cause: 'old-copy', since: MOMENT, lastSentAt: MOMENT, sends: 0} as const
    const safe = {...PROVIDER, replay: {kind: 'safe'}} as const
    assert.equal(describeAs({doubt}).state, 'in-doubt')
    assert.equal(describeAs({doubt}, START, safe).state, 'ok')
    assert.equal(describeAs({doubt: {...doubt, cause: 'lost-reply'}}, START, safe).state, 'in-doubt')
  })

  it('needs a login under a changed client id, and has no next refresh then', () => {
    const status = describeAs({}, START, {...PROVIDER, clientId: 'another-made-up-client'})
    assert.deepEqual([status.state, status.reason, status.nextRefreshAt], ['login-needed', 'client-changed', undefined])
    assert.equal(describeAs({}).nextRefreshAt, nextRefreshAt(ACCOUNT))
  })

  it('is refreshed next when its backoff ends, if that is later', () => {
    const lastFailure = {at: START, count: 1, summary: 'it is down', scheduleNotBefore: START + 30 * HOUR_MS}
    assert.equal(describeAs({lastFailure}).nextRefreshAt, START + 30 * HOUR_MS)
  })

  it('can be told without a provider', () => assert.equal(describeAccount(ACCOUNT, undefined, START).state, 'ok'))
})

describe('loginCommandFor', () => {
  const base = {provider: 'twitch', login: 'techydrroid', role: 'bot'} as const
  const cases: [Parameters<typeof loginCommandFor>[0], string][] = [
    [{...base, role: 'owner'}, 'behalf login'],
    [{...base, role: 'owner', provider: 'forge'}, 'behalf login --provider forge'],
    [base, 'behalf bot add --expect techydrroid'],
    [{...base, provider: 'forge'}, 'behalf bot add --provider forge --expect techydrroid'],
    [{...base, login: 'made up; x'}, "behalf bot add --expect 'made up; x'"],
    [{...base, role: 'user', subject: 'slack:U02AB'}, 'behalf user link slack:U02AB'],
  ]
  for (const [account, command] of cases) it(command, () => assert.equal(loginCommandFor(account), command))
})
