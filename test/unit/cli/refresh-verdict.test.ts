import assert from 'node:assert/strict'

import {refreshExitCode, refreshLines} from '../../../src/cli/refresh-verdict.js'
import type {RefreshReport} from '../../../src/compose.js'
import {makeAccountStatus} from '../../support/make-account-status.js'

type Result = RefreshReport['results'][number]

const result = (outcome: Result['outcome'], parts: Partial<Result> = {}): Result => ({
  account: makeAccountStatus(),
  outcome,
  alive: true,
  ...parts,
})
const report = (...results: Result[]): RefreshReport => ({results, misconfigured: []})
const refusedClient: RefreshReport['misconfigured'] = [
  {provider: 'twitch', reason: 'invalid client secret', hint: 'mend it'},
]

describe('refreshExitCode', () => {
  const cases: [string, RefreshReport, number][] = [
    ['nothing was to be done', report(), 0],
    ['all went well', report(result('refreshed'), result('fresh'), result('validated'), result('superseded')), 0],
    ['a provider was not there and the token lives', report(result('unavailable')), 0],
    ['an answer was lost and the token lives', report(result('in-doubt')), 0],
    ['a provider was not there and the token is over', report(result('unavailable', {alive: false})), 6],
    ['an answer was lost and the token is over', report(result('in-doubt', {alive: false})), 6],
    ['a refresh token was refused', report(result('rejected')), 4],
    ['an account needs a login', report(result('login-needed')), 4],
    [
      'one needs a login and one cannot be reached',
      report(result('unavailable', {alive: false}), result('login-needed')),
      4,
    ],
    [
      'a provider refused the client, whatever else',
      {...report(result('login-needed'), result('unavailable', {alive: false})), misconfigured: refusedClient},
      3,
    ],
  ]
  for (const [condition, given, code] of cases) {
    it(`is ${String(code)} when ${condition}`, () => {
      assert.equal(refreshExitCode(given), code)
    })
  }
})

describe('refreshLines', () => {
  it('is silent when all is well', () => {
    assert.deepEqual(refreshLines(report(result('refreshed'), result('fresh'), result('superseded'))), [])
  })

  it('has a line for each account that is not well, with what mends it', () => {
    const lines = refreshLines(
      report(result('fresh'), result('login-needed', {detail: 'the provider refused it', hint: 'behalf bot add'})),
    )
    assert.deepEqual(lines, ['twitch/techydrroid: login-needed: the provider refused it → behalf bot add'])
  })

  it('tells what was noticed about an account that is well', () => {
    assert.deepEqual(refreshLines(report(result('refreshed', {detail: 'lost the scope chat:read'}))), [
      'twitch/techydrroid: lost the scope chat:read',
    ])
  })

  it('has one line for a provider that refused the client, whatever the number of its accounts', () => {
    const results = Array.from({length: 100}, () => result('misconfigured', {detail: 'invalid client secret'}))
    assert.deepEqual(refreshLines({results, misconfigured: refusedClient}), ['twitch: invalid client secret → mend it'])
  })
})
