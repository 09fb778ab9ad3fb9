import {openDaemon, type ServeInput} from '../../src/compose-daemon.js'
import type {WatchedDeps} from '../../src/compose-deps.js'
import {createLazyProviderClient, createProviderSource} from '../../src/compose-providers.js'
import type {Settings} from '../../src/config/settings.js'
import {createSystemClock} from '../../src/config/system-clock.js'
import {createSystemRandom} from '../../src/config/system-random.js'
import {watchLocks} from '../../src/store/held-locks.js'
import {openRedisStore} from '../../src/store/redis/redis-store.js'

/**
 * A daemon over Redis as a process of its own: `daemon-child.ts LEASE_MS [INPUT]`. Its settings come from the
 * environment; `INPUT` is what it is told otherwise than here, in JSON. It prints where it is, and ends at SIGTERM.
 */
const [lease = '', more = '{}'] = process.argv.slice(2)

const input: ServeInput = {
  listen: '127.0.0.1:0',
  socket: false,
  logLevel: 'info',
  maxPassthroughBytes: 1 << 20,
  refreshRate: 500,
  metricsPerAccount: false,
  staleAuthMs: 10_000,
  publicLogins: [],
  loginTokens: false,
  allowPrivateAddresses: false,
  version: '0.0.0',
  logStream: process.stderr,
  ...(JSON.parse(more) as Partial<ServeInput>),
}

async function openDeps(settings: Settings): Promise<WatchedDeps> {
  if (settings.store.kind !== 'redis') throw new Error('This daemon is for Redis')
  const clock = createSystemClock()
  const options = {place: settings.store, secret: settings.sealingSecret, clock, leaseMs: Number(lease)}
  const store = await openRedisStore(options)
  const locks = watchLocks(store.accounts)
  return {
    store: {
      ...store,
      accounts: locks.accounts,
      async close() {
        await locks.drain()
        await store.close()
      },
    },
    clock,
    random: createSystemRandom(),
    providerClient: createLazyProviderClient(clock, settings),
    providers: createProviderSource(settings),
    isRefreshing: () => locks.isHeld(),
  }
}

const start = await openDaemon(input, openDeps)
if (start.kind !== 'serving') throw new Error('Another daemon is there')
process.once('SIGTERM', () => void start.daemon.stop().then(() => process.exit(0)))
process.stdout.write(`${JSON.stringify({url: start.daemon.url})}\n`)
