import assert from 'node:assert/strict'

import {endpointDetails} from '../../../src/cli/endpoint-details.js'
import {endpointTable} from '../../../src/cli/present-endpoint.js'
import {describeEndpoint} from '../../../src/helix/describe-endpoint.js'
import {listEndpoints} from '../../../src/helix/catalogue.js'
import {CapturedStream} from '../../support/captured-stream.js'
import {parseJson, runCommand, type CommandEnd} from '../../support/run-command.js'

const endpoints = (...argv: string[]): Promise<CommandEnd> => runCommand(['helix', 'endpoints', ...argv])

/** A terminal of this width. */
const terminalOf = (columns: number) => Object.assign(new CapturedStream(), {isTTY: true, columns})

describe('helix endpoints', () => {
  it('lists what fits, with neither a store nor a network', async () => {
    const end = await endpoints('polls')
    assert.deepEqual(end.stdout.split('\n'), [
      'METHOD  PATH    SCOPES                AS',
      'GET     /polls  channel:read:polls    user',
      '                channel:manage:polls',
      'POST    /polls  channel:manage:polls  user',
      'PATCH   /polls  channel:manage:polls  user',
      '',
    ])
    assert.deepEqual([end.exitCode, end.stderr, end.openedWith], [0, '', undefined])
  })

  it('tells whose token is taken', async () => {
    const kinds = async (...argv: string[]) => (await endpoints(...argv)).stdout
    assert.match(await kinds('conduits'), /^GET +\/eventsub\/conduits +– +app$/m)
    assert.match(await kinds('games'), /^GET +\/games\/top +– +any$/m)
    assert.match(await kinds('extensions'), /^POST +\/extensions\/chat +– +JWT$/m)
    assert.match(await kinds('schedule'), /^GET +\/schedule\/icalendar +– +–$/m)
  })

  it('shows a single one in full, with a command to try', async () => {
    const {stdout} = await endpoints('post', 'chat/messages')
    assert.match(stdout, /^POST \/chat\/messages\nSend Chat Message \(Chat\): /)
    assert.match(stdout, /^token {6}an account’s, or the application’s own$/m)
    assert.match(stdout, /^scopes {5}user:write:chat$/m)
    assert.match(stdout, /^acts as {4}sender_id, which is filled in when left out$/m)
    assert.match(stdout, /^body {7}broadcaster_id\*: string\n {11}sender_id\*: string$/m)
    assert.ok(stdout.endsWith(`\n\nbehalf helix post chat/messages -b '{"broadcaster_id":"1001","message":"text"}'\n`))
    assert.equal((await endpoints('whispers')).stdout.split('\n', 1)[0], 'POST /whispers')
  })

  it('shows pages, alternatives, repeats and what adds to the answer', async () => {
    const {stdout} = await endpoints('get', 'clips')
    assert.match(stdout, /^query {6}broadcaster_id game_id id\[…\] /m)
    assert.match(stdout, /^ {11}one of broadcaster_id, game_id, id is needed$/m)
    assert.match(stdout, /^answers {4}200, in pages of 20 items, at most 100$/m)
    const followers = (await endpoints('get', 'channels/followers')).stdout
    assert.match(followers, /^scopes {5}moderator:read:followers; without it the answer has less$/m)
    assert.match((await endpoints('get', 'streams/tags')).stdout, /^answers {4}410: no longer offered$/m)
    assert.match(
      (await endpoints('post', 'extensions/chat')).stdout,
      /^token {6}an extension’s JWT, which behalf does not/m,
    )
  })

  it('prints nothing where nothing fits, says so, and exits 0', async () => {
    assert.deepEqual(await endpoints('no such thing'), {stdout: '', stderr: 'No endpoint fits.\n', exitCode: 0})
    const scope = await endpoints('--scope', 'chanel:read:polls')
    assert.match(scope.stderr, /^No endpoint fits\. Did you mean --scope channel:read:polls/)
    assert.equal((await endpoints('--scope', 'chat:read')).stderr, 'No endpoint fits.\n')
    assert.deepEqual(parseJson(await endpoints('no such thing', '--json')), {endpoints: []})
  })

  it('refuses a method that there is not: 2', async () => {
    const {exitCode, stdout, stderr} = await endpoints('--method', 'fetch')
    assert.deepEqual([exitCode, stdout], [2, ''])
    assert.match(stderr, /“fetch” is none of GET, POST, PUT, PATCH, DELETE/)
    assert.equal((await endpoints('--method', 'patch')).exitCode, 0)
  })

  it('prints all of it for programs', async () => {
    const {endpoints: all} = parseJson(await endpoints('--json')) as {endpoints: Record<string, unknown>[]}
    assert.equal(all.length, 149)
    const {endpoints: found} = parseJson(await endpoints('get', 'chat/pins', '--json')) as {endpoints: unknown[]}
    assert.deepEqual(found, [
      {
        method: 'GET',
        path: '/chat/pins',
        name: 'Get Pinned Chat Message',
        category: 'Chat',
        summary: all.find(({path}) => path === '/chat/pins')?.summary,
        scopes: ['moderator:manage:chat_messages', 'moderator:read:chat_messages'],
        scopes_optional: false,
        optional_scopes: [],
        token_kinds: ['user', 'app'],
        app_token_needs_grant: {
          granted_by: 'moderator_id',
          all_of: ['user:bot'],
          any_of: ['moderator:manage:chat_messages', 'moderator:read:chat_messages'],
          channel: {granted_by: 'broadcaster_id', all_of: ['channel:bot']},
        },
        query: [
          {name: 'broadcaster_id', required: true, repeatable: false},
          {name: 'moderator_id', required: true, repeatable: false},
        ],
        query_one_of: [],
        body: null,
        body_required: [],
        user_must_match: 'moderator_id',
        filled_in: true,
        success: 200,
        paginated: false,
        deprecated: false,
        example: 'behalf helix get chat/pins -q broadcaster_id=1001',
      },
    ])
  })

  for (const columns of [40, 60, 80, 200]) {
    it(`fits ${String(columns)} columns, whatever is listed`, () => {
      const stream = terminalOf(columns)
      const views = listEndpoints().map(describeEndpoint)
      const table = endpointTable(views, stream)
      for (const {path} of views) assert.match(table, new RegExp(`(^|  )${path}( |$)`, 'm'), 'a path is never broken')
      for (const line of table.split('\n')) assert.ok(line.length <= columns || /^ *\S+$/.test(line), line)
      for (const view of views) {
        const details = endpointDetails(view, stream).replace(/\n\nbehalf .*$/, '')
        const tooLong = details.split('\n').filter((line) => line.length > columns)
        // A word is never broken: it may be meant to be copied.
        for (const line of tooLong) assert.match(line, /^([\w ]{11}|[A-Z]+ )?\S+$/, line)
      }
    })
  }

  it('breaks no scope in two, however narrow the terminal', () => {
    for (const columns of [40, 80]) {
      const table = endpointTable(listEndpoints().map(describeEndpoint), terminalOf(columns))
      for (const {scopes} of listEndpoints()) for (const scope of scopes) assert.ok(table.includes(scope), scope)
      assert.equal(/^METHOD {2}GET$/m.test(table), columns === 40, 'paragraphs where nothing else fits')
    }
  })
})
