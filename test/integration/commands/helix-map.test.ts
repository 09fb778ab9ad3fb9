import assert from 'node:assert/strict'
import {mkdir, realpath, writeFile} from 'node:fs/promises'
import {join} from 'node:path'

import {listEndpoints} from '../../../src/helix/catalogue.js'
import {writeExample} from '../../../src/helix/example-call.js'
import {makeCommandHome, type CommandHome} from '../../support/command-home.js'
import {parseJson, type CommandEnd} from '../../support/run-command.js'

/** A command as it is typed, split as a POSIX shell would: these have no quotes but single ones. */
const splitCommand = (command: string): string[] =>
  [...command.matchAll(/(?:'[^']*'|[^\s'])+/g)].map(([word]) => word.replaceAll("'", '')).slice(1)

describe('helix, at the sandbox,', () => {
  let home: CommandHome
  let startFolder: string

  before(async () => {
    startFolder = process.cwd()
    home = await makeCommandHome()
    assert.equal((await home.logIn(['login'], 'streamer_sam')).exitCode, 0)
    assert.equal((await home.logIn(['bot', 'add'], 'techydrroid')).exitCode, 0)
  })
  after(() => home.remove())
  afterEach(() => {
    process.chdir(startFolder)
    delete process.env.BEHALF_AS
  })

  const run = (command: string): Promise<CommandEnd> => home.run(splitCommand(`behalf ${command}`))
  const helixCalls = () => home.sandbox.state.calls.list().filter(({path}) => path.startsWith('/helix/'))
  const dataOf = (end: CommandEnd): Record<string, unknown>[] =>
    (parseJson(end) as {data: Record<string, unknown>[]}).data

  describe('without the scope', () => {
    it('sends nothing, and names the login after which it works', async () => {
      const call = 'helix get chat/chatters -q broadcaster_id=1001 --as techydrroid'
      const before = helixCalls().length
      const refused = await run(call)
      assert.equal(refused.exitCode, 8)
      assert.equal(refused.stdout, '')
      assert.match(
        refused.stderr,
        /^✗ GET \/chat\/chatters needs the scope moderator:read:chatters, which twitch\/techydrroid/,
      )
      assert.equal(helixCalls().length, before)

      const [, hint = ''] = /→ (behalf .*)\n/.exec(refused.stderr) ?? []
      assert.equal((await home.logIn(splitCommand(hint), 'techydrroid')).exitCode, 0)
      const allowed = await run(call)
      assert.equal(allowed.exitCode, 0, allowed.stderr)
      assert.equal(dataOf(allowed).length, 3)
      assert.equal(allowed.stderr, 'Filled in moderator_id=2002 (techydrroid).\n')
    })

    it('has a code for programs', async () => {
      const {stdout, exitCode} = await run('helix get polls --json')
      const {error} = JSON.parse(stdout) as {error: {code: string; hint: string}}
      assert.deepEqual(
        [error.code, error.hint, exitCode],
        ['missing-scope', 'behalf login --scope channel:read:polls', 8],
      )
    })

    it('asks Twitch all the same with --no-check', async () => {
      const {stdout, stderr, exitCode} = await run('helix get polls --no-check')
      assert.equal(exitCode, 8)
      assert.match(stderr, /\n {2}→ behalf login --scope channel:read:polls\n$/)
      assert.match(stdout, /Missing scope: channel:read:polls/)
    })
  })

  describe('fills in', () => {
    it('who sends a message, into the body', async () => {
      const message = `helix post chat/messages --as techydrroid -b '{"broadcaster_id":"1001","message":"hi"}'`
      const {stdout, stderr, exitCode} = await run(message)
      assert.equal(exitCode, 0, stderr)
      assert.match(stdout, /"is_sent":true/)
      assert.equal(stderr, 'Filled in sender_id=2002 (techydrroid).\n')
    })

    it('nothing with --no-fill, and Twitch’s complaint is explained', async () => {
      const {exitCode, stderr} = await run(`helix post chat/messages --no-fill --as techydrroid -b '{"message":"hi"}'`)
      assert.equal(exitCode, 8)
      assert.match(
        stderr,
        /^✗ Helix answered 400 .*broadcaster_id.*\n {2}→ It needs broadcaster_id in the body, sender_id in the body: behalf helix endpoints post chat\/messages\n$/,
      )
    })

    it('nothing where it was said otherwise', async () => {
      const end = await run('helix get chat/chatters -q broadcaster_id=1001 --as techydrroid -q moderator_id=1001')
      assert.equal(end.exitCode, 8)
      assert.match(end.stdout, /The ID in moderator_id must match/)
      assert.doesNotMatch(end.stderr, /Filled in/)
      assert.match(end.stderr, /\n {2}→ Act as that user: --as streamer_sam\n$/)
    })

    it('through the library’s way too', async () => {
      const behalf = await home.openBehalf()
      try {
        const call = {method: 'POST', path: 'chat/messages', query: [], as: 'techydrroid'} satisfies Parameters<
          typeof behalf.callHelix
        >[0]
        const body = '{"broadcaster_id":"1001","message":"hi again"}'
        const answer = await behalf.callHelix({...call, body})
        assert.deepEqual([answer.status, answer.filled?.name], [200, 'sender_id'])
        const bare = await behalf.callHelix({...call, body, fill: false})
        assert.deepEqual([bare.status, bare.filled], [400, undefined])
      } finally {
        await behalf.close()
      }
    })
  })

  describe('with BEHALF_AS', () => {
    it('acts as that account where an account acts, and leaves the application’s calls to it', async () => {
      process.env.BEHALF_AS = 'techydrroid'
      assert.equal(dataOf(await run('helix get users'))[0]?.login, 'techydrroid')
      const conduits = await run('helix get eventsub/conduits')
      assert.deepEqual([conduits.exitCode, conduits.stderr], [0, ''])
      assert.equal((await run('helix get eventsub/conduits --as techydrroid')).exitCode, 8)
      assert.equal(dataOf(await run('helix get users --as streamer_sam'))[0]?.login, 'streamer_sam')
    })

    it('that is nobody’s name, fails and says where the name is from', async () => {
      process.env.BEHALF_AS = 'techydroid'
      const {exitCode, stderr} = await run('helix get users')
      assert.equal(exitCode, 5)
      assert.match(stderr, /^✗ BEHALF_AS: There is no account “techydroid”\. Did you mean techydrroid\?/)
    })

    it('issues no API token for that account', async () => {
      process.env.BEHALF_AS = 'techydrroid'
      const {exitCode, stderr, stdout} = await run('token issue overlay --scope helix:read')
      assert.equal(exitCode, 2)
      assert.equal(stdout, '')
      assert.match(stderr, /--as/)
    })
  })

  describe('in a folder with .behalf.json', () => {
    let folder: string
    let inner: string

    before(async () => {
      folder = await realpath(home.folder)
      inner = join(folder, 'a', 'b')
      await mkdir(inner, {recursive: true})
    })

    const write = (content: string, mode = 0o644) => writeFile(join(folder, 'a', '.behalf.json'), content, {mode})

    it('acts as the account that it names, in folders below too', async () => {
      await write('{"as":"techydrroid"}')
      process.chdir(inner)
      assert.equal(dataOf(await run('helix get users'))[0]?.login, 'techydrroid')
      process.env.BEHALF_AS = 'streamer_sam'
      assert.equal(dataOf(await run('helix get users'))[0]?.login, 'streamer_sam')
    })

    it('shows it in status, and who acts without it', async () => {
      await write('{"as":"techydrroid","provider":"twitch"}')
      const contextOf = async () => (parseJson(await run('status --json')) as {context: unknown}).context
      assert.deepEqual(await contextOf(), {source: 'owner', account: 'twitch:1001'})
      assert.match((await run('status')).stderr, /^Without --as, helix acts as twitch\/streamer_sam \(the owner\)\.$/m)
      process.chdir(inner)
      const path = join(folder, 'a', '.behalf.json')
      const named = {source: 'file', path, as: 'techydrroid', provider: 'twitch', account: 'twitch:2002'}
      assert.deepEqual(await contextOf(), named)
      assert.match(
        (await run('status')).stderr,
        new RegExp(`^Without --as, helix acts as twitch/techydrroid \\(${path}\\)\\.$`, 'm'),
      )
      process.env.BEHALF_AS = 'otherbot'
      const {account, ...wrong} = (await contextOf()) as Record<string, unknown>
      assert.equal(account, undefined)
      assert.deepEqual([wrong.source, wrong.variable, wrong.as], ['environment', 'BEHALF_AS', 'otherbot'])
      assert.match((await run('status')).stderr, /^! BEHALF_AS: There is no account “otherbot”/m)
    })

    it('that is broken, fails where it is needed; status goes on, and --as needs none', async () => {
      await write('{"as":')
      process.chdir(inner)
      const failed = await run('helix get users')
      assert.equal(failed.exitCode, 3)
      assert.match(failed.stderr, /a\/\.behalf\.json is not JSON: /)
      const status = await run('status')
      assert.equal(status.exitCode, 0)
      assert.match(status.stdout, /techydrroid/)
      assert.match(status.stderr, /^! .*\.behalf\.json is not JSON/m)
      const {context} = parseJson(await run('status --json')) as {context: {error: {code: string}}}
      assert.equal(context.error.code, 'configuration')
      assert.equal((await run('helix get users --as techydrroid')).exitCode, 0)
    })

    it('that others can write to, acts without it, and says so', async () => {
      const {chmod} = await import('node:fs/promises')
      await write('{"as":"techydrroid"}')
      await chmod(join(folder, 'a', '.behalf.json'), 0o666)
      process.chdir(inner)
      const end = await run('helix get users')
      assert.equal(dataOf(end)[0]?.login, 'streamer_sam')
      assert.match(end.stderr, /^! .*\.behalf\.json is ignored: others can write to it/)
      assert.match((await run('status')).stderr, /is ignored: others can write to it/)
    })
  })

  describe('and its catalogue', () => {
    it('suggests what a path with another method, or a similar one, may have meant', async () => {
      const end = await run('helix get chat/messages')
      assert.equal(end.exitCode, 8)
      assert.match(
        end.stderr,
        /^✗ Helix answered 404 .*\n {2}→ There is only POST of it: behalf helix post chat\/messages\n$/,
      )
    })

    it('has an example of each endpoint that lacks nothing', async () => {
      const scopes = [...new Set(listEndpoints().flatMap((endpoint) => endpoint.scopes))]
      assert.equal((await home.logIn(['login', '--scope', scopes.join(' ')], 'streamer_sam')).exitCode, 0)
      const unexpected: string[] = []
      for (const endpoint of listEndpoints()) {
        const example = writeExample(endpoint)
        if (example === undefined) continue
        const {exitCode, stderr} = await home.run(splitCommand(example))
        // What it names need not exist, and a second poll may be one too many.
        const isFine = exitCode === 0 || / answered (403|404|409|410|422) /.test(stderr)
        if (!isFine) unexpected.push(`${example}\n${stderr}`)
      }
      assert.deepEqual(unexpected, [])
    })
  })
})
