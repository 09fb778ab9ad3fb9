import assert from 'node:assert/strict'

import {makeCommandHome, type CommandHome} from '../../support/command-home.js'
import {parseJson, type CommandEnd, type CommandWorld} from '../../support/run-command.js'

const API = ['--api-url', 'https://ci.example.test']
const USERINFO = ['--userinfo-url', 'https://ci.example.test/me/api/json']
const OAUTH1 = [
  ...['--request-token-url', 'https://id.example.test/request'],
  ...['--authorize-url', 'https://id.example.test/authorize'],
  ...['--token-url', 'https://id.example.test/token'],
]

describe('a provider of other credentials than OAuth 2', () => {
  let home: CommandHome

  beforeEach(async () => {
    home = await makeCommandHome({client: 'none'})
  })
  afterEach(() => home.remove())

  const add = (words: string[], world: CommandWorld = {}): Promise<CommandEnd> =>
    home.run(['provider', 'add', 'jenkins', ...words], world)
  const show = async () =>
    parseJson(await home.run(['provider', 'show', 'jenkins', '--json'])) as Record<string, unknown>

  it('needs no client, and asks for none at a terminal', async () => {
    const {exitCode, stdout, stderr} = await add(['--credential', 'basic', ...API, ...USERINFO], {prompts: {}})
    assert.deepEqual([exitCode, stdout], [0, ''], stderr)
    assert.match(stderr, /✓ Added the provider jenkins\.\n.*behalf user link SUBJECT --provider jenkins\n$/)
    assert.doesNotMatch(stderr, /redirect/)
  })

  it('is added again without a change, and refused with another one', async () => {
    await add(['--credential', 'basic', ...API, ...USERINFO])
    const again = await add(['--credential', 'basic', ...API, ...USERINFO])
    assert.deepEqual([again.exitCode, again.stderr.includes('stays as it is')], [0, true])
    const other = await add(['--credential', 'api-key', ...API, ...USERINFO])
    assert.equal(other.exitCode, 2, other.stderr)
  })

  for (const [what, words, missing] of [
    ['both addresses', ['--credential', 'basic'], 'needs --userinfo-url and --api-url'],
    ['the API', ['--credential', 'api-key', ...USERINFO], 'needs --api-url'],
    ['whom to ask', ['--credential', 'basic', ...API], 'needs --userinfo-url'],
    [
      'the steps of OAuth 1.0a',
      ['--credential', 'oauth1', '--client-id', 'made-up', '--token-url', 'https://id.example.test/token'],
      'needs --request-token-url and --authorize-url',
    ],
    ['a client of OAuth 1.0a', ['--credential', 'oauth1', ...OAUTH1], 'The client id is missing'],
  ] as const) {
    it(`names what is missing: ${what}`, async () => {
      const {exitCode, stderr} = await add([...words])
      assert.equal(exitCode, 2)
      assert.ok(stderr.includes(missing), stderr)
    })
  }

  for (const words of [
    ['--credential', 'password'],
    ['--api-key-header', 'Cookie'],
    ['--api-key-header', 'X Y'],
    ['--otp-header', 'Host'],
    ['--identity-member', 'email=mail'],
    ['--identity-member', 'user-id'],
    ['--identity-member', 'user-id=a', '--identity-member', 'user-id=b'],
    ['--identity-member', 'user-id=a..b'],
  ]) {
    it(`refuses ${words.join(' ')}`, async () => {
      const {exitCode, stderr} = await add(['--credential', 'basic', ...API, ...USERINFO, ...words])
      assert.equal(exitCode, 2, stderr)
    })
  }

  it('is shown with all of it, and without a client', async () => {
    const places = ['--api-key-header', 'X-Api-Key', '--api-key-prefix', 'Key', '--otp-header', 'X-Otp']
    const members = ['--identity-member', 'user-id=data.id', '--identity-member', 'display-name=data.name']
    await add(['--credential', 'api-key', '--credential', 'basic', ...API, ...USERINFO, ...places, ...members])
    const {stdout} = await home.run(['provider', 'show', 'jenkins'])
    const shown = new Map(
      stdout.split('\n').map((line): [string, string] => [line.split('  ')[0] ?? '', line.replace(/^.*? {2,}/, '')]),
    )
    assert.deepEqual(
      ['credentials', 'API key', 'one-time code', 'user id', 'display name', 'API'].map((name) => shown.get(name)),
      ['api-key, basic', 'X-Api-Key: Key …', 'X-Otp', 'data.id', 'data.name', 'https://ci.example.test'],
    )
    assert.doesNotMatch(stdout, /client|redirect|PKCE|refresh/)
    const json = await show()
    assert.deepEqual(
      ['credential_kinds', 'api_key_header', 'api_key_prefix', 'otp_header', 'identity', 'client_id', 'token_url'].map(
        (name) => json[name],
      ),
      [
        ['api-key', 'basic'],
        'X-Api-Key',
        'Key',
        'X-Otp',
        {user_id: 'data.id', display_name: 'data.name'},
        '',
        undefined,
      ],
    )
  })

  it('keeps what an update does not name, and goes back to what is usual when it is replaced', async () => {
    await add([
      '--credential',
      'api-key',
      ...API,
      ...USERINFO,
      '--api-key-header',
      'X-Api-Key',
      '--otp-header',
      'X-Otp',
    ])
    await home.run(['provider', 'update', 'jenkins', '--otp-header', 'X-Other', '--identity-member', 'login=name'])
    const updated = await show()
    assert.deepEqual(
      [updated.api_key_header, updated.otp_header, updated.identity],
      ['X-Api-Key', 'X-Other', {login: 'name'}],
    )
    const replaced = await home.run(['provider', 'replace', 'jenkins', '--credential', 'basic', ...API, ...USERINFO])
    assert.equal(replaced.exitCode, 0, replaced.stderr)
    const after = await show()
    assert.deepEqual([after.api_key_header, after.otp_header, after.identity], [undefined, undefined, undefined])
  })

  it('can have OAuth 2 beside, and needs its client then', async () => {
    const kinds = ['--credential', 'oauth2', '--credential', 'api-key']
    const urls = [...API, ...USERINFO, '--token-url', 'https://id.example.test/token']
    const without = await add([...kinds, ...urls])
    assert.match(without.stderr, /The client id is missing/)
    const end = await add([...kinds, ...urls, '--client-id', 'made-up'])
    assert.equal(end.exitCode, 0, end.stderr)
    assert.deepEqual((await show()).credential_kinds, ['oauth2', 'api-key'])
  })

  it('is not called subject, which stands for people', async () => {
    const end = await home.run(['provider', 'add', 'subject', '--credential', 'basic', ...API, ...USERINFO])
    assert.deepEqual([end.exitCode, end.stderr.includes('is reserved')], [2, true])
  })
})
