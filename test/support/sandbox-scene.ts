import assert from 'node:assert/strict'

import {beginLogin, type LoginInput} from '../../src/broker/begin-login.js'
import type {BrokerDeps, HelixPort} from '../../src/broker/broker-deps.js'
import {callHelix} from '../../src/broker/call-helix.js'
import type {HelixInput} from '../../src/broker/plan-helix-call.js'
import type {LoginResult} from '../../src/broker/complete-login.js'
import {callHelix as sendHelix} from '../../src/helix/helix-client.js'
import {helixMap} from '../../src/helix/helix-map.js'
import {isOAuth2Account, type OAuth2Account} from '../../src/model/account.js'
import type {Provider} from '../../src/model/provider.js'
import {createProviderClient} from '../../src/providers/oauth-client.js'
import type {CallRecord} from '../../src/sandbox/call-log.js'
import type {Fault} from '../../src/sandbox/fault-queue.js'
import {approveDevice, findPendingDevice} from '../../src/sandbox/oauth/device-routes.js'
import {startSandbox, type Sandbox, type SandboxOptions} from '../../src/sandbox/start-sandbox.js'
import {makeBrokerWorld, type BrokerWorld} from './broker-world.js'
import {createFakeClock, type FakeClock} from './fake-clock.js'
import {makeTwitch} from './make-twitch.js'

/** The broker at the sandbox, over sockets; both see the same clock. */
export interface SandboxScene extends BrokerWorld {
  readonly sandbox: Sandbox
  /** As it was configured at first, under the name `twitch`. */
  readonly provider: Provider
  logIn(login: string, input?: Partial<LoginInput>): Promise<LoginResult>
  account(key: string): Promise<OAuth2Account>
  helix(input?: Partial<HelixInput>): ReturnType<typeof callHelix>
  /** The next refreshes go wrong so. */
  failRefresh(fault: Partial<Fault> & Pick<Fault, 'kind'>): void
  fail(path: string, fault: Partial<Fault> & Pick<Fault, 'kind'>): void
  /** What has reached the sandbox below this path. */
  calls(path: string): CallRecord[]
  /** Requests with a refresh token. */
  refreshes(): CallRecord[]
}

const HELIX: HelixPort = {
  ...helixMap,
  send: sendHelix,
}

/** @param kind Which of the sandbox's clients the broker is; a public one logs in by device. */
export async function makeSandboxScene(
  kind: 'confidential' | 'public' = 'confidential',
  {clock = createFakeClock(undefined, {autoAdvance: true}), irc}: {clock?: FakeClock; irc?: SandboxOptions['irc']} = {},
): Promise<SandboxScene> {
  const sandbox = await startSandbox({clock, ...(irc && {irc})})
  const world = await makeBrokerWorld({clock, client: createProviderClient({clock})})
  const client = kind === 'public' ? sandbox.publicClient : sandbox.confidentialClient
  const provider = makeTwitch(sandbox.url, client)
  await world.store.providers.put(provider)
  const {state} = sandbox
  const fail: SandboxScene['fail'] = (path, fault) => {
    const rest = {match: {}, count: 1, after: 0, process: false, status: 503, headers: {}, body: undefined, delayMs: 0}
    state.faults.add({path, ...rest, ...fault})
  }
  const calls = (path: string) => state.calls.list().filter((call) => call.path.startsWith(path))
  return {
    ...world,
    sandbox,
    provider,
    fail,
    calls,
    logIn: (login, input = {}) =>
      logInAtSandbox(world.deps, sandbox, login, {role: 'bot', scopes: [], method: 'browser', ...input}),
    async account(key) {
      const account = await world.store.accounts.get(key)
      assert.ok(account && isOAuth2Account(account), `there is no ${key}`)
      return account
    },
    helix: (input = {}) =>
      callHelix({...world.deps, helix: HELIX}, {method: 'GET', path: 'users', query: [], ...input}),
    failRefresh: (fault) => fail('/oauth2/token', {match: {grant_type: 'refresh_token'}, ...fault}),
    refreshes: () => calls('/oauth2/token').filter(({grantType}) => grantType === 'refresh_token'),
    async dispose() {
      await world.dispose()
      await sandbox.stop()
    },
  }
}

/** A person logs in as `login` and approves at once. */
async function logInAtSandbox(
  deps: BrokerDeps,
  {state}: Sandbox,
  login: string,
  input: LoginInput,
): Promise<LoginResult> {
  state.settings.auto = {kind: 'approve', login}
  const pending = await beginLogin(deps, input)
  if (pending.kind === 'device') {
    const device = findPendingDevice(state, pending.userCode)
    const user = state.findUserByLogin(login)
    assert.ok(device && user)
    approveDevice(state, device, user)
    return pending.finish(new AbortController().signal)
  }
  const response = await fetch(pending.authorizationUrl, {redirect: 'manual'})
  const back = new URL(response.headers.get('location') ?? '')
  return pending.finish(back.searchParams)
}
