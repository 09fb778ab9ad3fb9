import assert from 'node:assert/strict'
import {readFile} from 'node:fs/promises'
import {join} from 'node:path'

import {authorizeAs, makeCommandHome, type CommandHome} from '../../support/command-home.js'
import {loopbackAddresses, occupyPort} from '../../support/free-port.js'
import {parseJson} from '../../support/run-command.js'

const OWNER = 'streamer_sam'

/** The flows that wait, as the store has them. */
async function listFlows(home: CommandHome): Promise<unknown[]> {
  const document = JSON.parse(await readFile(join(home.folder, 'store.json'), 'utf8')) as {flows: object}
  return Object.keys(document.flows)
}

describe('login', () => {
  let home: CommandHome

  beforeEach(async () => {
    home = await makeCommandHome()
  })
  afterEach(() => home.remove())

  const listAccounts = async (): Promise<unknown> => parseJson(await home.run(['status', '--json']))
  const assertNothingStored = async (): Promise<void> => {
    const {accounts} = (await listAccounts()) as {accounts: unknown[]}
    assert.deepEqual(accounts, [])
    assert.deepEqual(await listFlows(home), [])
  }

  it('shows the address alone on a line of stderr, waits for the callback and stores the owner', async () => {
    const {exitCode, stdout, stderr, page} = await home.logIn(['login'], OWNER)
    assert.equal(exitCode, 0, stderr)
    assert.equal(stdout, '')
    assert.match(stderr, /^https?:\/\/\S+\n✓ Logged in as twitch\/streamer_sam\.\n$/)
    assert.equal(page.status, 200)
    assert.match(page.text, /You can close this window/)
    const {accounts} = (await listAccounts()) as {accounts: Record<string, unknown>[]}
    assert.deepEqual(
      accounts.map(({key, role, state}) => ({key, role, state})),
      [{key: 'twitch:1001', role: 'owner', state: 'ok'}],
    )
  })

  it('prints the account with --json, and nothing else', async () => {
    const end = await home.logIn(['login', '--json'], OWNER)
    const {account, ...rest} = parseJson(end) as {account: Record<string, unknown>}
    assert.equal(account.login, OWNER)
    assert.equal(account.user_id, '1001')
    assert.match(String(account.expires_at), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    assert.deepEqual(rest, {created: true, missing_scopes: [], cannot_refresh: false})
  })

  it('asks for the scopes it is given', async () => {
    await home.logIn(['login', '--scope', 'channel:read:polls chat:read', '--scope', 'bits:read'], OWNER)
    const {scopes} = parseJson(await home.run(['status', OWNER, '--json'])) as {scopes: string[]}
    for (const scope of ['channel:read:polls', 'chat:read', 'bits:read']) assert.ok(scopes.includes(scope), scope)
  })

  it('refuses a scope that does not exist before anything is opened', async () => {
    const {exitCode, stderr} = await home.run(['login', '--scope', 'chat:raed'])
    assert.equal(exitCode, 2)
    assert.match(stderr, /chat:read/)
  })

  describe('ends with 4, stores nothing and says so in the browser', () => {
    type Change = (back: URL) => void
    const changes: [string, Change][] = [
      [
        'when the state does not match',
        (back) => {
          back.searchParams.set('state', 'made-up-state')
        },
      ],
      [
        'when there is no state',
        (back) => {
          back.searchParams.delete('state')
        },
      ],
      [
        'when the state is there twice',
        (back) => {
          back.searchParams.append('state', 'made-up-state')
        },
      ],
      [
        'when the code is not the one given out',
        (back) => {
          back.searchParams.set('code', 'made-up-code')
        },
      ],
    ]
    for (const [condition, change] of changes) {
      it(condition, async () => {
        const {exitCode, stderr, page} = await home.logIn(['login'], async (url) => {
          const back = new URL(await authorizeAs(OWNER, url))
          change(back)
          return fetch(back)
        })
        assert.equal(exitCode, 4, stderr)
        assert.equal(page.status, 400)
        assert.match(page.text, /Nothing was stored/)
        await assertNothingStored()
      })
    }

    it('when the person says no', async () => {
      const {exitCode, stderr, page} = await home.logIn(['login'], 'deny')
      assert.equal(exitCode, 4)
      assert.match(stderr, /✗ /)
      assert.match(page.text, /Nothing was stored/)
      await assertNothingStored()
    })

    it('when it is someone else than the owner, who stays', async () => {
      await home.logIn(['login'], OWNER)
      const {exitCode, stderr, page} = await home.logIn(['login'], 'viewer_vera')
      assert.equal(exitCode, 4, stderr)
      assert.match(stderr, /--replace/)
      assert.match(page.text, /someone else/)
      const {accounts} = (await listAccounts()) as {accounts: {login: string}[]}
      assert.deepEqual(
        accounts.map(({login}) => login),
        [OWNER],
      )
    })
  })

  it('ends with 4 when a callback is replayed to a later login', async () => {
    let used = ''
    await home.logIn(['login'], async (url) => fetch((used = await authorizeAs(OWNER, url))))
    const {exitCode} = await home.logIn(['login'], () => fetch(used))
    assert.equal(exitCode, 4)
  })

  it('takes someone else as the owner with --replace', async () => {
    await home.logIn(['login'], OWNER)
    const {exitCode, stderr} = await home.logIn(['login', '--replace'], 'viewer_vera')
    assert.equal(exitCode, 0, stderr)
  })

  it('gives up after --timeout with 4, says what to type, and forgets the flow', async () => {
    const {exitCode, stdout, stderr} = await home.run(['login', '--timeout', '1s', '--json'])
    assert.equal(exitCode, 4)
    assert.match(stderr, /^https?:\/\/\S+\n$/)
    assert.deepEqual(JSON.parse(stdout), {
      error: {code: 'login-failed', message: 'Nobody finished the login within 1 s.', hint: 'behalf login'},
    })
    assert.deepEqual(await listFlows(home), [])
  })

  it('gives up on a signal, and says that it was interrupted', async () => {
    const end = await home.run(['login'], {
      watch: (running) =>
        void running.stderr.waitFor(/^https?:/m).then(() => {
          running.send('SIGINT')
        }),
    })
    assert.equal(end.exitCode, 130)
    assert.equal(end.stdout, '')
    assert.deepEqual(await listFlows(home), [])
    assert.match(end.stderr, /^https?:\/\/\S+\n✗ Interrupted\.\n$/)
  })

  for (const host of loopbackAddresses) {
    it(`ends with 3 when the callback port is taken on ${host} alone, and says what can be done`, async () => {
      const port = Number(new URL(home.redirectUri).port)
      const neighbour = await occupyPort(port, host)
      try {
        const {exitCode, stderr} = await home.run(['login'])
        assert.equal(exitCode, 3)
        assert.match(stderr, /--paste or --device.*BEHALF_CALLBACK_URL/)
        assert.doesNotMatch(stderr, /^https?:/m, 'nobody is sent anywhere')
      } finally {
        await neighbour.free()
      }
    })
  }

  describe('at a terminal', () => {
    it('opens the browser, and shows the address in case it does not open', async () => {
      let opened = ''
      const {exitCode, stderr} = await home.logIn(['login'], OWNER, {
        prompts: {},
        openBrowser: (url) => {
          opened = url
          return Promise.resolve()
        },
      })
      assert.equal(exitCode, 0, stderr)
      assert.ok(stderr.includes(`\n${opened}\n`))
    })

    it('falls back to the address when no browser can be opened', async () => {
      const openBrowser = () => Promise.reject(new Error('no display'))
      const {exitCode, stderr} = await home.logIn(['login'], OWNER, {prompts: {}, openBrowser})
      assert.equal(exitCode, 0, stderr)
      assert.match(
        stderr,
        /^No browser can be opened here\..* --device or --paste\.\nOpen this address in any browser:\nhttp:/m,
      )
      assert.doesNotMatch(stderr, /Your browser opens/)
    })

    it('opens nothing with --no-open', async () => {
      const {exitCode, stderr} = await home.logIn(['login', '--no-open'], OWNER, {prompts: {}})
      assert.equal(exitCode, 0, stderr)
    })

    it('asks for the address with --paste, and again when it is something else', async () => {
      const {exitCode, stderr} = await home.run(['login', '--paste'], {
        watch: ({stderr}) =>
          void stderr.waitFor(/^(https?:\/\/\S+)\n/m).then(([, url = '']) => {
            show(url)
          }),
        prompts: {
          async askText(_question, {check}) {
            assert.match(check?.('http://localhost/') ?? '', /code=/)
            const back = await authorizeAs(OWNER, await address)
            assert.equal(check?.(back), undefined)
            return back
          },
        },
      })
      assert.equal(exitCode, 0, stderr)
    })
    it('ends with 130 and forgets the flow when Ctrl-C is pressed at the prompt', async () => {
      const {BehalfError} = await import('../../../src/model/behalf-error.js')
      const askText = () => Promise.reject(new BehalfError('interrupted', 'Interrupted.'))
      const {exitCode} = await home.run(['login', '--paste'], {prompts: {askText}})
      assert.equal(exitCode, 130)
      assert.deepEqual(await listFlows(home), [])
    })

    let show: (url: string) => void
    let address: Promise<string>
    beforeEach(() => {
      address = new Promise((resolve) => (show = resolve))
    })
  })

  describe('--paste without a terminal', () => {
    it('ends with 2 when nothing is piped in', async () => {
      const {exitCode, stderr} = await home.run(['login', '--paste'])
      assert.equal(exitCode, 2)
      assert.match(stderr, /--paste needs a terminal/)
    })

    it('ends with 2 when what is piped in is no callback', async () => {
      const {exitCode, stderr} = await home.run(['login', '--paste'], {stdin: 'hello\n'})
      assert.equal(exitCode, 2)
      assert.match(stderr, /not the address that the login ended at/)
      await assertNothingStored()
    })
  })
})
