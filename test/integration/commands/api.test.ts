import assert from 'node:assert/strict'
import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {Readable} from 'node:stream'

import type {ApiInput} from '../../../src/broker/call-api.js'
import type {Behalf} from '../../../src/compose.js'
import type {Credential} from '../../../src/model/credential.js'
import type {Provider} from '../../../src/model/provider.js'
import {Secret} from '../../../src/model/secret.js'
import {makeBrokerWorld, type BrokerWorld} from '../../support/broker-world.js'
import {createFakeClock} from '../../support/fake-clock.js'
import {startJsonServer, type JsonServer} from '../../support/json-server.js'
import {makeProvider} from '../../support/make-provider.js'
import {startOAuth1Server} from '../../support/oauth1-server.js'
import {parseJson, runCommand, type CommandEnd, type CommandWorld} from '../../support/run-command.js'
import {makeTemporaryFolder, removeFolder} from '../../support/temporary-folder.js'

const PERSON = 'subject:slack:U02AB'

describe('api', () => {
  let world: BrokerWorld
  let server: JsonServer

  beforeEach(async () => {
    const clock = createFakeClock()
    // As the command’s own parts are: under mocha what is imported statically may be another copy.
    const {createProviderClient} = await import('../../../src/providers/oauth-client.js')
    world = await makeBrokerWorld({clock, client: createProviderClient({clock})})
    server = await startJsonServer()
  })

  afterEach(async () => {
    await server.stop()
    await world.dispose()
  })

  /** An account of the server, of whoever that is. */
  async function add(name: string, credential?: Credential, parts: Partial<Provider> = {}): Promise<void> {
    const kinds = credential ? {credentialKinds: [credential.kind]} : {}
    const provider = makeProvider({name, apiUrl: server.origin, userinfoUrl: `${server.origin}/me`, ...kinds, ...parts})
    await world.store.providers.put(provider)
    const who = credential ? {role: 'user' as const, subject: 'slack:U02AB'} : {role: 'owner' as const}
    const {key} = await world.addAccount(provider, {...who, userId: '7', login: 'ada'})
    if (credential) await world.store.accounts.update(key, (account) => ({...account, credential}))
  }

  function api(argv: string[], stubs: CommandWorld = {}): Promise<CommandEnd> {
    const behalf: Partial<Behalf> = {
      async callApi(input: ApiInput) {
        const {callApi} = await import('../../../src/broker/call-api.js')
        return callApi(world.deps, input)
      },
    }
    return runCommand(['api', ...argv], {...stubs, behalf: {...behalf, ...stubs.behalf}})
  }

  it('prints what the service answers to the owner, and asks as the command line says', async () => {
    await add('github')
    server.answers['GET /user/repos?per_page=5'] = {body: '[ {"name": "made-up"} ]\n'}
    const end = await api([
      'GET',
      'user/repos',
      '-q',
      'per_page=5',
      '--provider',
      'github',
      '-H',
      'Accept: text/made-up',
    ])
    assert.deepEqual([end.exitCode, end.stdout, end.stderr], [0, '[ {"name": "made-up"} ]\n', ''])
    const {authorization, accept, 'user-agent': agent} = server.requests[0]?.headers ?? {}
    assert.deepEqual([authorization, accept, agent], ['Bearer made-up-access-token-of-7', 'text/made-up', 'behalf'])
  })

  it('posts a form as a person who signs it', async () => {
    const twitter = await startOAuth1Server(() => world.clock.now())
    try {
      const {userId: _told, ...token} = twitter.grant('ada')
      await add('twitter', {kind: 'oauth1', ...token, issuedAt: 1}, twitter.provider)
      const argv = ['post', 'statuses/update.json', '--form', 'status=a b+ü&~*', '--form', 'status=2', '--as', PERSON]
      const end = await api([...argv, '--provider', 'twitter'])
      assert.equal(end.exitCode, 0)
      assert.equal(twitter.tweets[0]?.login, 'ada')
      assert.equal(twitter.calls[0]?.body, 'status=a%20b%2B%C3%BC%26~*&status=2')
    } finally {
      await twitter.stop()
    }
  })

  it('calls with the user name and the password of a person', async () => {
    await add('jenkins', {kind: 'basic', username: 'ada', password: new Secret('made-up'), issuedAt: 1})
    server.answers['GET /me/api/json'] = {body: {id: 'ada'}}
    const end = await api(['GET', 'me/api/json', '--provider', 'jenkins', '--as', PERSON, '--json'])
    assert.deepEqual(parseJson(end), {id: 'ada'})
  })

  it('sends files and stdin as what a header calls them, byte for byte, and else JSON alone', async () => {
    await add('example')
    server.answers['PUT /items/1'] = {}
    const folder = await makeTemporaryFolder()
    try {
      const file = join(folder, 'item.csv')
      await writeFile(file, 'a,b\n1,2\n')
      const argv = ['PUT', 'items/1', '--provider', 'example']
      assert.equal((await api([...argv, '-b', `@${file}`, '-H', 'content-type: text/csv'])).exitCode, 0)
      assert.equal((await api([...argv, '-b', '-'], {stdin: '{ "a": 1 }'})).exitCode, 0)
      const refused = await api([...argv, '-b', `@${file}`])
      assert.deepEqual([refused.exitCode, refused.stderr.includes('not JSON')], [2, true])
      assert.deepEqual(
        server.requests.map(({headers, body}) => [headers['content-type'], body]),
        [
          ['text/csv', 'a,b\n1,2\n'],
          ['application/json', '{ "a": 1 }'],
        ],
      )
    } finally {
      await removeFolder(folder)
    }
  })

  it('says who acts by default, as the helix commands do', async () => {
    await add('github')
    const context = {as: 'nobody', source: {kind: 'environment', variable: 'BEHALF_AS'}} as const
    const readContext = () => Promise.resolve({context, warnings: ['made-up warning']})
    const end = await api(['GET', 'user', '--provider', 'github'], {behalf: {readContext}})
    assert.equal(end.exitCode, 5)
    assert.match(end.stderr, /made-up warning/)
    assert.match(end.stderr, /BEHALF_AS/)
  })

  describe('when the service refuses', () => {
    const call = async (status: number, body: unknown, ...more: string[]) => {
      await add('github')
      server.answers['GET /user'] = {status, body}
      return api(['GET', 'user', '--provider', 'github', ...more])
    }

    it('prints the body all the same, says why, and exits 8', async () => {
      const end = await call(404, {errors: [{message: 'made-up\u001b[31m reason'}]})
      assert.equal(end.exitCode, 8)
      assert.equal(end.stdout, '{"errors":[{"message":"made-up\\u001b[31m reason"}]}')
      assert.match(end.stderr, /github answered 404 Not Found: made-up reason/)
    })

    it('prints the error alone with --json, with the body in it', async () => {
      const end = await call(422, {error: 'made-up'}, '--json')
      assert.equal(end.exitCode, 8)
      assert.deepEqual(parseJson(end), {
        error: {
          code: 'api-error',
          message: 'github answered 422 Unprocessable Entity: made-up',
          status: 422,
          body: {error: 'made-up'},
        },
      })
    })

    it('exits 6 when it may answer later', async () => {
      assert.equal((await call(503, '<html>')).exitCode, 6)
    })

    it('exits 4 when the account needs a login, and says how to give it', async () => {
      await add('jenkins', {kind: 'basic', username: 'ada', password: new Secret('made-up'), issuedAt: 1})
      server.answers = {'GET /job': {status: 401, body: 'no'}, 'GET /me': {status: 401}}
      const argv = ['GET', 'job', '--provider', 'jenkins', '--as', PERSON]
      const first = await api(argv)
      assert.deepEqual([first.exitCode, first.stdout], [4, 'no'])
      assert.match(first.stderr, /behalf user link slack:U02AB --provider jenkins/)
      const second = await api([...argv, '--json'])
      assert.equal(second.exitCode, 4)
      assert.equal(server.requests.filter(({path}) => path === '/job').length, 1)
    })

    it('exits 6 when nobody answers', async () => {
      await add('github', undefined, {apiUrl: 'http://127.0.0.1:1'})
      const end = await api(['GET', 'user', '--provider', 'github'])
      assert.equal(end.exitCode, 6)
      assert.match(end.stderr, /127\.0\.0\.1:1 gave no answer/)
    })
  })

  const reply = (parts: object): Partial<Behalf> => ({
    callApi: () =>
      Promise.resolve({
        status: 200,
        statusText: 'OK',
        headers: [['Content-Type', 'image/png']] as [string, string][],
        body: Readable.from([]),
        provider: 'example',
        ...parts,
      }),
  })

  it('prints status and headers first with --include', async () => {
    const body = Readable.from([Buffer.from('made up')])
    const end = await api(['GET', 'x', '-i'], {behalf: reply({body})})
    assert.equal(end.stdout, 'HTTP/1.1 200 OK\nContent-Type: image/png\n\nmade up')
  })

  it('says that a redirect was not followed', async () => {
    const headers = [['Location', 'https://elsewhere.example.test/']]
    const end = await api(['GET', 'x'], {behalf: reply({status: 302, headers})})
    assert.equal(end.exitCode, 0)
    assert.match(end.stderr, /302, a redirect to https:\/\/elsewhere\.example\.test\/\. It was not followed/)
  })

  it('passes warnings on', async () => {
    const end = await api(['GET', 'x'], {behalf: reply({warning: 'made-up warning'})})
    assert.match(end.stderr, /made-up warning/)
  })
})
