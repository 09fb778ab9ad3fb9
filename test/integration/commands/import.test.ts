import assert from 'node:assert/strict'
import {mkdir, writeFile} from 'node:fs/promises'
import {join} from 'node:path'

import type {Client} from '../../../src/sandbox/records.js'
import {makeCommandHome, type CommandHome} from '../../support/command-home.js'
import {grantElsewhere, GRANTED_ELSEWHERE} from '../../support/grant-elsewhere.js'
import {parseJson, runCommand, type CommandEnd} from '../../support/run-command.js'

const BOT = 'techydrroid'

interface Imported {
  account: {login: string; role: string; state: string}
  created: boolean
  already_imported: boolean
  copy_ended: boolean
}

for (const client of ['confidential', 'public'] as const) {
  describe(`import, of a ${client} client`, () => {
    let home: CommandHome
    let file: string
    let own: Client

    before(async () => {
      home = await makeCommandHome({client})
      const {publicClient, confidentialClient} = home.sandbox
      own = client === 'public' ? publicClient : confidentialClient
      // Where twitch-cli keeps it, for XDG_CONFIG_HOME is set to this folder.
      const folder = join(home.folder, 'config/twitch-cli')
      await mkdir(folder, {recursive: true})
      file = join(folder, '.twitch-cli.env')
    })
    after(() => home.remove())
    afterEach(() => home.run(['logout', BOT]))

    async function writeTwitchCli(change: Record<string, string> = {}): Promise<void> {
      const {accessToken, refreshToken} = await grantElsewhere(home.sandbox, own, BOT)
      const settings = {
        ACCESSTOKEN: accessToken,
        CLIENTID: own.id,
        CLIENTSECRET: own.secret ?? '',
        REFRESHTOKEN: refreshToken,
        TOKENSCOPES: `[${GRANTED_ELSEWHERE.join(' ')}]`,
        ...change,
      }
      const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`)
      await writeFile(file, lines.join(''))
    }

    /** Neither output has a token in it. */
    function checkSecrecy({stdout, stderr}: CommandEnd): void {
      const {accessTokens, refreshTokens} = home.sandbox.state
      for (const token of [...accessTokens.keys(), ...refreshTokens.keys()]) {
        assert.equal(`${stdout}${stderr}`.includes(token), false)
      }
    }

    describe('refresh-token', () => {
      const run = (stdin: string, ...argv: string[]) =>
        home.run(['import', 'refresh-token', '--provider', 'twitch', ...argv], {stdin})

      it('takes the token on stdin, and says what became of the copy', async () => {
        const {refreshToken} = await grantElsewhere(home.sandbox, own, BOT)
        const end = await run(`${refreshToken}\n`, '--role', 'bot', '--expect', BOT)
        assert.deepEqual([end.exitCode, end.stdout], [0, ''])
        assert.match(end.stderr, /^✓ Imported the bot twitch\/techydrroid\.\n/)
        assert.match(
          end.stderr,
          client === 'public' ? /copy that was imported no longer works/ : /copy .* goes on working/,
        )
        checkSecrecy(end)
        const again = await run(refreshToken, '--role', 'bot')
        assert.match(again.stderr, /^✓ This token was imported before, as the bot twitch\/techydrroid/)
      })

      it('asks for the token at a terminal, without showing it', async () => {
        const {refreshToken} = await grantElsewhere(home.sandbox, own, BOT)
        const {Secret} = await import('../../../src/model/secret.js')
        const asked: string[] = []
        const end = await home.run(['import', 'refresh-token', '--provider', 'twitch', '--role', 'bot', '--json'], {
          prompts: {
            askSecret(question) {
              asked.push(question)
              return Promise.resolve(new Secret(refreshToken))
            },
          },
        })
        const {account, created, already_imported, copy_ended} = parseJson(end) as Imported
        assert.deepEqual([account.login, account.role, account.state], [BOT, 'bot', 'ok'])
        assert.deepEqual([created, already_imported, copy_ended], [true, false, client === 'public'])
        assert.deepEqual(asked, ['Refresh token:'])
      })

      it('refuses nothing, too much, and what is no token', async () => {
        for (const [stdin, exitCode] of [
          ['', 2],
          ['\n', 2],
          ['two words', 2],
          ['x'.repeat(70_000), 2],
          ['made-up-and-unknown', 4],
        ] as const) {
          const end = await run(stdin, '--role', 'bot')
          assert.equal(end.exitCode, exitCode, end.stderr)
        }
        assert.deepEqual(parseJson(await home.run(['bot', 'list', '--json'])), {bots: []})
      })

      it('says that there is nothing when nobody can be asked and nothing is typed', async () => {
        const end = await home.run(['import', 'refresh-token', '--provider', 'twitch'], {
          prompts: {askSecret: () => Promise.resolve(undefined)},
        })
        assert.equal(end.exitCode, 2)
        assert.match(end.stderr, /There is no token/)
      })

      it('refuses the wrong person, exit 4', async () => {
        const {refreshToken} = await grantElsewhere(home.sandbox, own, BOT)
        const end = await run(refreshToken, '--role', 'bot', '--expect', 'otherbot')
        assert.equal(end.exitCode, 4)
        assert.match(end.stderr, /^✗ techydrroid authorized, but otherbot was expected\./)
        checkSecrecy(end)
        const status = await home.run(['status'])
        if (client === 'confidential') return
        const [, forget = ''] = /: behalf (logout twitch\/subject:import:\S+)\n/.exec(status.stderr) ?? []
        assert.match(status.stdout, /unfinished/)
        assert.equal((await home.run(forget.split(' '))).exitCode, 0)
        assert.doesNotMatch((await home.run(['status'])).stdout, /unfinished/)
      })
    })

    describe('twitch-cli', () => {
      const run = (...argv: string[]) => home.run(['import', 'twitch-cli', ...argv])

      it('takes the user token from where twitch-cli keeps it', async () => {
        await writeTwitchCli()
        const end = await run('--role', 'bot')
        assert.deepEqual([end.exitCode, end.stdout], [0, ''], end.stderr)
        assert.match(end.stderr, /^✓ Imported the bot twitch\/techydrroid\.\nThe token that twitch-cli has /)
        checkSecrecy(end)
        const users = parseJson(await home.run(['helix', 'get', 'users', '--as', BOT])) as {data: {login: string}[]}
        assert.equal(users.data[0]?.login, BOT)
      })

      it('prints an object with --json', async () => {
        await writeTwitchCli()
        const {login, ...rest} = parseJson(await run(file, '--role', 'bot', '--json')) as {login: Imported}
        assert.deepEqual(rest, {provider: 'twitch', provider_added: false})
        assert.deepEqual([login.account.login, login.already_imported], [BOT, false])
      })

      it('has an application alone to offer where nobody has logged in', async () => {
        await writeTwitchCli({REFRESHTOKEN: '', ACCESSTOKEN: ''})
        const end = await run('--role', 'bot')
        assert.equal(end.exitCode, 0)
        assert.match(end.stderr, /behalf bot add --provider twitch\n$/)
        assert.deepEqual(parseJson(await run('--json')), {provider: 'twitch', provider_added: false, login: null})
      })

      it('refuses another application than the provider has, and stores nothing', async () => {
        await writeTwitchCli({CLIENTID: 'another-client'})
        const end = await run('--role', 'bot')
        assert.equal(end.exitCode, 2)
        assert.match(end.stderr, /another client id.*\n.*behalf import twitch-cli --provider twitch-cli/)
      })

      it('refuses a file that is not there, not text, or too large', async () => {
        assert.match((await run(join(home.folder, 'none'))).stderr, /there is no such file/)
        await writeFile(file, Buffer.from([0x43, 0x4c, 0xff, 0xfe]))
        assert.match((await run()).stderr, /not UTF-8/)
        await writeFile(file, 'CLIENTID=abc\n'.repeat(10_000))
        const end = await run()
        assert.equal(end.exitCode, 2)
        assert.match(end.stderr, /more than 65536 bytes/)
      })
    })
  })
}

describe('import twitch-cli', () => {
  it('reads stdin for -', async () => {
    const end = await runCommand(['import', 'twitch-cli', '-'], {
      stdin: 'CLIENTID=made-up\nCLIENTSECRET=\n',
      behalf: {
        importTwitchCli(input) {
          assert.deepEqual(input, {
            role: 'owner',
            replaceOwner: false,
            clientId: 'made-up',
            scopes: [],
            provider: 'twitch',
          })
          return Promise.resolve({provider: 'twitch', providerAdded: true})
        },
      },
    })
    assert.equal(end.exitCode, 0, end.stderr)
    assert.match(end.stderr, /^✓ Added the provider twitch\.\n.*behalf login --provider twitch\n$/)
  })
})
