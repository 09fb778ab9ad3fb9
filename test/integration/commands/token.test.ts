import assert from 'node:assert/strict'

import type {ApiTokenView, IssueTokenInput} from '../../../src/compose.js'
import {Secret} from '../../../src/model/secret.js'
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
    }
    assert.deepEqual((await list([TOKEN, revoked])).stdout.split('\n'), [
      'ID        NAME     STATE    SCOPES      ACTS AS             ENDS IN',
      '4f8KpQ2z  overlay  active   helix:read  twitch/techydrroid  90d',
      'aaaaaaaa  cron     revoked  helix:read  any                 –',
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
