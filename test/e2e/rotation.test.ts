import assert from 'node:assert/strict'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'

import {findFreePort} from '../../src/cli/demo-stage.js'
import type {Store} from '../../src/store/store.js'
import {watch} from '../support/e2e-run.js'
import {startOidcServer, type OidcServer} from '../support/oidc-server.js'
import {makeHome, type ProgramHome} from '../support/program-home.js'
import type {RunningProgram} from '../support/running-program.js'
import {tokensOf} from '../support/tokens-of.js'
import {until} from '../support/until.js'

const PROCESSES = 8
const EXPIRIES = 100
const BOT = 'helper'
const KEY = 'work:sub-helper'

describe('a provider that rotates refresh tokens and ends a grant when one comes again', function () {
  this.timeout(300_000)

  let server: OidcServer
  let home: ProgramHome
  let store: Store

  before(async () => {
    const callbackUrl = `http://localhost:${String(await findFreePort())}/callback`
    server = await startOidcServer({redirectUris: [callbackUrl], onSecret: (kind, value) => watch.keep(kind, value)})
    home = await makeHome()
    await home.run(
      [
        ...['provider', 'add', 'work', '--issuer', server.issuer, '--scope', 'openid', '--scope', 'profile'],
        ...['--client-id', server.client.id, '--client-secret-file', '-', '--callback-url', callbackUrl],
      ],
      {stdin: server.client.secret},
    )
    const add = home.start(['bot', 'add', '--no-open'])
    await fetch(await server.authorizeWithoutBrowser(await add.address, BOT))
    assert.equal((await add.ended).exitCode, 0)
    store = await home.openStore()
  })
  after(async () => {
    await store.close()
    await home.remove()
    await server.stop()
  })

  const isFresh = async (): Promise<boolean> => (tokensOf(await store.accounts.get(KEY)).expiresAt ?? 0) > Date.now()

  const expire = () =>
    store.accounts.update(KEY, (account) => ({
      ...account,
      credential: {...account.credential, expiresAt: Date.now() - 1},
    }))

  const listRefreshes = () => server.grants.filter(({type}) => type === 'refresh_token')
  const refreshedTimes = (count: number) => Array.from({length: count}, () => ({type: 'refresh_token'}))

  it(`sees no token twice: ${String(PROCESSES)} processes that want it all the time, ${String(EXPIRIES)} expiries`, async () => {
    const before = listRefreshes().length
    const callers = Array.from({length: PROCESSES}, () => startCaller())
    await until('all of them had a token', () => callers.every(({soFar}) => soFar.stdout !== ''))
    for (let count = 0; count < EXPIRIES; count += 1) {
      await expire()
      await until('somebody refreshed the token', isFresh)
    }
    for (const {child} of callers) child.stdin?.end()
    for (const caller of callers) {
      const {exitCode, stderr} = await caller.ended
      assert.deepEqual([exitCode, stderr], [0, ''])
    }
    assert.deepEqual(listRefreshes().slice(before), refreshedTimes(EXPIRIES))
  })

  function startCaller(): RunningProgram {
    const script = fileURLToPath(new URL('../support/token-caller.ts', import.meta.url))
    const args = ['--import', 'tsx', script, home.storePath, home.keyPath, KEY]
    return home.startHere(process.execPath, args, {keepStdinOpen: true, cwd: join(import.meta.dirname, '../..')})
  }

  it(`sees no token twice: ${String(PROCESSES)} × behalf refresh --force at once`, async () => {
    const before = listRefreshes().length
    const ends = await Promise.all(Array.from({length: PROCESSES}, () => home.run(['refresh', BOT, '--force'])))
    assert.deepEqual(
      ends.map(({exitCode, stderr}) => [exitCode, stderr]),
      ends.map(() => [0, '']),
    )
    const refreshes = listRefreshes().slice(before)
    assert.ok(refreshes.length >= 1 && refreshes.length <= PROCESSES)
    assert.deepEqual(refreshes, refreshedTimes(refreshes.length))
  })
})
