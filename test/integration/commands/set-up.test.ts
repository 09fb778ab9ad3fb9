import assert from 'node:assert/strict'
import {existsSync} from 'node:fs'
import {readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'

import type {Prompts} from '../../../src/cli/prompts.js'
import {authorizeAs, makeCommandHome, type CommandHome} from '../../support/command-home.js'
import {parseJson, type CommandEnd, type CommandWorld} from '../../support/run-command.js'

/** What a person does at one prompt: which it is, and the answer. */
type Step = [question: RegExp, answer: string | boolean]

/** The program's own `Secret` and errors: under mocha what is imported statically may be another copy. */
const {Secret} = await import('../../../src/model/secret.js')

describe('provider add at a terminal', () => {
  let home: CommandHome
  let at: string[]

  beforeEach(async () => {
    home = await makeCommandHome({client: 'none'})
    at = ['--identity-url', `${home.sandbox.url}/oauth2`, '--api-url', `${home.sandbox.url}/helix`]
  })
  afterEach(() => home.remove())

  /** Answers prompt after prompt; a prompt that nobody expected fails the test, and so does one that did not come. */
  async function talk(argv: string[], steps: Step[], world: CommandWorld = {}): Promise<CommandEnd> {
    const left = [...steps]
    const answer = (question: string): Promise<string | boolean> => {
      const [expected, given] = left.shift() ?? [/no more questions/, '']
      assert.match(question, expected)
      return Promise.resolve(given)
    }
    const prompts: Prompts = {
      async askText(question, {check}) {
        const given = String(await answer(question))
        assert.equal(check?.(given), undefined)
        return given
      },
      async askSecret(question) {
        const given = String(await answer(question))
        return given === '' ? undefined : new Secret(given)
      },
      confirm: async (question) => (await answer(question)) === true,
      choose: async <T extends string>(question: string, choices: {value: T}[]) => {
        const given = await answer(question)
        const chosen = choices.find(({value}) => value === given)
        assert.ok(chosen)
        return chosen.value
      },
      search: (question, choices, options) => prompts.choose(question, choices, options),
    }
    const end = await home.run(argv, {prompts, ...world})
    assert.deepEqual(left, [], `not asked: ${end.stderr}`)
    return end
  }

  const add = (...more: string[]) => ['provider', 'add', 'twitch', ...at, ...more]
  const show = async () =>
    parseJson(await home.run(['provider', 'show', 'twitch', '--json'])) as Record<string, unknown>
  const client = () => home.sandbox.confidentialClient
  const secret = () => client().secret ?? ''
  const store = () => join(home.folder, 'store.json')

  it('leads from the registration to the login', async () => {
    const openBrowser = async (url: string) => void fetch(await authorizeAs('streamer_sam', url))
    const {exitCode, stdout, stderr} = await talk(
      add(),
      [
        [/^Client Type/, 'confidential'],
        [/^Client ID/, client().id],
        [/^Client secret:/, secret()],
        [/^Log in now/, true],
      ],
      {openBrowser},
    )
    assert.equal(exitCode, 0, stderr)
    assert.equal(stdout, '')
    for (const line of ['https://dev.twitch.tv/console/apps', home.redirectUri]) {
      assert.ok(stderr.split('\n').includes(line), `${line} stands alone on a line`)
    }
    assert.match(stderr, /Name: .*\n[^]*Category: [^]*Client Type: [^]*Confidential – [^]*Public – /)
    assert.match(stderr, /✓ Twitch knows this application, and accepts its secret\.\n✓ Added the provider twitch\./)
    assert.match(stderr, /✓ Logged in as twitch\/streamer_sam\./)
    assert.ok(!stderr.includes(secret()))
  })

  it('asks again for what is wrong, as the service says it, and for nothing else', async () => {
    const {exitCode, stderr} = await talk(add('--no-login'), [
      [/^Client Type/, 'confidential'],
      [/^Client ID/, 'nobodysclient0000000000000000001'],
      [/^Client secret:/, 'made-up-wrong-secret'],
      [/^Client ID/, client().id],
      [/^Client secret:/, secret()],
    ])
    assert.equal(exitCode, 0, stderr)
    assert.match(stderr, /! Twitch refuses this client: “invalid client”\.\nNo application there has this client ID\./)
    assert.match(stderr, /! Twitch refuses this client: “invalid client secret”\.\nThe client ID is right/)
    assert.deepEqual([(await show()).client_id, (await show()).confidential], [client().id, true])
  })

  it('asks for the secret where --client-secret-file - has only a terminal to read from', async () => {
    const flags = ['--client-id', client().id, '--client-secret-file', '-']
    const {exitCode, stderr} = await talk(add('--no-login', ...flags), [[/^Client secret:/, secret()]])
    assert.equal(exitCode, 0, stderr)
    const update = ['provider', 'update', 'twitch', '--client-secret-file', '-']
    assert.equal((await talk(update, [[/^Client secret:/, secret()]])).exitCode, 0)
  })

  it('says why it asks again for a secret that is empty', async () => {
    const {exitCode, stderr} = await talk(add('--no-login'), [
      [/^Client Type/, 'confidential'],
      [/^Client ID/, client().id],
      [/^Client secret:/, ''],
      [/^Client secret:/, secret()],
    ])
    assert.equal(exitCode, 0, stderr)
    assert.match(stderr, /^A secret is never empty\. The service shows it/m)
  })

  it('sets up a client without a secret, which beginning a device login proves', async () => {
    const {id} = home.sandbox.publicClient
    const {exitCode, stderr} = await talk(add('--no-login'), [
      [/^Client Type/, 'public'],
      [/^Client ID/, 'nobodysclient0000000000000000001'],
      [/^Client ID/, id],
    ])
    assert.equal(exitCode, 0, stderr)
    assert.match(stderr, /✓ Twitch knows this application\.\n/)
    assert.deepEqual([(await show()).client_id, (await show()).confidential], [id, false])
  })

  it('finds out that the application has a secret after all, and asks for it', async () => {
    const {exitCode, stderr} = await talk(add('--no-login'), [
      [/^Client Type/, 'public'],
      [/^Client ID/, client().id],
      [/^Client secret:/, secret()],
    ])
    assert.equal(exitCode, 0, stderr)
    assert.match(stderr, /“missing client secret”\.\nThe application is of the type Confidential/)
    assert.equal((await show()).confidential, true)
  })

  it('goes on without the secret that an application of the type Public was given', async () => {
    const {exitCode, stderr} = await talk(add('--no-login'), [
      [/^Client Type/, 'confidential'],
      [/^Client ID/, home.sandbox.publicClient.id],
      [/^Client secret:/, 'made-up-secret'],
    ])
    assert.equal(exitCode, 0, stderr)
    assert.equal((await show()).confidential, false)
  })

  it('leaves nothing of the token that proved the client', async () => {
    const tokens = () => [...home.sandbox.state.accessTokens.keys()]
    const before = tokens()
    const {stderr} = await talk(add('--no-login', '--client-id', client().id), [
      [/^Client Type/, 'confidential'],
      [/^Client secret:/, secret()],
    ])
    assert.match(stderr, /accepts its secret/)
    assert.deepEqual(tokens(), before)
  })

  describe('where the service cannot be reached', () => {
    const nobody = ['--identity-url', 'http://127.0.0.1:9/oauth2']
    const typed = (keep: boolean): Step[] => [
      [/^Client Type/, 'public'],
      [/^Client ID/, 'made-up-client'],
      [/^Keep it unchecked/, keep],
    ]

    it('keeps what was typed when that is wanted', async () => {
      const {exitCode, stderr} = await talk(['provider', 'add', 'twitch', ...nobody, '--no-login'], typed(true))
      assert.equal(exitCode, 0, stderr)
      assert.match(stderr, /! Twitch could not be reached .*could not be checked/)
      assert.equal((await show()).client_id, 'made-up-client')
    })

    it('stores nothing otherwise: 6', async () => {
      const {exitCode, stderr} = await talk(['provider', 'add', 'twitch', ...nobody], typed(false))
      assert.equal(exitCode, 6)
      assert.match(stderr, /Nothing was stored[^]*--no-check/)
      assert.ok(!existsSync(store()))
    })

    it('asks nobody with --no-check', async () => {
      const {exitCode} = await talk(
        ['provider', 'add', 'twitch', ...nobody, '--no-login', '--no-check'],
        typed(true).slice(0, 2),
      )
      assert.equal(exitCode, 0)
    })
  })

  it('says that it cannot be checked where the service does not tell', async () => {
    const argv = ['provider', 'add', 'work', '--token-url', `${home.sandbox.url}/nowhere`, '--no-login']
    const {exitCode, stderr} = await talk(argv, [
      [/^Client ID/, 'made-up'],
      [/^Client secret \(empty/, 'made-up-secret'],
    ])
    assert.equal(exitCode, 0, stderr)
    assert.match(stderr, /Whether work takes this client cannot be checked beforehand/)
  })

  it('says what is wrong with the flags before it asks anything: 2', async () => {
    const {exitCode, stderr} = await talk(['provider', 'add', 'work'], [])
    assert.equal(exitCode, 2)
    assert.match(stderr, /--token-url/)
    assert.equal((await talk(['provider', 'add', 'Not A Name'], [])).exitCode, 2)
  })

  it('warns that a client in the environment wins', async () => {
    process.env.TWITCH_CLIENT_ID = 'another-made-up-client'
    try {
      const {stderr} = await talk(add('--no-login', '--client-id', client().id), [
        [/^Client Type/, 'confidential'],
        [/^Client secret:/, secret()],
      ])
      assert.match(stderr, /! A client in the environment wins/)
    } finally {
      delete process.env.TWITCH_CLIENT_ID
    }
  })

  describe('again', () => {
    const values = (): Step[] => [
      [/^Client Type/, 'confidential'],
      [/^Client ID/, client().id],
      [/^Client secret:/, secret()],
    ]
    beforeEach(() => talk(add('--no-login'), values()))

    it('with the same values changes nothing and says so', async () => {
      const before = await readFile(store())
      const {exitCode, stderr} = await talk(add('--no-login'), values())
      assert.equal(exitCode, 0, stderr)
      assert.match(stderr, /stays as it is: nothing was changed/)
      assert.deepEqual(await readFile(store()), before)
    })

    it('with others shows what would change, and whose login that costs', async () => {
      await home.logIn(['bot', 'add'], 'techydrroid')
      const before = await readFile(store())
      const typed: Step[] = [
        [/^Client Type/, 'public'],
        [/^Client ID/, home.sandbox.publicClient.id],
      ]
      const no = await talk(add('--no-login'), [...typed, [/^Change it/, false]])
      assert.match(no.stderr, /client id: \S+ → \S+\n[^]*client secret: the present one → none/)
      assert.match(no.stderr, /This account would need a new login: twitch\/techydrroid\./)
      assert.deepEqual([no.exitCode, await readFile(store())], [0, before])
      const yes = await talk(add('--no-login'), [...typed, [/^Change it/, true]])
      assert.equal(yes.exitCode, 0, yes.stderr)
      assert.deepEqual([(await show()).client_id, (await show()).confidential], [typed[1]?.[1], false])
      assert.equal((await home.run(['status'])).exitCode, 4)
    })

    it('does not offer a login that there is already', async () => {
      await home.logIn(['login'], 'streamer_sam')
      assert.equal((await talk(add(), values())).exitCode, 0)
    })
  })

  it('checks in a script with --check, and stores nothing that is refused: 3', async () => {
    const argv = add('--client-id', client().id, '--client-secret-file', '-', '--check')
    const refused = await home.run(argv, {stdin: 'made-up-wrong-secret'})
    assert.equal(refused.exitCode, 3)
    assert.match(refused.stderr, /invalid client secret/)
    assert.ok(!existsSync(store()))
    const taken = await home.run(argv, {stdin: secret()})
    assert.equal(taken.exitCode, 0, taken.stderr)
  })

  describe('provider update', () => {
    const REMOVED = /! The client secret was removed, for it belonged to the other client id\./
    beforeEach(async () => {
      const argv = add('--client-id', client().id, '--client-secret-file', '-')
      assert.equal((await home.run(argv, {stdin: secret()})).exitCode, 0)
    })
    const update = (...more: string[]) => ['provider', 'update', 'twitch', ...more]

    it('with another client id warns that the secret is gone, unless a new one is given', async () => {
      const given = await home.run(update('--client-id', 'another', '--client-secret-file', '-'), {stdin: 'made-up'})
      assert.equal(given.exitCode, 0, given.stderr)
      assert.doesNotMatch(given.stderr, REMOVED)
      const removed = await home.run(update('--client-id', client().id))
      assert.equal(removed.exitCode, 0, removed.stderr)
      assert.match(removed.stderr, REMOVED)
      assert.equal((await show()).confidential, false)
    })

    it('goes on in a script and says how many accounts need a login', async () => {
      await home.logIn(['bot', 'add'], 'techydrroid')
      const end = await home.run(update('--client-id', 'another', '--json'))
      assert.equal((parseJson(end) as {login_needed: number}).login_needed, 1)
      assert.match(end.stderr, REMOVED)
      assert.match(end.stderr, /! Accounts that need a login now: 1\./)
    })

    it('asks at a terminal before accounts come to need a login', async () => {
      await home.logIn(['bot', 'add'], 'techydrroid')
      const before = await readFile(store())
      const {id} = home.sandbox.publicClient
      const no = await talk(update('--client-id', id), [[/^Change it/, false]])
      assert.match(no.stderr, /client secret: the present one → none\n[^]*twitch\/techydrroid\.\nNothing was changed\./)
      assert.deepEqual([no.exitCode, await readFile(store())], [0, before])
      const yes = await talk(update('--client-id', id), [[/^Change it/, true]])
      assert.match(yes.stderr, /✓ Twitch knows this application\.\n[^]*✓ Changed the provider twitch\./)
      assert.match(yes.stderr, REMOVED)
      assert.equal((await show()).client_id, id)
      const unasked = update('--client-id', client().id, '--client-secret-file', '-', '--yes')
      assert.equal((await talk(unasked, [[/^Client secret:/, secret()]])).exitCode, 0)
    })

    it('changes nothing to a client that the service refuses: 3, unless it is not to be asked', async () => {
      const before = await readFile(store())
      const {id} = client()
      for (const [argv, steps] of [
        [update('--client-id', 'nobodysclient0000000000000000001'), []],
        [update('--client-secret-file', '-'), [[/^Client secret:/, 'made-up-wrong-secret']]],
      ] as [string[], Step[]][]) {
        const {exitCode, stderr} = await talk(argv, steps)
        assert.equal(exitCode, 3, stderr)
        assert.match(stderr, /refuses this client: invalid client/)
      }
      const inScript = await home.run(update('--client-secret-file', '-', '--check'), {stdin: 'made-up-wrong-secret'})
      assert.equal(inScript.exitCode, 3)
      assert.deepEqual(await readFile(store()), before)
      assert.equal((await talk(update('--client-id', 'unknown', '--no-check'), [])).exitCode, 0)
      assert.equal((await home.run(update('--client-id', id))).exitCode, 0)
    })

    it('does not ask the service about what it would not see of the client', async () => {
      const {exitCode, stderr} = await talk(update('--scope', 'chat:read'), [])
      assert.equal(exitCode, 0, stderr)
      assert.equal(stderr, '✓ Changed the provider twitch.\n')
    })

    it('does not find what is not there: 5', async () => {
      assert.equal((await home.run(['provider', 'update', 'github', '--client-id', 'made-up'])).exitCode, 5)
    })
  })

  describe('provider replace', () => {
    beforeEach(async () => {
      const argv = add('--client-id', client().id, '--client-secret-file', '-', '--scope', 'chat:read')
      assert.equal((await home.run(argv, {stdin: secret()})).exitCode, 0)
    })
    const replace = (id: string, ...more: string[]) => [
      'provider',
      'replace',
      'twitch',
      ...at,
      '--client-id',
      id,
      ...more,
    ]

    it('sets everything anew: what no flag names is as the preset has it', async () => {
      const file = join(home.folder, 'secret')
      await writeFile(file, secret())
      const {exitCode, stderr} = await home.run(replace(client().id, '--client-secret-file', file))
      assert.equal(exitCode, 0, stderr)
      assert.deepEqual((await show()).scopes, {
        owner: ['user:read:email'],
        bot: ['user:bot', 'user:read:chat', 'user:write:chat'],
        user: ['user:read:email'],
      })
    })

    it('refuses to make accounts need a login unasked: 2, and the flag does it', async () => {
      await home.logIn(['bot', 'add'], 'techydrroid')
      const before = await readFile(store())
      const {exitCode, stderr} = await home.run(replace('another'))
      assert.equal(exitCode, 2)
      assert.match(stderr, /twitch\/techydrroid[^]*--yes/)
      assert.deepEqual(await readFile(store()), before)
      const end = await home.run(replace('another', '--yes', '--json'))
      assert.equal((parseJson(end) as {login_needed: number}).login_needed, 1)
    })

    it('asks at a terminal', async () => {
      await home.logIn(['bot', 'add'], 'techydrroid')
      const steps = (yes: boolean): Step[] => [
        [/^Client Type/, 'public'],
        [/^Change it/, yes],
      ]
      const {id} = home.sandbox.publicClient
      const no = await talk(replace(id), steps(false))
      assert.match(no.stderr, /Nothing was changed/)
      assert.equal((await show()).client_id, client().id)
      assert.equal((await talk(replace(id), steps(true))).exitCode, 0)
      assert.equal((await show()).client_id, id)
    })

    it('checks in a script with --check: 3', async () => {
      const before = await readFile(store())
      const argv = replace(client().id, '--client-secret-file', '-', '--check')
      assert.equal((await home.run(argv, {stdin: 'made-up-wrong-secret'})).exitCode, 3)
      assert.deepEqual(await readFile(store()), before)
      assert.equal((await home.run(argv, {stdin: secret()})).exitCode, 0)
    })

    it('does not find what is not there: 5', async () => {
      assert.equal((await home.run(['provider', 'replace', 'github', '--client-id', 'made-up'])).exitCode, 5)
    })
  })
})

describe('provider add of another service', () => {
  let home: CommandHome

  beforeEach(async () => {
    home = await makeCommandHome({client: 'none'})
  })
  afterEach(() => home.remove())

  const show = async (name: string) =>
    parseJson(await home.run(['provider', 'show', name, '--json'])) as Record<string, unknown>
  const add = (name: string, ...more: string[]) =>
    home.run(['provider', 'add', name, '--client-id', 'made-up', ...more])

  it('has its name chosen, and is asked what its addresses need to be told', async () => {
    const asked: string[] = []
    const end = await home.run(['provider', 'add', '--no-check', '--no-login'], {
      prompts: {
        search: (question, choices) => {
          asked.push(question)
          assert(choices.length > 200)
          const chosen = choices.find(({value}) => value === 'okta')
          assert(chosen)
          return Promise.resolve(chosen.value)
        },
        askText: (question) => {
          asked.push(question)
          return Promise.resolve(question.startsWith('subdomain') ? ' acme ' : 'made-up')
        },
        askSecret: () => Promise.resolve(new Secret('made-up-secret')),
      },
    })
    assert.equal(end.exitCode, 0, end.stderr)
    assert.deepEqual(asked, [
      'Which service? (type a part of its name)',
      'subdomain (what stands before .okta.com):',
      'Client ID:',
    ])
    assert.match(end.stderr, /^Setting up Okta:\n\(Its addresses come from a public list\./m)
    assert.equal((await show('okta')).token_url, 'https://acme.okta.com/oauth2/v1/token')
  })

  it('shows the settings that only few services have', async () => {
    await add('notion')
    const {token_body: body, request_headers: headers, identity, ...rest} = await show('notion')
    assert.deepEqual([body, headers], ['json', {'notion-version': '2026-03-11'}])
    assert.deepEqual(identity, {
      user_id: 'bot.owner.user.id',
      login: 'bot.owner.user.person.email',
      display_name: 'bot.owner.user.name',
    })
    assert.deepEqual([rest.auth_method, rest.pkce], ['none', false])
    await add('slack')
    const slack = await show('slack')
    assert.deepEqual([slack.scope_parameter, slack.revoke_by], ['user_scope', 'bearer'])
    await add('dropbox')
    assert.equal((await show('dropbox')).userinfo_method, 'POST')
    await add('zoom')
    assert.equal((await show('zoom')).refresh_token_life_days, 90)
    await add('webex')
    assert.equal((await show('webex')).device_token_url, 'https://webexapis.com/v1/device/token')
    assert.match((await home.run(['provider', 'show', 'notion'])).stdout, /^headers +notion-version: 2026-03-11$/m)
  })

  it('names where the services are listed, when there is no name and no terminal', async () => {
    const end = await home.run(['provider', 'add'])
    assert.equal(end.exitCode, 2)
    assert.match(end.stderr, /behalf provider presets/)
  })

  it('fills in what is given, or its usual value', async () => {
    assert.equal((await add('acme', '--preset', 'zendesk', '--preset-option', 'subdomain=acme')).exitCode, 0)
    assert.equal((await show('acme')).token_url, 'https://acme.zendesk.com/oauth/tokens')
    assert.equal((await add('gitlab')).exitCode, 0)
    assert.equal((await show('gitlab')).api_url, 'https://gitlab.com/api/v4')
    assert.equal(
      (await add('gitlab-here', '--preset', 'gitlab', '--preset-option', 'host=git.acme.example')).exitCode,
      0,
    )
    assert.equal((await show('gitlab-here')).api_url, 'https://git.acme.example/api/v4')
    assert.equal((await add('23andme')).exitCode, 0)
  })

  it('keeps the addresses that are typed under a name whose preset would have to be told more', async () => {
    const urls = [
      '--authorize-url',
      'https://id.acme.example/authorize',
      '--token-url',
      'https://id.acme.example/token',
    ]
    assert.equal((await add('okta', ...urls)).exitCode, 0)
    assert.equal((await show('okta')).preset, undefined)
  })

  const refused: [string[], number, RegExp][] = [
    [['okta'], 2, /subdomain is missing[^]*--preset-option subdomain=…, what stands before \.okta\.com/],
    [['okta', '--preset-option', 'subdomain=acme', '--preset-option', 'color=red'], 2, /no option “color”/],
    [['github', '--preset-option', 'subdomain=acme'], 2, /no option “subdomain”/],
    [['acme', '--preset-option', 'subdomain=acme', '--token-url', 'https://a.example/token'], 2, /there is none/],
    [['okta', '--preset-option', 'subdomain'], 2, /is not an option of a preset/],
    [['okta', '--preset-option', 'subdomain=a', '--preset-option', 'subdomain=b'], 2, /is not an option of a preset/],
    ...['evil.example/', 'a/b', 'a@b', 'a#b', 'a?b', 'a:443', '', '-a', 'a b', '..', 'a..b', 'ü'].map(
      (text): [string[], number, RegExp] => [
        ['okta', '--preset-option', `subdomain=${text}`],
        2,
        /cannot be the subdomain|is not an option of a preset/,
      ],
    ),
    ...['evil.example@acme.example', 'a/../b', 'acme.example/?', 'https://acme.example', 'acme.example:port'].map(
      (text): [string[], number, RegExp] => [['keycloak', '--preset-option', `host=${text}`], 2, /cannot be the host/],
    ),
  ]
  for (const [argv, exitCode, message] of refused) {
    it(`is refused: ${argv.join(' ')}`, async () => {
      const [name = '', ...more] = argv
      const end = await add(name, ...more)
      assert.equal(end.exitCode, exitCode)
      assert.match(end.stderr, message)
    })
  }
})

describe('provider presets', () => {
  it('are a table, or with --json a list, and can be filtered', async () => {
    const {runCommand} = await import('../../support/run-command.js')
    const all = await runCommand(['provider', 'presets'])
    assert.match(all.stdout, /^NAME +VERIFIED +DEVICE +REGISTER AN APPLICATION AT\n/)
    assert.match(all.stdout, /^twitch +yes +yes +https:\/\/dev\.twitch\.tv\/console\/apps$/m)
    assert.match(all.stdout, /^gitlab +yes +yes +https:\/\/gitlab\.com\//m)
    assert.match(all.stdout, /^okta +no +no +–$/m)
    assert(all.stdout.trimEnd().split('\n').length > 200)
    const {presets} = parseJson(await runCommand(['provider', 'presets', 'GOO', '--json'])) as {
      presets: {name: string}[]
    }
    assert.deepEqual(
      presets.map(({name}) => name),
      ['goodreads', 'google'],
    )
    assert.deepEqual(parseJson(await runCommand(['provider', 'presets', 'nobody', '--json'])), {presets: []})
  })
})
