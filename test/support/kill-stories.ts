import assert from 'node:assert/strict'

import {getFreshToken} from '../../src/broker/get-fresh-token.js'
import {refreshAccount} from '../../src/broker/refresh-account.js'
import {findFreePort} from '../../src/cli/demo-stage.js'
import type {Account} from '../../src/model/account.js'
import {SECOND_MS} from '../../src/model/time.js'
import {shortHash} from '../../src/sandbox/random-text.js'
import type {Client} from '../../src/sandbox/records.js'
import type {Sandbox} from '../../src/sandbox/start-sandbox.js'
import type {Store} from '../../src/store/store.js'
import {brokerOf} from './broker-of.js'
import type {ProgramHome} from './program-home.js'
import type {ProgramEnd, RunningProgram} from './running-program.js'
import {stockHome} from './stocked-home.js'
import {tokensOf} from './tokens-of.js'

/** The account that a story is about; beside it there is one that nothing happens to. */
export const BYSTANDER = 'viewer_vera'

export interface KillStory {
  readonly title: string
  makeHome(sandbox: Sandbox, login: string): Promise<ProgramHome>
  start(home: ProgramHome, login: string): RunningProgram
  /** What must be true once the process is dead, whenever that was. */
  check(scene: KilledScene): Promise<void>
}

export interface KilledScene {
  sandbox: Sandbox
  store: Store
  key: string
  /** The account as the store tells it after the kill. */
  account: Account
  before: Account
  end: ProgramEnd
}

/** After this the access token in hand may be asked about (design 7, rule 5, `probe`). */
const PROBE_AFTER_MS = 31 * SECOND_MS

/** Rule 2: what is handed out is durable. Rule 5, `safe`: whatever was lost is asked for again, and the next call works. */
export const refreshWithSecret: KillStory = {
  title: 'a refresh with a client secret',
  makeHome: (sandbox, login) => stockHome(sandbox, [{login, lifeMs: -SECOND_MS}, {login: BYSTANDER}]),
  start: (home, login) => home.start(['bot', 'token', login], {printsSecret: true}),
  async check({sandbox, store, key, account, end}) {
    const isDurable = account.doubt?.hasReply === true || tokensOf(account).accessToken.reveal() === end.stdout.trim()
    assert.ok(end.stdout === '' || isDurable, 'a token was handed out that is not kept')
    await assertWorks(sandbox, store, key)
  },
}

/** Rule 5, `probe`: a login is needed only if the provider used the token up and nobody has its reply. No replay, ever. */
export const refreshWithoutSecret: KillStory = {
  title: 'a refresh of a public client',
  makeHome: (sandbox, login) => stockHome(sandbox, [{login}, {login: BYSTANDER}], {client: sandbox.publicClient}),
  start: (home, login) => home.start(['refresh', login, '--force']),
  async check({sandbox, store, key, account, before}) {
    const isLost =
      tokensOf(account).refreshToken?.reveal() === tokensOf(before).refreshToken?.reveal() &&
      account.doubt?.hasReply !== true &&
      countProcessed(sandbox, before) > 0
    const {accessToken: seen} = tokensOf(before)
    const result = await refreshAccount(brokerOf(store, PROBE_AFTER_MS), {
      key,
      cause: 'forced',
      seen,
      urgency: 'demand',
    })
    if (isLost) {
      assert.equal(result.kind, 'rejected')
      assert.deepEqual((await store.accounts.get(key))?.state.kind, 'login-needed')
    } else {
      assert.ok(result.kind === 'refreshed' || result.kind === 'superseded', result.kind)
      await assertWorks(sandbox, store, key)
    }
    assert.equal(countProcessed(sandbox, before) <= 1, true)
    assert.ok(sandbox.state.findGrant(before.clientId, before.userId), 'nothing was sent twice')
  },
}

/** An owner who logs in again is the old one or the new one, and works either way. */
export const login: KillStory = {
  title: 'a login',
  async makeHome(sandbox, name) {
    const callbackUrl = `http://localhost:${String(await findFreePort())}/callback`
    register(sandbox.confidentialClient, callbackUrl)
    return stockHome(sandbox, [{login: name, role: 'owner'}, {login: BYSTANDER}], {callbackUrl})
  },
  start(home, name) {
    const program = home.start(['login', '--no-open'])
    void program.address.then((address) => consent(address, name)).catch(() => undefined)
    return program
  },
  async check({sandbox, store, key, account, before, end}) {
    const saysSo = end.stderr.includes('Logged in')
    assert.ok(!saysSo || account.grantId !== before.grantId, 'a login was told of that is not kept')
    await assertWorks(sandbox, store, key)
  },
}

/** A write is there or not; one that was told of is there. */
export const write: KillStory = {
  title: 'a write',
  makeHome: (sandbox, name) => stockHome(sandbox, [{login: name}, {login: BYSTANDER}]),
  start: (home, name) =>
    home.start(['token', 'issue', 'overlay', '--scope', 'helix:read', '--as', name], {printsSecret: true}),
  async check({sandbox, store, key, account, before, end}) {
    const tokens = await store.apiTokens.list()
    assert.ok(tokens.length === 1 || (tokens.length === 0 && end.stdout === ''), 'a token was told of that is not kept')
    assert.deepEqual(account, before)
    await assertWorks(sandbox, store, key)
  },
}

/** The next call has a token that the provider takes. */
async function assertWorks(sandbox: Sandbox, store: Store, key: string): Promise<void> {
  const {accessToken} = await getFreshToken(brokerOf(store), key, 0)
  const issued = sandbox.state.accessTokens.get(accessToken.reveal())
  assert.ok((issued?.expiresAt ?? 0) > Date.now(), 'the next call has a living token')
}

/** How often the provider has done what a refresh with this account's token asked for. */
function countProcessed({state}: Sandbox, account: Account): number {
  const hash = shortHash(tokensOf(account).refreshToken?.reveal() ?? '')
  return state.calls.list().filter((call) => call.refreshTokenHash === hash && call.status === 200).length
}

function register(client: Client, redirectUri: string): void {
  client.redirectUris.push(redirectUri)
}

async function consent(address: string, name: string): Promise<void> {
  const answer = await fetch(address, {headers: {'x-sandbox-auto': name}, redirect: 'manual'})
  await fetch(answer.headers.get('location') ?? '')
}
