import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'

import type {ApiTokenView, IssueTokenInput} from '../../../src/compose.js'
import {Secret} from '../../../src/model/secret.js'
import {makeCommandHome, type CommandHome} from '../../support/command-home.js'
import {parseJson, runCommand} from '../../support/run-command.js'

const NOW = 1_800_000_000_000
const TOKEN: ApiTokenView = {
  id: '4f8KpQ2z',
  name: 'overlay',
  scopes: ['helix:read'],
  as: ['twitch/techydrroid'],
  asAny: false,
  issuedAt: NOW,
  expiresAt: NOW + 7_776_000_000,
  state: 'active',
}

describe('token issue', () => {
  let issued: IssueTokenInput[]
  const issue = (...argv: string[]) => {
    issued = []
    return runCommand(['token', 'issue', 'overlay', ...argv], {
      behalf: {
        issueApiToken(input) {
          issued.push(input)
          return Promise.resolve({token: new Secret('bhf_made_up'), apiToken: TOKEN})
        },
      },
    })
  }

  it('prints the token alone on stdout, and advice on stderr', async () => {
    const {stdout, stderr} = await issue('--scope', 'helix:read', '--as', 'techydrroid')
    assert.equal(stdout, 'bhf_made_up\n')
    assert.match(stderr, /BEHALF_TOKEN/)
    assert.match(stderr, /behalf token revoke 4f8KpQ2z/)
    assert.doesNotMatch(stderr, /bhf_made_up/)
  })

  it('passes on what was asked for; an account a flag, or several scopes in one', async () => {
    await issue('--scope', 'helix:read token:read', '--scope', 'chat', '--as', 'a', '--as', 'b', '--expires', '90d')
    assert.deepEqual(issued, [
      {
        name: 'overlay',
        scopes: ['helix:read', 'token:read', 'chat'],
        as: ['a', 'b'],
        asAny: false,
        expiresInMs: 7_776_000_000,
      },
    ])
    await issue('--scope', 'helix', '--as-any', '--default-as', 'a', '--issued-to', 'b')
    assert.deepEqual(issued, [{name: 'overlay', scopes: ['helix'], as: [], asAny: true, defaultAs: 'a', issuedTo: 'b'}])
  })

  it('prints an object with --json', async () => {
    const end = await issue('--scope', 'helix:read', '--as', 'techydrroid', '--json')
    assert.deepEqual(parseJson(end), {
      token: 'bhf_made_up',
      id: '4f8KpQ2z',
      name: 'overlay',
      state: 'active',
      scopes: ['helix:read'],
      as: ['twitch/techydrroid'],
      as_any: false,
      issued_at: '2027-01-15T08:00:00.000Z',
      expires_at: '2027-04-15T08:00:00.000Z',
    })
  })
})

describe('token list', () => {
  const list = (tokens: ApiTokenView[], ...argv: string[]) =>
    runCommand(['token', 'list', ...argv], {now: NOW, behalf: {listApiTokens: () => Promise.resolve(tokens)}})

  it('lines the tokens up', async () => {
    const {expiresAt: _, ...endless} = TOKEN
    const revoked = {
      ...endless,
      id: 'aaaaaaaa',
      name: 'cron',
      asAny: true,
      as: [],
      state: 'revoked' as const,
      revokedAt: NOW,
      lastUsedAt: NOW - 300_000,
    }
    assert.deepEqual((await list([TOKEN, revoked])).stdout.split('\n'), [
      'ID        NAME     STATE    SCOPES      ACTS AS             ENDS IN  USED',
      '4f8KpQ2z  overlay  active   helix:read  twitch/techydrroid  90 d     never',
      'aaaaaaaa  cron     revoked  helix:read  any                 –        5 min ago',
      '',
    ])
  })

  it('prints them with --json', async () => {
    const {tokens} = parseJson(await list([TOKEN], '--json')) as {tokens: {id: string}[]}
    assert.deepEqual(
      tokens.map(({id}) => id),
      ['4f8KpQ2z'],
    )
    assert.deepEqual(parseJson(await list([], '--json')), {tokens: []})
  })
})

describe('token revoke', () => {
  it('revokes the one with that id', async () => {
    const end = await runCommand(['token', 'revoke', '4f8KpQ2z'], {
      behalf: {
        revokeApiToken(id) {
          assert.equal(id, '4f8KpQ2z')
          return Promise.resolve({...TOKEN, state: 'revoked', revokedAt: NOW})
        },
      },
    })
    assert.equal(end.stderr, '✓ The API token overlay (4f8KpQ2z) is revoked.\n')
    assert.equal(end.stdout, '')
  })
})

describe('token show', () => {
  const show = (token: ApiTokenView, ...argv: string[]) =>
    runCommand(['token', 'show', token.id, ...argv], {
      now: NOW,
      behalf: {showApiToken: (id) => (assert.equal(id, token.id), Promise.resolve(token))},
    })

  it('shows everything about it', async () => {
    const {stdout} = await show({...TOKEN, defaultAs: 'twitch/techydrroid', lastUsedAt: NOW - 7_200_000})
    assert.deepEqual(stdout.split('\n'), [
      'id             4f8KpQ2z',
      'name           overlay',
      'state          active',
      'scopes         helix:read',
      'acts as        twitch/techydrroid',
      'by default as  twitch/techydrroid',
      'issued         0 s ago',
      'ends           in 90 d',
      'last used      2 h ago',
      '',
    ])
  })

  it('tells how long a token is over', async () => {
    const ended = {...TOKEN, issuedAt: NOW - 7_200_000, expiresAt: NOW - 3_600_000, state: 'expired' as const}
    const expired = (await show(ended)).stdout
    assert.match(expired, /^state +expired$/m)
    assert.match(expired, /^ends +1 h ago$/m)
    const revoked = (await show({...TOKEN, asAny: true, as: [], state: 'revoked', revokedAt: NOW - 60_000})).stdout
    assert.match(revoked, /^state +revoked 1 min ago$/m)
    assert.match(revoked, /^acts as +the owner and every bot$/m)
    assert.match(revoked, /^last used +never$/m)
  })

  it('prints an object with --json', async () => {
    const {id, last_used_at} = parseJson(await show({...TOKEN, lastUsedAt: NOW}, '--json')) as Record<string, unknown>
    assert.deepEqual([id, last_used_at], ['4f8KpQ2z', '2027-01-15T08:00:00.000Z'])
  })
})

describe('token rotate', () => {
  const rotate = (...argv: string[]) =>
    runCommand(['token', 'rotate', '4f8KpQ2z', ...argv], {
      behalf: {rotateApiToken: () => Promise.resolve({token: new Secret('bhf_new'), apiToken: TOKEN})},
    })

  it('prints the new token alone on stdout, and what became of the old one on stderr', async () => {
    const {stdout, stderr} = await rotate()
    assert.equal(stdout, 'bhf_new\n')
    assert.match(stderr, /^✓ The API token overlay \(4f8KpQ2z\) has a new secret/)
    assert.match(stderr, /The old one is refused/)
  })

  it('prints the object with the token with --json', async () => {
    const end = await rotate('--json')
    const {token, id, name} = parseJson(end) as Record<string, unknown>
    assert.deepEqual([token, id, name, end.stderr], ['bhf_new', '4f8KpQ2z', 'overlay', ''])
  })
})

describe('token rotate of one that is over', () => {
  let home: CommandHome
  before(async () => {
    home = await makeCommandHome()
    await home.logIn(['bot', 'add', '--no-open'], 'techydrroid')
  })
  after(() => home.remove())

  it('exits 8, and the command that it names issues one like it', async () => {
    const issue = ['token', 'issue', "Sam's overlay", '--scope', 'helix:GET:/users', '--as', 'techydrroid']
    const {id} = parseJson(await home.run([...issue, '--expires', '90d', '--json'])) as {id: string}
    await home.run(['token', 'revoke', id])
    const end = await home.run(['token', 'rotate', id])
    assert.equal(end.exitCode, 8)
    const [, hint = ''] = /→ behalf (.*)\n$/.exec(end.stderr) ?? []
    const words = execFileSync('sh', ['-c', `printf '%s\\n' ${hint}`], {encoding: 'utf8'})
      .trimEnd()
      .split('\n')
    const again = parseJson(await home.run([...words, '--json'])) as Record<string, unknown>
    assert.deepEqual(
      [again.name, again.scopes, again.as],
      ["Sam's overlay", ['helix:GET:/users'], ['twitch/techydrroid']],
    )
    assert.equal(Date.parse(String(again.expires_at)) - Date.parse(String(again.issued_at)), 90 * 86_400_000)
  })
})
