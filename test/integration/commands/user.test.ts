import assert from 'node:assert/strict'
import {readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {PassThrough} from 'node:stream'

import {makeCommandHome, type CommandHome} from '../../support/command-home.js'
import {startJenkinsServer, type JenkinsServer} from '../../support/jenkins-server.js'
import {startJsonServer, type JsonServer} from '../../support/json-server.js'
import {startOAuth1Server, type OAuth1Server} from '../../support/oauth1-server.js'
import {parseJson, type CommandEnd, type CommandWorld, type RunningCommand} from '../../support/run-command.js'
import {Secret} from '../../../src/model/secret.js'

const VERA = 'slack:U1'
const SAM = 'slack:U2'
const BASIC = ['--provider', 'jenkins', '--basic']

describe('user', () => {
  let home: CommandHome
  let jenkins: JenkinsServer

  beforeEach(async () => {
    jenkins = await startJenkinsServer()
    home = await makeCommandHome({client: 'none'})
    await add('jenkins', '--credential', 'basic', '--api-url', jenkins.origin, ...identity('/me/api/json'))
  })
  afterEach(async () => {
    await home.remove()
    await jenkins.stop()
  })

  const identity = (path: string) => ['--userinfo-url', jenkins.origin + path, '--identity-member', 'user-id=id']

  async function add(...words: string[]): Promise<void> {
    const {exitCode, stderr} = await home.run(['provider', 'add', ...words])
    assert.equal(exitCode, 0, stderr)
  }
  const link = (subject: string, words: string[], world: CommandWorld = {}) =>
    home.run(['user', 'link', subject, ...words], world)
  const linkVera = (token = 'made-up-token-of-vera') => link(VERA, BASIC, {stdin: `vera:${token}\n`})

  async function listUsers(): Promise<unknown> {
    const {users} = parseJson(await home.run(['user', 'list', '--json'])) as {
      users: {subject: string; accounts: Record<string, unknown>[]}[]
    }
    return users.map(({subject, accounts}) => [
      subject,
      ...accounts.map(({provider, login}) => `${String(provider)} ${String(login)}`),
    ])
  }

  const errorOf = (end: CommandEnd) => (parseJson(end) as {error: {code: string; message: string; hint: string}}).error

  describe('link', () => {
    it('keeps a user name and password from stdin once the service has taken them', async () => {
      const {exitCode, stdout, stderr} = await linkVera()
      assert.deepEqual([exitCode, stdout], [0, ''], stderr)
      assert.match(stderr, /✓ Linked slack:U1: vera at jenkins\./)
      assert.deepEqual(jenkins.calls, [{user: 'vera', method: 'GET', path: '/me/api/json', status: 200}])
      assert.deepEqual(await listUsers(), [[VERA, 'jenkins vera']])
    })

    it('never writes the password anywhere in the clear', async () => {
      await linkVera()
      const stored = await readFile(join(home.folder, 'store.json'), 'utf8')
      assert.equal(stored.includes('made-up-token-of-vera'), false)
      assert.match(stored, /"username": ?"vera"/)
    })

    it('takes the password alone where --username gives the user', async () => {
      const {exitCode, stderr} = await link(VERA, [...BASIC, '--username', 'vera'], {stdin: 'made-up-token-of-vera\n'})
      assert.equal(exitCode, 0, stderr)
    })

    it('asks at a terminal, and shows nothing of what is typed', async () => {
      const asked: string[] = []
      const prompts = {
        askText: (question: string) => Promise.resolve((asked.push(question), ' vera ')),
        askSecret: (question: string) => Promise.resolve((asked.push(question), new Secret('made-up-token-of-vera'))),
      }
      const {exitCode, stderr} = await link(VERA, ['--provider', 'jenkins'], {prompts})
      assert.equal(exitCode, 0, stderr)
      assert.deepEqual(asked, ['User name at jenkins:', 'Password or token of vera:'])
      assert.equal(stderr.includes('made-up-token'), false)
    })

    it('refuses what the service does not take: 8, and nothing is kept', async () => {
      const end = await link(VERA, [...BASIC, '--json'], {stdin: 'vera:wrong'})
      assert.equal(end.exitCode, 8)
      assert.deepEqual(
        [errorOf(end).code, /refuses.*\(status 401\)/.test(errorOf(end).message)],
        ['credential-refused', true],
      )
      assert.deepEqual(await listUsers(), [])
    })

    it('refuses what only anonymous visitors are answered', async () => {
      await add(
        'open',
        '--credential',
        'api-key',
        '--api-url',
        jenkins.origin,
        '--api-key-header',
        'X-Api-Key',
        ...identity('/whoAmI/api/json'),
      )
      const {exitCode, stderr} = await link(VERA, ['--provider', 'open'], {stdin: 'made-up-key'})
      assert.equal(exitCode, 8, stderr)
      assert.match(stderr, /open refuses this API key/)
    })

    it('renews the credential of the same person, who keeps their place', async () => {
      await linkVera()
      jenkins.users.set('vera', 'made-up-second-token')
      const {stderr} = await linkVera('made-up-second-token')
      assert.match(stderr, /✓ Renewed slack:U1/)
      assert.deepEqual(await listUsers(), [[VERA, 'jenkins vera']])
    })

    it('refuses another person than the one who is linked: 4, until they are unlinked', async () => {
      await linkVera()
      const sam = {stdin: 'sam:made-up-token-of-sam'}
      const end = await link(VERA, [...BASIC, '--json'], sam)
      assert.equal(end.exitCode, 4)
      assert.deepEqual([errorOf(end).code, errorOf(end).hint], ['wrong-person', 'behalf user unlink slack:U1'])
      assert.deepEqual(await listUsers(), [[VERA, 'jenkins vera']])
      assert.equal((await home.run(['user', 'unlink', VERA])).exitCode, 0)
      assert.equal((await link(VERA, BASIC, sam)).exitCode, 0)
      assert.deepEqual(await listUsers(), [[VERA, 'jenkins sam']])
    })

    it('refuses another person than the expected one', async () => {
      const end = await link(SAM, [...BASIC, '--expect', 'sam'], {stdin: 'vera:made-up-token-of-vera'})
      assert.equal(end.exitCode, 4, end.stderr)
      assert.deepEqual(await listUsers(), [])
    })

    it('keeps many people apart', async () => {
      await linkVera()
      await link(SAM, BASIC, {stdin: 'sam:made-up-token-of-sam'})
      assert.deepEqual(await listUsers(), [
        [VERA, 'jenkins vera'],
        [SAM, 'jenkins sam'],
      ])
    })

    for (const [what, stdin, exitCode] of [
      ['no password', '', 2],
      ['no colon', 'made-up-token-of-vera', 2],
      ['no user', ':made-up-token-of-vera', 2],
      ['a line break inside', 'vera:made-up\r\nX-Evil: 1', 2],
      ['an empty password', 'vera:', 2],
    ] as const) {
      it(`refuses ${what}: ${String(exitCode)}, and the service is not asked`, async () => {
        const end = await link(VERA, BASIC, {stdin})
        assert.equal(end.exitCode, exitCode, end.stderr)
        assert.deepEqual(jenkins.calls, [])
      })
    }

    for (const subject of ['', 'slack:*', 'two words', 'import:1234567890abcdef', 'x'.repeat(201)]) {
      it(`refuses the subject “${subject.slice(0, 30)}”`, async () => {
        const end = await link(subject, BASIC, {stdin: 'vera:made-up-token-of-vera'})
        assert.equal(end.exitCode, 2, end.stderr)
        assert.deepEqual(jenkins.calls, [])
      })
    }

    it('refuses a kind that the provider does not take, and says which it does', async () => {
      const {exitCode, stderr} = await link(VERA, ['--provider', 'jenkins', '--api-key'], {stdin: 'made-up-key'})
      assert.equal(exitCode, 2)
      assert.match(stderr, /jenkins does not take an API key; it takes a user name and password/)
      assert.match(stderr, /--credential basic --credential api-key/)
    })
  })

  describe('link with an API key', () => {
    let service: JsonServer

    beforeEach(async () => {
      service = await startJsonServer({'GET /me': {body: {data: {uid: 42, handle: 'Vera_V'}}}})
      const members = ['--identity-member', 'user-id=data.uid', '--identity-member', 'login=data.handle']
      await add(
        'keys',
        '--credential',
        'api-key',
        '--api-url',
        service.origin,
        '--userinfo-url',
        `${service.origin}/me`,
        ...members,
        '--api-key-header',
        'X-Api-Key',
      )
    })
    afterEach(() => service.stop())

    it('sends it where the provider says, and finds the person where its answer says', async () => {
      const end = await link(VERA, ['--provider', 'keys', '--json'], {stdin: 'made-up-key\n'})
      const {account, created} = parseJson(end) as {account: Record<string, unknown>; created: boolean}
      assert.deepEqual(
        [end.exitCode, created, account.user_id, account.login, account.credential],
        [0, true, '42', 'vera_v', 'api-key'],
      )
      assert.equal(service.requests[0]?.headers['x-api-key'], 'made-up-key')
      assert.equal(service.requests[0].headers.authorization, undefined)
    })

    for (const [what, answer, exitCode] of [
      ['sends on to its login page', {status: 302}, 8],
      ['forbids it', {status: 403}, 8],
      ['has nobody there', {status: 404}, 3],
      ['names nobody', {body: {data: {}}}, 3],
      ['answers with a page', {body: '<html>'}, 3],
      ['is broken', {status: 503}, 6],
    ] as const) {
      it(`keeps nothing where the service ${what}: ${String(exitCode)}`, async () => {
        service.answers['GET /me'] = answer
        const end = await link(VERA, ['--provider', 'keys'], {stdin: 'made-up-key'})
        assert.equal(end.exitCode, exitCode, end.stderr)
        assert.equal(service.requests.length, 1)
        assert.equal(end.stderr.includes('made-up-key'), false)
        assert.deepEqual(await listUsers(), [])
      })
    }

    it('is not handed out: bot token exits 2 and says how to call with it', async () => {
      await link(VERA, ['--provider', 'keys'], {stdin: 'made-up-key'})
      const {exitCode, stdout, stderr} = await home.run(['bot', 'token', `subject:${VERA}`])
      assert.deepEqual([exitCode, stdout], [2, ''])
      assert.match(stderr, /behalf api GET PATH --provider keys --as keys\/subject:slack:U1/)
    })

    it('goes nowhere else: another API makes it need a new one', async () => {
      await link(VERA, ['--provider', 'keys'], {stdin: 'made-up-key'})
      await home.run(['provider', 'update', 'keys', '--api-url', 'http://localhost:1', '--yes'])
      const user = parseJson(await home.run(['user', 'show', VERA, '--json'])) as {accounts: {state: string}[]}
      assert.deepEqual(
        user.accounts.map(({state}) => state),
        ['login-needed'],
      )
    })
  })

  describe('link with a login', () => {
    let twitter: OAuth1Server

    beforeEach(async () => {
      twitter = await startOAuth1Server()
      const {requestTokenUrl = '', authorizeUrl = '', tokenUrl = '', clientId = '', clientSecret} = twitter.provider
      const secret = join(home.folder, 'secret.txt')
      await writeFile(secret, clientSecret?.reveal() ?? '')
      const urls = ['--request-token-url', requestTokenUrl, '--authorize-url', authorizeUrl, '--token-url', tokenUrl]
      await add('birds', '--credential', 'oauth1', ...urls, '--client-id', clientId, '--client-secret-file', secret)
    })
    afterEach(() => twitter.stop())

    it('keeps the tokens of OAuth 1.0a for the PIN that the person was shown', async () => {
      const stdin = new PassThrough()
      const watch = ({stderr}: RunningCommand) => {
        void stderr.waitFor(/^http\S+$/m).then(async ([url]) => {
          const decision = await twitter.decide(url, 'vera_bird')
          stdin.end(decision.kind === 'pin' ? `${decision.pin}\n` : '\n')
        })
      }
      const end = await link(VERA, ['--provider', 'birds', '--pin', '--json'], {stdin, watch})
      assert.equal(end.exitCode, 0, end.stderr)
      const {account} = parseJson(end) as {account: Record<string, unknown>}
      assert.deepEqual([account.key, account.login, account.credential], ['birds@slack:U1', 'vera_bird', 'oauth1'])
    })

    it('says that a PIN is for OAuth 1.0a, where the provider has something else', async () => {
      const {exitCode, stderr} = await link(VERA, ['--provider', 'jenkins', '--pin'])
      assert.equal(exitCode, 2)
      assert.match(stderr, /jenkins does not take a login/)
    })
  })

  describe('list and show', () => {
    it('tell what is linked, and no secret of it', async () => {
      await linkVera()
      const list = await home.run(['user', 'list'])
      assert.match(list.stdout, /^SUBJECT +PROVIDER +LOGIN +CREDENTIAL +STATE\nslack:U1 +jenkins +vera +basic +ok\n$/)
      const show = await home.run(['user', 'show', VERA])
      assert.match(show.stdout, /jenkins\/subject:slack:U1/)
      const json = await home.run(['user', 'show', VERA, '--json'])
      const shown = parseJson(json) as {subject: string; accounts: Record<string, unknown>[]}
      assert.deepEqual([shown.subject, shown.accounts.map(({credential}) => credential)], [VERA, ['basic']])
      for (const {stdout} of [list, show, json]) assert.equal(stdout.includes('made-up-token'), false)
    })

    it('quote in what they say to type what a shell would take apart', async () => {
      const end = await home.run(['user', 'show', "irc:a'b;reboot", '--json'])
      assert.equal(errorOf(end).hint, String.raw`behalf user link 'irc:a'\''b;reboot'`)
    })

    it('say what to type where nothing is linked', async () => {
      const list = await home.run(['user', 'list'])
      assert.deepEqual([list.exitCode, list.stdout], [0, ''])
      assert.match(list.stderr, /behalf user link SUBJECT/)
      const end = await home.run(['user', 'show', VERA])
      assert.equal(end.exitCode, 5)
      assert.match(end.stderr, /behalf user link slack:U1/)
    })
  })

  describe('the other commands', () => {
    beforeEach(() => linkVera())

    it('status tells of a credential that has no end', async () => {
      const {exitCode, stdout} = await home.run(['status'])
      assert.equal(exitCode, 0)
      assert.match(stdout, /^jenkins\/subject:slack:U1 +user +ok +no limit/m)
    })

    it('refresh passes over it, also when it is forced: the service is not asked', async () => {
      jenkins.calls.length = 0
      for (const words of [['refresh'], ['refresh', '--all', '--force'], ['refresh', `subject:${VERA}`, '--force']]) {
        const {exitCode, stdout, stderr} = await home.run(words)
        assert.deepEqual([exitCode, stdout, stderr], [0, '', ''], words.join(' '))
      }
      assert.deepEqual(jenkins.calls, [])
    })

    it('doctor has nothing to say against it, and sends it nowhere', async () => {
      jenkins.calls.length = 0
      const {exitCode, stdout} = await home.run(['doctor', '--json'])
      assert.deepEqual([exitCode, stdout.includes('"jenkins answers."')], [0, true], stdout)
      assert.ok(jenkins.calls.every(({user}) => user === 'anonymous'))
    })

    it('logout forgets it, for nothing can be revoked', async () => {
      const {exitCode, stderr} = await home.run(['logout', `subject:${VERA}`])
      assert.equal(exitCode, 0, stderr)
      assert.match(stderr, /is forgotten; its access at jenkins was not revoked/)
    })

    it('exec hands out no credential: 2', async () => {
      const {exitCode, stderr} = await home.run(['exec', '--as', `subject:${VERA}`, '--', 'true'])
      assert.equal(exitCode, 2, stderr)
    })

    it('helix has no use for it', async () => {
      const {exitCode} = await home.run(['helix', 'get', 'users', '--as', `subject:${VERA}`])
      assert.ok([2, 3, 5].includes(exitCode), String(exitCode))
    })
  })

  describe('unlink', () => {
    it('forgets what cannot be revoked, and says so', async () => {
      await linkVera()
      const {exitCode, stderr} = await home.run(['user', 'unlink', VERA])
      assert.equal(exitCode, 0)
      assert.match(stderr, /is forgotten; its access at jenkins was not revoked/)
      assert.deepEqual(await listUsers(), [])
      assert.equal((await home.run(['user', 'unlink', VERA])).exitCode, 5)
    })

    it('wants to know where, for a person with several', async () => {
      await linkVera()
      await add('other', '--credential', 'basic', '--api-url', jenkins.origin, ...identity('/me/api/json'))
      await link(VERA, ['--provider', 'other'], {stdin: 'vera:made-up-token-of-vera'})
      assert.equal((await home.run(['user', 'unlink', VERA])).exitCode, 2)
      assert.equal((await home.run(['user', 'unlink', VERA, '--provider', 'other'])).exitCode, 0)
      assert.deepEqual(await listUsers(), [[VERA, 'jenkins vera']])
    })
  })

  describe('otp', () => {
    const otp = (stdin: string) => home.run(['user', 'otp', VERA, '--json'], {stdin})

    it('keeps a code, sealed, for a minute', async () => {
      await home.run(['provider', 'update', 'jenkins', '--otp-header', 'X-Otp'])
      await linkVera()
      const before = Date.now()
      const end = await otp('123456\n')
      const {provider, expires_at: expiresAt} = parseJson(end) as {provider: string; expires_at: string}
      assert.deepEqual([end.exitCode, provider], [0, 'jenkins'])
      assert.ok(Date.parse(expiresAt) - before <= 62_000)
      assert.equal((await readFile(join(home.folder, 'store.json'), 'utf8')).includes('123456'), false)
    })

    it('has a call made that the service refuses without, once, and as that person', async () => {
      await home.run(['provider', 'update', 'jenkins', '--otp-header', 'X-Otp'])
      await linkVera()
      jenkins.oneTimeCodes = {header: 'X-Otp', codes: new Set(['123456'])}
      jenkins.calls.length = 0
      const build = () => home.run(['api', 'POST', 'job/deploy/build', '--as', `jenkins/subject:${VERA}`])
      assert.equal((await build()).exitCode, 8)
      assert.equal((await otp('123456')).exitCode, 0)
      const {exitCode, stdout, stderr} = await build()
      assert.deepEqual([exitCode, stdout.trim()], [0, '{"doneBy":"vera"}'], stderr)
      assert.equal((await build()).exitCode, 8)
      assert.deepEqual(
        jenkins.calls.map(({user, path, status}) => [user, path, status]),
        [401, 200, 401].map((status) => ['vera', '/job/deploy/build', status]),
      )
    })

    it('is refused by a provider that takes none: 3', async () => {
      await linkVera()
      const end = await otp('123456')
      assert.deepEqual([end.exitCode, errorOf(end).code], [3, 'configuration'])
      assert.match(errorOf(end).hint, /--otp-header/)
    })

    for (const code of ['', 'two words', 'x'.repeat(65), 'ünicode']) {
      it(`refuses “${code.slice(0, 20)}”: 2`, async () => {
        await home.run(['provider', 'update', 'jenkins', '--otp-header', 'X-Otp'])
        await linkVera()
        assert.equal((await otp(code)).exitCode, 2)
      })
    }

    it('is refused for who has linked nothing: 5', async () => {
      assert.equal((await otp('123456')).exitCode, 5)
    })
  })
})

describe('user link, in a browser', () => {
  let home: CommandHome

  beforeEach(async () => {
    home = await makeCommandHome()
  })
  afterEach(() => home.remove())

  const link = (who: string, ...words: string[]) => home.logIn(['user', 'link', VERA, '--no-open', ...words], who)

  it('keeps the tokens of the person who came, who may be a bot or the owner too', async () => {
    assert.equal((await home.logIn(['login', '--no-open'], 'streamer_sam')).exitCode, 0)
    const {exitCode, stderr, page} = await link('streamer_sam', '--expect', '1001')
    assert.equal(exitCode, 0, stderr)
    assert.match(stderr, /force_verify=true/)
    assert.match(stderr, /✓ Linked slack:U1: streamer_sam at twitch\./)
    assert.match(page.text, /streamer_sam/)
    const token = await home.run(['bot', 'token', `subject:${VERA}`, '--format', 'json'])
    assert.equal(token.exitCode, 0, token.stderr)
  })

  it('knows who is expected by their id alone, for logins are chosen', async () => {
    const {exitCode, stderr} = await link('streamer_sam', '--expect', 'streamer_sam')
    assert.equal(exitCode, 4)
    assert.match(stderr, /streamer_sam \(id:1001\) authorized, but id:streamer_sam was expected\./)
  })

  it('refuses another person than the one who is linked, and says what to type', async () => {
    await link('viewer_vera')
    const {exitCode, stderr} = await link('streamer_sam')
    assert.equal(exitCode, 4)
    assert.match(stderr, /slack:U1 is linked to viewer_vera\. Nothing was stored\./)
    assert.match(stderr, /behalf user unlink slack:U1/)
  })

  it('is undone by user unlink, which revokes the tokens', async () => {
    await link('viewer_vera')
    const {revoked} = parseJson(await home.run(['user', 'unlink', VERA, '--json'])) as {revoked: boolean}
    assert.equal(revoked, true)
  })

  it('tells what to type again when nobody came', async () => {
    const end = await home.run(['user', 'link', VERA, '--no-open', '--timeout', '1s', '--json'])
    assert.deepEqual(
      [end.exitCode, (parseJson(end) as {error: {hint: string}}).error.hint],
      [4, 'behalf user link slack:U1'],
    )
  })
})
