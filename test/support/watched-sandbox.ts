import {startSandbox, type Sandbox, type SandboxOptions} from '../../src/sandbox/start-sandbox.js'
import {watch as sharedWatch} from './e2e-run.js'
import type {SecretWatch} from './secret-watch.js'

/** A sandbox of which every secret is looked for in the end: whatever it ever issues. */
export async function startWatchedSandbox(
  options: SandboxOptions = {},
  watch: SecretWatch = sharedWatch,
): Promise<Sandbox> {
  const sandbox = await startSandbox(options)
  const {clients, codes, deviceCodes, accessTokens, refreshTokens} = sandbox.state
  for (const {secret} of clients.values()) if (secret !== null) watch.keep('client secret', secret)
  keepKeysOf(watch, 'authorization code', codes)
  keepKeysOf(watch, 'device code', deviceCodes)
  keepKeysOf(watch, 'access token', accessTokens)
  keepKeysOf(watch, 'refresh token', refreshTokens)
  return sandbox
}

function keepKeysOf(watch: SecretWatch, kind: string, map: Map<string, unknown>): void {
  const set = map.set.bind(map)
  map.set = (key, value) => {
    watch.keep(kind, key)
    return set(key, value)
  }
}

/** How many refreshes have reached it, whatever it answered. */
export const countRefreshes = ({state}: Sandbox): number =>
  state.calls.list().filter((call) => call.grantType === 'refresh_token').length

/** The next refreshes are processed at once and answered late. */
export function delayRefreshes({state}: Sandbox, delayMs: number, count = 1): void {
  state.faults.add({
    kind: 'delay',
    path: '/oauth2/token',
    match: {grant_type: 'refresh_token'},
    delayMs,
    count,
    after: 0,
    process: true,
    status: 200,
    headers: {},
    body: undefined,
  })
}
