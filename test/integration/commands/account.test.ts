import assert from 'node:assert/strict'

import {Chalk} from 'chalk'

import {accountTable} from '../../../src/cli/present-account.js'
import type {ProviderView, RefreshReport, Removal} from '../../../src/compose.js'
import {CapturedStream} from '../../support/captured-stream.js'
import {makeAccountStatus} from '../../support/make-account-status.js'
import {parseJson, runCommand} from '../../support/run-command.js'

const NOW = 1_800_000_000_000
const BROKEN = makeAccountStatus({state: 'login-needed', reason: 'rejected', detail: 'Invalid refresh token'})

describe('status', () => {
  it('exits 4 when an account needs a login, prints all the same, and says what mends it', async () => {
    const behalf = {listAccounts: () => Promise.resolve([makeAccountStatus({login: 'otherbot'}), BROKEN])}
    const end = await runCommand(['status'], {behalf, now: NOW})
    assert.equal(end.exitCode, 4)
    assert.match(end.stdout, /^twitch\/techydrroid +bot +login-needed/m)
    assert.match(end.stderr, /: behalf bot add --expect techydrroid\n$/)
    const json = await runCommand(['status', '--json'], {behalf, now: NOW})
    assert.equal(json.exitCode, 4)
    const {accounts} = parseJson(json) as {accounts: {state: string}[]}
    assert.deepEqual(
      accounts.map(({state}) => state),
      ['ok', 'login-needed'],
    )
  })

  it('exits 7 when the record of one is damaged, names it, and prints the others all the same', async () => {
    const behalf = {
      listAccounts: () => Promise.resolve([BROKEN]),
      nameDamagedAccounts: () => Promise.resolve(['twitch/id:2003']),
    }
    const end = await runCommand(['status'], {behalf, now: NOW})
    assert.equal(end.exitCode, 7)
    assert.match(end.stdout, /^twitch\/techydrroid +bot +login-needed/m)
    assert.match(end.stderr, /The record of twitch\/id:2003 is damaged.*: behalf store check$/m)
    const json = parseJson(await runCommand(['status', '--json'], {behalf, now: NOW}))
    assert.deepEqual((json as {damaged: string[]}).damaged, ['twitch/id:2003'])
  })

  it('shows one account in full', async () => {
    const behalf = {
      showAccount: () =>
        Promise.resolve(
          makeAccountStatus({lastRefreshAt: NOW - 3_600_000, nextRefreshAt: NOW - 1, lastValidatedAt: NOW - 720_000}),
        ),
    }
    const {stdout, exitCode} = await runCommand(['status', 'techydrroid'], {behalf, now: NOW})
    assert.equal(exitCode, 0)
    assert.deepEqual(stdout.split('\n'), [
      'account       twitch/techydrroid',
      'name          TechyDrroid',
      'user id       2002',
      'role          bot',
      'state         ok',
      'time left     3 h',
      'added         1 h ago',
      'last refresh  1 h ago',
      'next refresh  due',
      'last check    12 min ago',
      'scopes        chat:read user:read:chat',
      '',
    ])
  })

  it('lets no name or reason steer the terminal', async () => {
    const evil = makeAccountStatus({
      displayName: 'x\u001b[2Jy',
      detail: '\u001b]0;z\u0007',
      state: 'login-needed',
      reason: 'rejected',
    })
    const end = await runCommand(['status', 'x'], {behalf: {showAccount: () => Promise.resolve(evil)}, now: NOW})
    // eslint-disable-next-line no-control-regex
    assert.doesNotMatch(end.stdout + end.stderr, /[\u001b\u0007]/)
  })

  it('opens the store that --store names', async () => {
    const {openedWith} = await runCommand(['status', '--store', '/elsewhere'], {
      behalf: {listAccounts: () => Promise.resolve([]), listProviders: () => Promise.resolve([])},
    })
    assert.deepEqual(openedWith, {store: '/elsewhere'})
  })

  it('says what to do first: set a service up, then log in', async () => {
    const twitch = {name: 'twitch'} as ProviderView
    for (const [providers, next] of [
      [[], 'behalf provider add twitch'],
      [[twitch], 'behalf login'],
    ] as const) {
      const {exitCode, stderr} = await runCommand(['status'], {
        behalf: {listAccounts: () => Promise.resolve([]), listProviders: () => Promise.resolve([...providers])},
      })
      assert.equal(exitCode, 0, stderr)
      assert.match(stderr, new RegExp(`^No account yet\\. .*: ${next}$`, 'm'))
    }
  })

  it('fits 80 columns with the longest login that Twitch has, and leaves that whole', () => {
    const account = makeAccountStatus({
      login: 'x'.repeat(25),
      state: 'login-needed',
      role: 'owner',
      lastRefreshAt: NOW - 3_600_000_000,
      nextRefreshAt: NOW + 3_600_000_000,
      lastValidatedAt: NOW - 3_600_000_000,
    })
    const render = (columns: number) => {
      const terminal = Object.assign(new CapturedStream(), {isTTY: true, columns})
      return accountTable([account], NOW, terminal, new Chalk({level: 0})).split('\n')
    }
    const [titles = '', row = '', ...others] = render(80)
    assert.deepEqual(titles.split(/ +/), ['ACCOUNT', 'ROLE', 'STATE', 'LEFT', 'REFRESHED', 'NEXT'])
    assert.match(row, /^twitch\/x{25} +owner +login-needed /)
    assert.ok(row.length <= 80, row)
    assert.deepEqual(others, [])
    assert.match(render(120)[0] ?? '', /NEXT +CHECKED +SCOPES$/)
    assert.deepEqual(
      render(40).map((line) => line.split(/ +/)[0]),
      ['ACCOUNT', '', 'ROLE', 'STATE', 'LEFT', 'REFRESHED', 'NEXT', 'CHECKED', 'SCOPES'],
    )
  })
})

describe('refresh', () => {
  const refresh = (report: RefreshReport, ...argv: string[]) => {
    let asked: unknown
    return runCommand(['refresh', ...argv], {
      behalf: {
        refreshAccounts(input) {
          asked = input
          return Promise.resolve(report)
        },
      },
    }).then((end) => ({...end, asked}))
  }
  it('exits 7 when the record of one is damaged, after it has renewed the others', async () => {
    let asked = 0
    const behalf = {
      refreshAccounts: () => Promise.resolve({...WELL, results: WELL.results.slice(0, ++asked)}),
      nameDamagedAccounts: () => Promise.resolve(['twitch/id:2003']),
    }
    const end = await runCommand(['refresh'], {behalf})
    assert.deepEqual([end.exitCode, asked], [7, 1])
    assert.match(end.stderr, /The record of twitch\/id:2003 is damaged/)
    assert.equal((await runCommand(['refresh', 'techydrroid'], {behalf})).exitCode, 0)
  })

  const WELL: RefreshReport = {
    results: [{account: makeAccountStatus(), outcome: 'fresh', alive: true}],
    misconfigured: [],
  }
  const DOWN: RefreshReport = {
    results: [{account: makeAccountStatus(), outcome: 'unavailable', alive: false, detail: '503'}],
    misconfigured: [],
  }

  it('is silent when all is well', async () => {
    const {stdout, stderr, exitCode, asked} = await refresh(WELL)
    assert.deepEqual([stdout, stderr, exitCode], ['', '', 0])
    assert.deepEqual(asked, {accounts: [], withinMs: 1_200_000, force: false})
  })

  it('takes several accounts, a time and --force', async () => {
    const {asked} = await refresh(WELL, 'a', 'twitch/b', '--within', '1h', '--force')
    assert.deepEqual(asked, {accounts: ['a', 'twitch/b'], withinMs: 3_600_000, force: true})
    assert.deepEqual((await refresh(WELL, '--all', '--force')).asked, {accounts: [], withinMs: 1_200_000, force: true})
  })

  it('tells of each account that is not well, and exits accordingly', async () => {
    const {stdout, stderr, exitCode} = await refresh(DOWN)
    assert.deepEqual([stdout, stderr, exitCode], ['', '! twitch/techydrroid: unavailable: 503\n', 6])
  })

  it('lets nothing that a provider said steer the terminal', async () => {
    const results: RefreshReport['results'] = [
      {account: makeAccountStatus(), outcome: 'in-doubt', alive: true, detail: '\u001b]0;gone\u0007'},
    ]
    assert.equal((await refresh({results, misconfigured: []})).stderr, '! twitch/techydrroid: in-doubt: ]0;gone\n')
  })

  it('prints everything with --json, and exits the same', async () => {
    const end = await refresh(DOWN, '--json')
    assert.equal(end.exitCode, 6)
    const {accounts, misconfigured} = parseJson(end) as {accounts: Record<string, unknown>[]; misconfigured: unknown[]}
    assert.deepEqual(misconfigured, [])
    assert.deepEqual(
      [accounts[0]?.login, accounts[0]?.outcome, accounts[0]?.detail],
      ['techydrroid', 'unavailable', '503'],
    )
  })
})

describe('logout', () => {
  const leave = (argv: string[], removal: Partial<Removal> = {}) => {
    let asked: unknown
    return runCommand(argv, {
      behalf: {
        removeAccount(input) {
          asked = input
          return Promise.resolve({account: makeAccountStatus(), revoked: true, ...removal})
        },
      },
    }).then((end) => ({...end, asked}))
  }

  it('lets the owner go without a name', async () => {
    const {asked, stderr} = await leave(['logout'])
    assert.deepEqual(asked, {keepGrant: false})
    assert.equal(stderr, '✓ twitch/techydrroid is forgotten; its access is revoked.\n')
  })

  it('says where access can be ended by hand when it was not revoked', async () => {
    const {asked, stderr} = await leave(['logout', 'x', '--keep-grant'], {
      revoked: false,
      connectionsUrl: 'https://connections.test',
    })
    assert.deepEqual(asked, {account: 'x', keepGrant: true})
    assert.match(stderr, /was not revoked\. End it at https:\/\/connections\.test\.\n$/)
  })

  it('takes bots alone as `bot remove`', async () => {
    const end = await leave(['bot', 'remove', 'x', '--json'])
    assert.deepEqual(end.asked, {account: 'x', role: 'bot', keepGrant: false})
    assert.equal((parseJson(end) as {revoked: boolean}).revoked, true)
  })
})
