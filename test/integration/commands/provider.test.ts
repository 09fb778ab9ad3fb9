import assert from 'node:assert/strict'
import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'

import type {Behalf, ProviderInput, ProviderView} from '../../../src/compose.js'
import {parseJson, runCommand, type CommandWorld} from '../../support/run-command.js'
import {makeTemporaryFolder, removeFolder} from '../../support/temporary-folder.js'

const VIEW: ProviderView = {
  name: 'twitch',
  preset: 'twitch',
  dialect: 'twitch',
  credentialKinds: ['oauth2'],
  authorizeUrl: 'https://id.example.test/authorize',
  tokenUrl: 'https://id.example.test/token',
  apiUrl: 'https://api.example.test',
  clientId: 'made-up-client-id',
  confidential: true,
  credentialsFrom: 'store',
  authMethod: 'post',
  pkce: false,
  scopes: {owner: ['user:read:email'], bot: ['chat:read']},
  callbackUrl: 'http://localhost:8420/callback',
  replay: {kind: 'grace', graceMs: 30_000},
  revokeEnds: 'token',
  registerUrl: 'https://register.example.test',
  accounts: 2,
  isProven: true,
}

describe('provider add', () => {
  let added: ProviderInput[]
  let folder: string

  beforeEach(async () => {
    added = []
    folder = await makeTemporaryFolder()
  })
  afterEach(() => removeFolder(folder))

  const add = (argv: string[], world: CommandWorld = {}) => {
    const behalf: Partial<Behalf> = {
      addProvider(input) {
        added.push(input)
        return Promise.resolve({...VIEW, added: true})
      },
    }
    return runCommand(['provider', 'add', ...argv], {behalf, ...world})
  }
  /** The secret as the broker would see it. */
  const secretOf = (input: ProviderInput | undefined): string | undefined => input?.clientSecret?.reveal()

  it('passes every flag on, and nothing that was not said', async () => {
    const urls = ['issuer', 'authorize', 'token', 'device', 'revoke', 'validate', 'userinfo', 'api', 'identity']
    const flags = urls.flatMap((name) => [
      name === 'issuer' ? '--issuer' : `--${name}-url`,
      `https://${name}.example.test`,
    ])
    const end = await add([
      ...[
        'x',
        '--client-id',
        'made-up',
        '--preset',
        'twitch',
        '--dialect',
        'rfc',
        '--no-pkce',
        '--auth-method',
        'basic',
      ],
      ...['--refresh-replay', 'grace:30', '--scope', 'a b', '--scope', 'c', '--callback-url', 'http://localhost:1/x'],
      ...flags,
    ])
    assert.equal(end.exitCode, 0, end.stderr)
    assert.deepEqual(added, [
      {
        name: 'x',
        preset: 'twitch',
        issuer: 'https://issuer.example.test',
        authorizeUrl: 'https://authorize.example.test',
        tokenUrl: 'https://token.example.test',
        deviceUrl: 'https://device.example.test',
        revokeUrl: 'https://revoke.example.test',
        validateUrl: 'https://validate.example.test',
        userinfoUrl: 'https://userinfo.example.test',
        apiUrl: 'https://api.example.test',
        identityUrl: 'https://identity.example.test',
        clientId: 'made-up',
        scopes: ['a', 'b', 'c'],
        dialect: 'rfc',
        callbackUrl: 'http://localhost:1/x',
        pkce: false,
        authMethod: 'basic',
        replay: {kind: 'grace', graceMs: 30_000},
      },
    ])
    await add(['x', '--client-id', 'made-up'])
    assert.deepEqual(added[1], {name: 'x', clientId: 'made-up'})
  })

  it('names the redirect URI to register', async () => {
    const {stdout, stderr} = await add(['twitch', '--client-id', 'made-up'])
    assert.equal(stdout, '')
    assert.match(stderr, /https:\/\/register\.example\.test, exactly so:\nhttp:\/\/localhost:8420\/callback\n/)
  })

  it('takes the secret from a file or from stdin, without the line break behind it', async () => {
    const file = join(folder, 'secret')
    await writeFile(file, 'made-up-secret\r\n')
    await add(['twitch', '--client-id', 'made-up', '--client-secret-file', file])
    await add(['twitch', '--client-id', 'made-up', '--client-secret-file', '-'], {stdin: 'made-up-secret'})
    assert.deepEqual(added.map(secretOf), ['made-up-secret', 'made-up-secret'])
  })

  for (const [what, stdin] of [
    ['nothing', ''],
    ['white space alone', ' \n'],
    ['more than one word', 'made up\n'],
    ['64 KiB and more', 'x'.repeat(64 * 1024 + 1)],
  ] as const) {
    it(`refuses a secret that is ${what}: 2`, async () => {
      const {exitCode, stderr} = await add(['twitch', '--client-id', 'x', '--client-secret-file', '-'], {stdin})
      assert.equal(exitCode, 2)
      assert.match(stderr, /--client-secret-file/)
      assert.deepEqual(added, [])
    })
  }

  it('without a terminal asks nothing, and names the flag that is missing', async () => {
    const {exitCode, stderr} = await add(['twitch'])
    assert.equal(exitCode, 2)
    assert.match(stderr, /--client-id/)
    assert.deepEqual(added, [])
  })

  it('does not read a secret that nobody announced from stdin', async () => {
    await add(['twitch', '--client-id', 'made-up'], {stdin: 'made-up-secret'})
    assert.equal(added[0]?.clientSecret, undefined)
  })
})

describe('provider list', () => {
  const list = (providers: ProviderView[], ...argv: string[]) =>
    runCommand(['provider', 'list', ...argv], {behalf: {listProviders: () => Promise.resolve(providers)}})

  it('lines the providers up', async () => {
    const broken = {...VIEW, name: 'github', confidential: false, misconfigured: 'invalid client'}
    assert.deepEqual((await list([VIEW, broken])).stdout.split('\n'), [
      'NAME    DIALECT  CLIENT ID          SECRET  ACCOUNTS  STATE',
      'twitch  twitch   made-up-client-id  yes     2         ok',
      'github  twitch   made-up-client-id  none    2         misconfigured',
      '',
    ])
  })

  it('prints an empty list with --json', async () => {
    assert.deepEqual(parseJson(await list([], '--json')), {providers: []})
  })
})

describe('provider show', () => {
  const show = (...argv: string[]) =>
    runCommand(['provider', 'show', 'twitch', ...argv], {behalf: {showProvider: () => Promise.resolve(VIEW)}})

  it('shows what is known, and no secret', async () => {
    const {stdout} = await show()
    assert.match(stdout, /^client secret +yes, sealed$/m)
    assert.match(stdout, /^redirect URI +http:\/\/localhost:8420\/callback$/m)
    assert.match(stdout, /^refresh replay +grace:30$/m)
    assert.match(stdout, /^scopes, bot +chat:read$/m)
  })

  it('says where its addresses came from, when that was HTTP', async () => {
    const behalf = {showProvider: () => Promise.resolve({...VIEW, addressesFrom: 'http' as const})}
    assert.match((await runCommand(['provider', 'show', 'twitch'], {behalf})).stdout, /^addresses +set over HTTP: /m)
    const json = parseJson(await runCommand(['provider', 'show', 'twitch', '--json'], {behalf}))
    assert.equal((json as {addresses_from: string}).addresses_from, 'http')
  })

  it('prints an object with --json', async () => {
    assert.deepEqual(parseJson(await show('--json')), {
      name: 'twitch',
      dialect: 'twitch',
      credential_kinds: ['oauth2'],
      client_id: 'made-up-client-id',
      confidential: true,
      credentials_from: 'store',
      token_url: 'https://id.example.test/token',
      preset: 'twitch',
      authorize_url: 'https://id.example.test/authorize',
      api_url: 'https://api.example.test',
      register_url: 'https://register.example.test',
      callback_url: 'http://localhost:8420/callback',
      auth_method: 'post',
      pkce: false,
      refresh_replay: 'grace:30',
      scopes: {owner: ['user:read:email'], bot: ['chat:read']},
      accounts: 2,
    })
  })
})

describe('provider update', () => {
  it('changes what is named and says how many accounts need a login', async () => {
    const end = await runCommand(['provider', 'update', 'twitch', '--pkce', '--client-secret-file', '-', '--json'], {
      stdin: 'made-up-secret',
      behalf: {
        showProvider: () => Promise.resolve(VIEW),
        previewProvider: () => Promise.resolve({provider: VIEW, changes: [], loginNeeded: []}),
        changeProvider(input, options) {
          assert.deepEqual(options, {anew: false})
          assert.equal(input.clientSecret?.reveal(), 'made-up-secret')
          assert.deepEqual(
            {...input, clientSecret: undefined},
            {name: 'twitch', pkce: true, keepAccounts: false, clientSecret: undefined},
          )
          return Promise.resolve({...VIEW, loginNeeded: 2})
        },
      },
    })
    assert.equal((parseJson(end) as {login_needed: number}).login_needed, 2)
    assert.match(end.stderr, /! Accounts that need a login now: 2\..*behalf status/)
  })

  it('says that nothing was given to change, and names the help: 2', async () => {
    for (const more of [[], ['--yes'], ['--check']]) {
      const {exitCode, stderr, openedWith} = await runCommand(['provider', 'update', 'twitch', ...more])
      assert.deepEqual([exitCode, openedWith], [2, undefined])
      assert.match(stderr, /Nothing was given that is to change\.[^]*behalf provider update --help/)
    }
  })
})

describe('provider remove', () => {
  const remove = (argv: string[], world: CommandWorld = {}) => {
    let asked: boolean | undefined
    const end = runCommand(['provider', 'remove', 'twitch', ...argv], {
      behalf: {
        showProvider: () => Promise.resolve(VIEW),
        removeProvider(_name, {withAccounts}) {
          asked = withAccounts
          return Promise.resolve({provider: VIEW, accounts: 2})
        },
      },
      ...world,
    })
    return end.then((result) => ({...result, withAccounts: asked}))
  }

  it('takes the accounts with it with --yes', async () => {
    assert.equal((await remove(['--yes'])).withAccounts, true)
  })

  it('leaves it to the broker to refuse without a terminal', async () => {
    assert.equal((await remove([])).withAccounts, false)
  })

  it('asks at a terminal', async () => {
    for (const answer of [true, false]) {
      const {withAccounts} = await remove([], {prompts: {confirm: () => Promise.resolve(answer)}})
      assert.equal(withAccounts, answer)
    }
  })
})
