import assert from 'node:assert/strict'

import {makeCommandHome, type CommandHome} from '../../support/command-home.js'
import {makeAccountStatus} from '../../support/make-account-status.js'
import {parseJson, runCommand} from '../../support/run-command.js'
import {Secret} from '../../../src/model/secret.js'

const OWNER = 'streamer_sam'
const BOT = 'techydrroid'
const NOW = 1_800_000_000_000

describe('bot add', () => {
  let home: CommandHome

  beforeEach(async () => {
    home = await makeCommandHome()
  })
  afterEach(() => home.remove())

  const listBots = async (): Promise<string[]> => {
    const {bots} = parseJson(await home.run(['bot', 'list', '--json'])) as {bots: {login: string}[]}
    return bots.map(({login}) => login)
  }

  it('forces the consent page and stores the bot', async () => {
    const {exitCode, stderr} = await home.logIn(['bot', 'add'], BOT)
    assert.equal(exitCode, 0, stderr)
    assert.match(stderr, /[?&]force_verify=true/)
    assert.match(stderr, /✓ Added the bot twitch\/techydrroid\./)
    assert.deepEqual(await listBots(), [BOT])
  })

  it('updates a bot that it knows', async () => {
    await home.logIn(['bot', 'add'], BOT)
    const {stderr} = await home.logIn(['bot', 'add'], BOT)
    assert.match(stderr, /✓ Updated the bot twitch\/techydrroid\./)
    assert.deepEqual(await listBots(), [BOT])
  })

  it('refuses the owner’s own account: 4, nothing stored, and the browser says so', async () => {
    await home.logIn(['login'], OWNER)
    const {exitCode, page} = await home.logIn(['bot', 'add'], OWNER)
    assert.equal(exitCode, 4)
    assert.match(page.text, /Nothing was stored/)
    assert.deepEqual(await listBots(), [])
  })

  it('refuses another account than the expected one', async () => {
    const {exitCode, stderr} = await home.logIn(['bot', 'add', '--expect', 'otherbot'], BOT)
    assert.equal(exitCode, 4, stderr)
    assert.match(stderr, /otherbot/)
    assert.deepEqual(await listBots(), [])
  })

  it('tells in the browser and in the terminal what to type again, with what was typed', async () => {
    const {stderr, page} = await home.logIn(['bot', 'add', '--expect', 'otherbot', '--provider', 'twitch'], 'deny')
    assert.match(page.text, /To try again, type: behalf bot add --provider twitch --expect otherbot/)
    assert.match(stderr, /declined/)
    const late = await home.run(['bot', 'add', '--expect', 'otherbot', '--timeout', '1s', '--json'])
    assert.equal((parseJson(late) as {error: {hint: string}}).error.hint, 'behalf bot add --expect otherbot')
  })

  it('says at a terminal to log in as the bot, and not elsewhere', async () => {
    const openBrowser = () => Promise.resolve()
    const {stderr} = await home.logIn(['bot', 'add', '--expect', BOT], BOT, {prompts: {}, openBrowser})
    assert.match(stderr, /^Log in as techydrroid, not as yourself \(in a private window, .*\n[^]*\nhttp/)
    assert.doesNotMatch((await home.logIn(['bot', 'add'], BOT)).stderr, /private window/)
  })

  it('takes the expected one, by login in any case or by id', async () => {
    for (const expected of ['TechyDrroid', '2002']) {
      const {exitCode, stderr} = await home.logIn(['bot', 'add', '--expect', expected], BOT)
      assert.equal(exitCode, 0, stderr)
    }
  })
})

describe('bot add with an application that has no secret', () => {
  let home: CommandHome

  beforeEach(async () => {
    home = await makeCommandHome({client: 'public'})
  })
  afterEach(() => home.remove())

  const answerDevice = async (userCode: string, path: string, login: string): Promise<Response> =>
    fetch(`${home.sandbox.url}/_sandbox/device/${path}`, {
      method: 'POST',
      body: JSON.stringify({user_code: userCode, login}),
    })

  it('shows a code and waits until it is entered', async () => {
    const {exitCode, stderr} = await home.run(['bot', 'add'], {
      watch: ({stderr}) =>
        void stderr.waitFor(/enter the code (\S+):/).then(([, code = '']) => answerDevice(code, 'approve', BOT)),
    })
    assert.equal(exitCode, 0, stderr)
    assert.match(stderr, /^https?:\/\/\S+$/m)
    assert.match(stderr, /✓ Added the bot twitch\/techydrroid\./)
    assert.doesNotMatch(stderr, /Waiting|left|│/, 'nothing moves in a log')
  })

  it('draws the code large at a terminal, with the address alone on its line', async () => {
    const {exitCode, stderr} = await home.run(['bot', 'add', '--device'], {
      prompts: {},
      watch: ({stderr}) =>
        void stderr.waitFor(/│ {3}(\S+) {3}│/).then(([, code = '']) => answerDevice(code, 'approve', BOT)),
    })
    assert.equal(exitCode, 0, stderr)
    assert.match(stderr, /check or enter the code:\nhttps?:\S+\n\n {2}┌─{14}┐\n {2}│ {3}\S{8} {3}│\n {2}└─{14}┘\n/)
  })

  it('gives up waiting on a signal', async () => {
    const {exitCode} = await home.run(['bot', 'add', '--device'], {
      watch: (running) =>
        void running.stderr.waitFor(/^https?:/m).then(() => {
          running.send('SIGTERM')
        }),
    })
    assert.equal(exitCode, 143)
  })

  it('gives up waiting after --timeout', async () => {
    const {exitCode, stderr} = await home.run(['bot', 'add', '--timeout', '1s'])
    assert.equal(exitCode, 4)
    assert.match(stderr, /within 1 s/)
  })
})

describe('bot list', () => {
  it('lines the bots up and says which one needs a login', async () => {
    const broken = makeAccountStatus({login: 'otherbot', userId: '2003', state: 'login-needed', reason: 'rejected'})
    const {stdout, stderr, exitCode} = await runCommand(['bot', 'list'], {
      now: NOW,
      behalf: {listAccounts: () => Promise.resolve([makeAccountStatus(), broken])},
    })
    assert.deepEqual(stdout.split('\n'), [
      'ACCOUNT             ROLE  STATE         LEFT  REFRESHED  NEXT  CHECKED  SCOPES',
      'twitch/techydrroid  bot   ok            3 h   –          –     –        2',
      'twitch/otherbot     bot   login-needed  3 h   –          –     –        2',
      '',
    ])
    assert.match(stderr, /twitch\/otherbot needs a login .*: behalf bot add --expect otherbot\n$/)
    assert.equal(exitCode, 0)
  })

  it('prints an empty list with --json when there is none', async () => {
    const end = await runCommand(['bot', 'list', '--json'], {behalf: {listAccounts: () => Promise.resolve([])}})
    assert.deepEqual(parseJson(end), {bots: []})
  })

  it('says how to add one when there is none', async () => {
    const end = await runCommand(['bot', 'list'], {behalf: {listAccounts: () => Promise.resolve([])}})
    assert.equal(end.stdout, '')
    assert.match(end.stderr, /behalf bot add/)
  })
})

describe('bot show', () => {
  it('prints times as ISO 8601 with --json', async () => {
    const end = await runCommand(['bot', 'show', 'techydrroid', '--json'], {
      behalf: {
        showAccount(name, filter) {
          assert.deepEqual([name, filter], ['techydrroid', {role: 'bot'}])
          return Promise.resolve(makeAccountStatus({lastFailure: {at: NOW, summary: '503'}}))
        },
      },
    })
    assert.deepEqual(parseJson(end), {
      key: 'twitch:2002',
      provider: 'twitch',
      login: 'techydrroid',
      display_name: 'TechyDrroid',
      user_id: '2002',
      role: 'bot',
      state: 'ok',
      credential: 'oauth2',
      scopes: ['chat:read', 'user:read:chat'],
      added_at: '2027-01-15T07:00:00.000Z',
      expires_at: '2027-01-15T11:00:00.000Z',
      last_failure: {at: '2027-01-15T08:00:00.000Z', summary: '503'},
    })
  })
})

describe('bot token', () => {
  const fresh = {
    account: makeAccountStatus(),
    userId: makeAccountStatus().userId,
    accessToken: new Secret('made-up-token'),
    clientId: 'made up',
    dialect: 'twitch' as const,
    expiresAt: NOW,
  }
  const run = (...argv: string[]) =>
    runCommand(['bot', 'token', 'techydrroid', ...argv], {
      behalf: {
        getFreshToken: (input) => Promise.resolve({...fresh, ...(input.minTtlMs > 300_000 && {warning: 'Too short.'})}),
      },
    })

  it('prints the token alone', async () => {
    assert.deepEqual(await run(), {stdout: 'made-up-token\n', stderr: '', exitCode: 0, openedWith: {}})
  })

  it('prints a header', async () => {
    assert.equal((await run('--format', 'header')).stdout, 'Authorization: Bearer made-up-token\n')
  })

  it('prints variables that a shell can read, quoted where they must be', async () => {
    const {stdout} = await run('--format', 'env')
    assert.deepEqual(stdout.split('\n'), [
      'TWITCH_ACCESS_TOKEN=made-up-token',
      "TWITCH_CLIENT_ID='made up'",
      'BEHALF_PROVIDER=twitch',
      'BEHALF_LOGIN=techydrroid',
      'BEHALF_USER_ID=2002',
      'BEHALF_EXPIRES_AT=2027-01-15T08:00:00.000Z',
      '',
    ])
  })

  for (const argv of [['--format', 'json'], ['--json']]) {
    it(`prints JSON with ${argv.join(' ')}`, async () => {
      const {access_token, client_id, expires_at, account} = parseJson(await run(...argv)) as Record<string, unknown>
      assert.deepEqual([access_token, client_id, expires_at], ['made-up-token', 'made up', '2027-01-15T08:00:00.000Z'])
      assert.equal((account as {login: string}).login, 'techydrroid')
    })
  }

  it('asks for five minutes of life unless told otherwise, and passes a warning on', async () => {
    assert.equal((await run()).stderr, '')
    assert.deepEqual(await run('--min-ttl', '6m'), {
      stdout: 'made-up-token\n',
      stderr: '! Too short.\n',
      exitCode: 0,
      openedWith: {},
    })
  })
})
