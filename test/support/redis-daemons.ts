import {once} from 'node:events'
import {createServer, type RequestListener} from 'node:http'
import type {AddressInfo} from 'node:net'
import {join} from 'node:path'

import {issueApiToken, type IssueTokenInput} from '../../src/broker/issue-api-token.js'
import {createSystemClock} from '../../src/config/system-clock.js'
import {createSystemRandom} from '../../src/config/system-random.js'
import {originsOf, type Provider} from '../../src/model/provider.js'
import {HOUR_MS} from '../../src/model/time.js'
import {openRedisStore} from '../../src/store/redis/redis-store.js'
import type {Store} from '../../src/store/store.js'
import {makeAccount, type AccountParts} from './make-account.js'
import {makeProvider} from './make-provider.js'
import {makeRedisStorePlace, type RedisStorePlace} from './redis-place.js'
import {startRedisServer, type RedisServer} from './redis-server.js'
import {startDaemonChild, type DaemonChild, type DaemonChildOptions} from './start-daemon-child.js'
import {startTcpProxy, type TcpProxy} from './tcp-proxy.js'

/** Daemons as processes on one Redis, each as on a machine of its own, before an API that answers as a test says. */
export interface RedisDaemons {
  readonly server: RedisServer
  /** The store, without any proxy. */
  readonly store: Store
  readonly provider: Provider
  /** Starts one; `proxy` stands between it and Redis. */
  start(options?: Partial<DaemonChildOptions>): Promise<ProxiedDaemon>
  /** What a process on a machine of its own finds in its environment. */
  environmentOf(machine: string, port?: number): Record<string, string>
  addAccount(parts?: AccountParts): Promise<void>
  issue(parts: Partial<IssueTokenInput>): Promise<string>
  /** How the API and the token endpoint, `/token`, answer from now on. */
  answer(listener: RequestListener): void
  dispose(): Promise<void>
}

export interface ProxiedDaemon extends DaemonChild {
  readonly proxy: TcpProxy
  /** After its end, on the same machine. */
  startAgain(): Promise<ProxiedDaemon>
}

/** The upstream's default: whose token it was sent. */
const tellToken: RequestListener = (request, response) => response.end(request.headers.authorization)

export async function startRedisDaemons(options: {provider?: Partial<Provider>} = {}): Promise<RedisDaemons> {
  const server = await startRedisServer()
  const place: RedisStorePlace = await makeRedisStorePlace({server})
  const clock = createSystemClock()
  const store = await openRedisStore({place: place.place, secret: place.secret, clock})
  let listener: RequestListener = tellToken
  const upstream = createServer((request, response) => listener(request, response))
  upstream.listen(0, '127.0.0.1')
  await once(upstream, 'listening')
  const upstreamUrl = `http://127.0.0.1:${String((upstream.address() as AddressInfo).port)}`
  const endpoints = {apiUrl: `${upstreamUrl}/v1`, tokenUrl: `${upstreamUrl}/token`}
  const provider = makeProvider({...endpoints, ...options.provider})
  await store.providers.put(provider)
  const daemons: ProxiedDaemon[] = []
  const proxies: TcpProxy[] = []

  function environmentOf(machine: string, port = server.port): Record<string, string> {
    const url = new URL(place.url)
    url.port = String(port)
    return {
      HOME: join(place.folder, machine),
      BEHALF_STORE: url.href,
      BEHALF_SECRET_FILE: place.keyPath,
    }
  }

  return {
    server,
    store,
    provider,
    environmentOf,
    async start({leaseMs = 60_000, env = {}, input = {}} = {}) {
      const proxy = await startTcpProxy(server.port)
      proxies.push(proxy)
      const machine = `machine-${String(proxies.length)}`
      const settings = {leaseMs, input, env: {...environmentOf(machine, proxy.port), ...env}}
      const startOne = async (): Promise<ProxiedDaemon> => {
        const child = await startDaemonChild(settings)
        const daemon = {...child, proxy, startAgain: startOne}
        daemons.push(daemon)
        return daemon
      }
      return startOne()
    },
    async addAccount(parts = {}) {
      const granted = {provider: provider.name, clientId: provider.clientId, origins: originsOf(provider)}
      const credential = {issuedAt: clock.now(), expiresAt: clock.now() + HOUR_MS, ...parts.credential}
      await store.accounts.put(makeAccount({...granted, ...parts, credential}))
    },
    async issue(parts) {
      const deps = {store, clock, random: createSystemRandom()}
      const input = {name: 'made up', scopes: [], as: [], asAny: true, ...parts}
      return (await issueApiToken(deps, input)).token.reveal()
    },
    answer(next) {
      listener = next
    },
    async dispose() {
      await Promise.all(daemons.map((daemon) => daemon.stop('SIGKILL')))
      await Promise.all(proxies.map((proxy) => proxy.close()))
      const closed = once(upstream, 'close')
      upstream.close()
      upstream.closeAllConnections()
      await closed
      await store.close()
      await place.dispose()
      await server.dispose()
    },
  }
}
