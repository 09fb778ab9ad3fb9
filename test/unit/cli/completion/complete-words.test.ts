import assert from 'node:assert/strict'
import {join} from 'node:path'

import {readManifest} from '../../../../src/cli/package-files.js'
import {completeWords, formatCompletion} from '../../../../src/cli/completion/complete-words.js'
import {createCompletionSources} from '../../../../src/cli/completion/completion-sources.js'
import {argumentKind} from '../../../../src/cli/completion/value-kinds.js'
import {loadVocabulary, type Behalf} from '../../../../src/compose.js'
import type {PointsActions} from '../../../../src/compose-points.js'
import type {NamedAccount} from '../../../../src/model/account-name.js'

/** Arguments that nobody can guess. */
const FREE = [
  'api method',
  'api path',
  'help command',
  'helix:endpoints filter',
  'points:add points',
  'points:remove points',
  'points:set points',
  'provider:presets filter',
  'token:issue name',
]

const manifest = readManifest(join(import.meta.dirname, '../../../..'))

const account = (login: string, parts: Partial<NamedAccount> = {}): NamedAccount => ({
  key: `twitch:${login}`,
  provider: 'twitch',
  login,
  userId: '1',
  role: 'bot',
  ...parts,
})

const ACCOUNTS = [
  account('streamer_sam', {role: 'owner'}),
  account('techydrroid'),
  account('twin'),
  account('twin', {provider: 'sandbox'}),
  account('someone', {role: 'user', subject: 'slack:U02AB'}),
]

const behalf: Partial<Behalf> = {
  nameAccounts: () => Promise.resolve(ACCOUNTS),
  nameProviders: () => Promise.resolve(['work']),
  openPoints: () => Promise.resolve(ledger as PointsActions),
  nameApiTokens: () => Promise.resolve([{id: 'abcd1234', name: 'overlay'}]),
}

const ledger: Partial<PointsActions> = {
  topPoints: () =>
    Promise.resolve([
      {user: 'alice', points: 12},
      {user: 'bob', points: 1},
    ]),
}

const sources = createCompletionSources({openBehalf: () => Promise.resolve(behalf as Behalf), loadVocabulary})

async function complete(...words: string[]): Promise<string[]> {
  const {candidates} = await completeWords(words, manifest, sources)
  return candidates.map(({value}) => value)
}

const offersFiles = async (...words: string[]) => (await completeWords(words, manifest, sources)).files

describe('completeWords', () => {
  it('offers topics and commands, but none that is hidden', async () => {
    const offered = await complete('')
    for (const name of ['bot', 'helix', 'login', 'status']) assert.ok(offered.includes(name), name)
    assert.ok(!offered.includes('complete'))
    assert.deepEqual(await complete('logi'), ['login'])
  })

  it('offers the commands of a topic', async () => {
    assert.deepEqual(await complete('bot', ''), ['add', 'list', 'remove', 'show', 'token'])
    assert.deepEqual(await complete('bot', 'to'), ['token'])
  })

  it('describes what it offers', async () => {
    const {candidates} = await completeWords(['bot'], manifest, sources)
    assert.deepEqual(candidates, [{value: 'bot', description: 'accounts that programs act as'}])
  })

  it('offers flags that are not given yet, unless they repeat', async () => {
    const offered = await complete('helix', 'get', 'users', '--as', 'twin', '-q', 'id=1', '--')
    assert.ok(offered.includes('--query'))
    assert.ok(offered.includes('--json'))
    assert.ok(!offered.includes('--as'))
    assert.deepEqual(await complete('login', '--no-o'), ['--no-open'])
  })

  it('offers no flag behind --', async () => assert.deepEqual(await complete('bot', 'show', '--', '--'), []))

  it('offers the values that a flag takes, behind it or behind its =', async () => {
    assert.deepEqual(await complete('bot', 'token', 'twin', '--format', 'h'), ['header'])
    assert.deepEqual(await complete('bot', 'token', 'twin', '--format=h'), ['--format=header'])
  })

  it('names accounts by login, by provider too where two have the same, and chat users by subject', async () => {
    const all = ['streamer_sam', 'techydrroid', 'twitch/twin', 'sandbox/twin', 'subject:slack:U02AB']
    assert.deepEqual(await complete('helix', 'get', 'users', '--as', ''), all)
    assert.deepEqual(await complete('status', ''), all)
    assert.deepEqual(await complete('bot', 'show', ''), ['techydrroid', 'twitch/twin', 'sandbox/twin'])
  })

  it('offers one account after another where a command takes many', async () =>
    assert.deepEqual(await complete('refresh', 'techydrroid', 'twitch/'), ['twitch/twin']))

  it('offers providers, presets and API tokens', async () => {
    assert.deepEqual(await complete('provider', 'show', ''), ['work'])
    assert.deepEqual(await complete('provider', 'patch', ''), ['work'])
    assert.deepEqual(await complete('provider', 'add', 'tw'), ['twitch', 'twitter'])
    assert.deepEqual(await complete('token', 'revoke', ''), ['abcd1234'])
  })

  it('offers those who have points', async () => {
    assert.deepEqual(await complete('points', 'show', ''), ['alice', 'bob'])
    assert.deepEqual(await complete('points', 'add', 'al'), ['alice'])
    assert.deepEqual(await complete('points', 'add', 'alice', ''), [])
  })

  it('offers the scopes of the one who is asked for them', async () => {
    assert.deepEqual(await complete('login', '--scope', 'chat:e'), ['chat:edit'])
    assert.deepEqual(await complete('token', 'issue', 'x', '--scope', 'helix'), ['helix', 'helix:read', 'helix:write'])
  })

  it('offers the paths that the method has', async () => {
    assert.deepEqual(await complete('helix', 'get', 'users'), [
      'users',
      'users/blocks',
      'users/extensions/list',
      'users/extensions',
    ])
    assert.deepEqual(await complete('helix', 'delete', 'users'), ['users/blocks'])
    assert.deepEqual(await complete('helix', 'get', 'nosuch'), [])
  })

  it('offers the names of an endpoint’s query, however its path is typed', async () => {
    for (const path of ['users', '/users', 'helix/users', '/helix/users', 'users?id=1']) {
      assert.deepEqual(await complete('helix', 'get', path, '-q', ''), ['id=', 'login='], path)
    }
    assert.deepEqual(await complete('helix', 'get', 'users', '--query=lo'), ['--query=login='])
    assert.deepEqual(await complete('helix', 'get', 'nosuch', '-q', ''), [])
    assert.deepEqual(await complete('helix', 'get', 'users?lo'), ['users?login='])
    assert.deepEqual(await complete('helix', 'get', '/users?login=a&i'), ['/users?login=a&id='])
  })

  it('leaves files to the shell', async () => {
    assert.ok(await offersFiles('status', '--store', ''))
    assert.ok(await offersFiles('helix', 'post', 'polls', '-b', '@'))
    assert.ok(!(await offersFiles('status', '')))
  })

  it('offers nothing behind what is wrong', async () => {
    assert.deepEqual(await complete('nosuch', ''), [])
    assert.deepEqual(await complete('bot', 'nosuch', ''), [])
    assert.deepEqual(await complete('bot', 'list', 'more', ''), [])
  })

  it('knows of every argument what it is', () => {
    const unknown = Object.values(manifest.commands).flatMap((command) =>
      Object.values(command.args)
        .filter((_, index) => argumentKind(command, index).of === 'nothing')
        .map(({name}) => `${command.id} ${name}`),
    )
    assert.deepEqual(
      unknown.filter((name) => !FREE.includes(name)),
      [],
    )
  })
})

describe('formatCompletion', () => {
  it('writes a line each, with the description behind a tab', () => {
    const text = formatCompletion({
      candidates: [{value: 'a', description: 'one\ntwo\tthree'}, {value: 'b='}],
      files: true,
    })
    assert.equal(text, 'a\tone two three\nb=\n:files\n')
  })
})
