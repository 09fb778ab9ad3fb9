import assert from 'node:assert/strict'
import {connect, type Socket} from 'node:net'

import {rotateApiToken} from '../../../../src/broker/issue-api-token.js'
import {formatApiToken} from '../../../../src/model/api-token-text.js'
import {Secret} from '../../../../src/model/secret.js'
import {makeIrcScene, type IrcScene} from '../../../support/irc-scene.js'
import {makeProvider} from '../../../support/make-provider.js'
import {until} from '../../../support/until.js'

const FAILED = ':tmi.twitch.tv NOTICE * :Login authentication failed'

describe('a chat client that is not let in', () => {
  let scene: IrcScene
  before(async () => {
    scene = await makeIrcScene({limits: {registrationMs: 500}})
  })
  beforeEach(() => {
    scene.logged.length = 0
    scene.audited.length = 0
  })
  after(() => scene.dispose())

  /** Why, as the log says it. */
  const refusal = async (...lines: string[]): Promise<string> => (await refuse(...lines)).code

  async function refuse(...lines: string[]): Promise<{code: string; hint?: string}> {
    const client = await scene.connect()
    const connections = scene.server.received.length
    client.send(...lines)
    await client.closed()
    assert.deepEqual(client.lines, [FAILED])
    assert.equal(scene.server.received.length, connections)
    await until('it is in the log', () => scene.logged.length > 0)
    const [{event, fields} = {event: '', fields: {}}] = scene.logged.splice(0)
    assert.equal(event, 'irc-refused')
    return (fields as {error: {code: string; hint?: string}}).error
  }

  it('has no API token, or none that is one', async () => {
    assert.equal(await refusal('PASS oauth:made-up', 'NICK bot_one'), 'unauthenticated')
    assert.equal(await refusal('PASS', 'NICK bot_one'), 'unauthenticated')
    const other = (await scene.issue()).replace(/_[A-Za-z0-9]{32}_/, `_${'A'.repeat(32)}_`)
    assert.equal(await refusal(`PASS oauth:${other}`, 'NICK bot_one'), 'unauthenticated')
  })

  it('lacks the scope', async () => {
    const token = await scene.issue({scopes: ['helix']})
    assert.equal(await refusal(`PASS oauth:${token}`, 'NICK bot_one'), 'refused')
    assert.deepEqual(
      scene.audited.map(({method, path, status, code}) => ({method, path, status, code})),
      [{method: 'IRC', path: '/irc/tcp', status: 403, code: 'refused'}],
    )
  })

  it('names an account that its token may not act as, or that there is not', async () => {
    const token = await scene.issue({as: ['bot_one']})
    assert.equal(await refusal(`PASS ${token}`, 'NICK bot_two'), 'refused')
    assert.equal(await refusal(`PASS ${token}`, 'NICK nobody'), 'account-not-found')
    assert.equal(await refusal(`PASS ${token}`, 'NICK :'), 'invalid-input')
    assert.equal(await refusal(`PASS ${token}`, `NICK ${'a'.repeat(300)}`), 'invalid-input')
  })

  it('names an account of a service without chat', async () => {
    const github = makeProvider({name: 'github', apiUrl: 'https://api.other.test'})
    await scene.world.store.providers.put(github)
    await scene.world.addAccount(github, {userId: '77', login: 'elsewhere'})
    assert.equal(await refusal(`PASS ${await scene.issue()}`, 'NICK elsewhere'), 'account-not-found')
  })

  it('lacks the scopes of chat as the account, which the log says how to get, and Activity which', async () => {
    await scene.addBot('quiet', {userId: '88', credential: {scopes: ['chat:read']}})
    const bot = await refuse(`PASS ${await scene.issue()}`, 'NICK quiet')
    assert.equal(bot.code, 'missing-scope')
    const [{code, message} = {}] = scene.activity.since()
    assert.deepEqual([code, message], ['missing-scope', 'twitch/quiet lacks chat:edit.'])
    assert.equal(bot.hint, 'behalf bot add --expect quiet --scope chat:edit')
    await scene.addBot('sam', {userId: '89', role: 'owner', credential: {scopes: []}})
    const owner = await refuse(`PASS ${await scene.issue()}`, 'NICK sam')
    assert.equal(owner.hint, 'behalf login --scope chat:read --scope chat:edit')
  })

  it('is one whose account’s tokens have another home', async () => {
    const real = makeProvider({
      name: 'twitch-itself',
      dialect: 'twitch',
      tokenUrl: 'https://id.twitch.tv/oauth2/token',
      apiUrl: 'https://api.twitch.tv/helix',
    })
    await scene.world.store.providers.put(real)
    await scene.world.addAccount(real, {userId: '99', login: 'real', credential: {scopes: ['chat:read', 'chat:edit']}})
    assert.equal(await refusal(`PASS ${await scene.issue()}`, 'NICK real'), 'refused')
  })

  it('is nobody in particular', async () => {
    assert.equal(await refusal('NICK justinfan12345'), 'unauthenticated')
  })

  it('says nothing in time', async () => {
    const client = await scene.connect()
    client.send('CAP LS 302', 'PASS half')
    await until('it waits', () => client.lines.length > 0 && scene.world.clock.sleeping > 0)
    scene.world.clock.advance(501)
    await client.closed()
    assert.equal(client.lines.at(-1), FAILED)
  })

  const NO_IRC: [string, Buffer][] = [
    ['a line of 1 MB', Buffer.alloc(1 << 20, 'a')],
    ['a line of more than 8 kB', Buffer.from(`NICK ${'a'.repeat(8 * 1024)}\r\n`)],
    ['a NUL', Buffer.from('NICK bot\0one\r\n')],
    ['a CR in a line', Buffer.from('NICK a\rPASS b\r\n')],
    ['what is no UTF-8', Buffer.from([0x4e, 0x49, 0x43, 0x4b, 0x20, 0xff, 0xfe, 0x0d, 0x0a])],
  ]
  for (const [what, bytes] of NO_IRC) {
    it(`sends ${what}`, async () => {
      const client = await scene.connect()
      client.sendRaw(bytes)
      await client.closed()
      // What is still under way when it is closed may reset it before it has read why.
      assert.deepEqual(client.lines, bytes.length > 1e5 ? client.lines.slice(0, 1) : [FAILED])
    })
  }

  it('tries again and again', async () => {
    const token = await scene.issue({scopes: ['helix']})
    const codes = new Set<string>()
    for (let attempt = 0; attempt < 41; attempt += 1) {
      const client = await scene.connect()
      client.send(`PASS ${token}`, 'NICK bot_one')
      await client.closed()
    }
    for (const {fields} of scene.logged) codes.add((fields as {error: {message: string}}).error.message)
    assert.ok(codes.has('It tries to log in too often.'))
  })

  it('knows the id of an API token alone, by which its holder is not kept out', async () => {
    const token = await scene.issue()
    const guess = formatApiToken(token.slice(4, 12), new Secret('a'.repeat(32))).reveal()
    for (let attempt = 0; attempt < 41; attempt += 1)
      assert.equal(await refusal(`PASS ${guess}`, 'NICK bot_one'), 'unauthenticated')
    await scene.logIn('bot_one', token)
  })

  it('has its token rotated meanwhile', async () => {
    const token = await scene.issue()
    await rotateApiToken(scene.world.deps, token.slice(4, 12))
    assert.equal(await refusal(`PASS ${token}`, 'NICK bot_one'), 'unauthenticated')
  })
})

describe('a thousand connections that say nothing', () => {
  let scene: IrcScene
  const idle: Socket[] = []
  before(async () => {
    scene = await makeIrcScene({limits: {halfOpen: {perAddress: 50, total: 100}}})
  })
  after(async () => {
    for (const socket of idle) socket.destroy()
    await scene.dispose()
  })

  it('keep out nobody who says who it is, and are few at any time', async () => {
    const token = await scene.issue()
    const early = await scene.logIn('bot_one', token)
    let open = 0
    const count = process.env.BEHALF_TEST_LONG === '1' ? 1000 : 150
    for (let made = 0; made < count; made += 1) {
      const socket = connect(scene.port, '127.0.0.1')
      socket.on('error', () => undefined)
      socket.on('connect', () => (open += 1))
      socket.on('close', () => (open -= 1))
      socket.on('data', () => undefined)
      idle.push(socket)
    }
    const late = await scene.logIn('bot_two', token)
    await until('the others have gone', () => idle.every(({connecting}) => !connecting) && open <= 50)
    early.send('PRIVMSG #room :still here')
    await until('it arrived', () => scene.server.linesOf(0).length === 1)
    assert.equal(late.isClosed, false)
  })
})
