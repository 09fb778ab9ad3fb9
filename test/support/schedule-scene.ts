import {setImmediate as immediate} from 'node:timers/promises'

import type {DaemonDeps, DaemonSettings} from '../../src/daemon/daemon-deps.js'
import {startSchedule, type Schedule} from '../../src/daemon/schedule/schedule.js'
import {createActivity} from '../../src/daemon/observe/activity.js'
import {createRefreshHistory} from '../../src/daemon/observe/refresh-history.js'
import type {Account} from '../../src/model/account.js'
import {originsOf, type Provider} from '../../src/model/provider.js'
import {Secret} from '../../src/model/secret.js'
import type {Store} from '../../src/store/store.js'
import {createAddressGuard} from '../../src/providers/create-address-guard.js'
import {makeBrokerWorld, makeProviderClient} from './broker-world.js'
import {CrowdProvider} from './crowd-provider.js'
import {createFakeClock, type FakeClock} from './fake-clock.js'
import {NO_CHAT, SILENT_CHAT_METRICS} from './irc-parts.js'
import {makeAccount, type AccountParts} from './make-account.js'
import {makeProvider} from './make-provider.js'
import {createMemoryStore} from './memory-store.js'

/** A schedule over a crowd of accounts, on a clock that stands still. */
export interface ScheduleScene {
  readonly clock: FakeClock
  readonly store: Store
  readonly crowd: CrowdProvider
  readonly provider: Provider
  readonly deps: DaemonDeps
  /** Names of the events that were logged. */
  readonly events: string[]
  /** One daemon's, with `parts` of its own. */
  start(parts?: Partial<DaemonDeps>): Promise<Schedule>
  add(userId: string, parts?: AccountParts): Promise<Account>
  stored(userId: string): Promise<Account | undefined>
  /** Lets time pass in steps, after each of which the schedule comes to rest. */
  pass(ms: number, stepMs?: number): Promise<void>
  /** Waits until the schedule sleeps and nothing is under way. */
  settle(): Promise<void>
  dispose(): Promise<void>
}

export interface ScheduleSceneOptions {
  settings?: Partial<DaemonSettings>
  provider?: Partial<Provider>
  inMemory?: boolean
}

const SETTINGS: DaemonSettings = {
  listen: {host: '127.0.0.1', port: 0},
  corsOrigins: [],
  publicLogins: [],
  loginTokens: false,
  returnOrigins: [],
  maxBodyBytes: 1 << 20,
  maxPassthroughBytes: 1 << 24,
  refreshRate: 10,
  metricsPerAccount: false,
  staleAuthMs: 10_000,
  irc: NO_CHAT,
}

export const EXAMPLE_KEY = (userId: string): string => `example:${userId}`

export async function makeScheduleScene(options: ScheduleSceneOptions = {}): Promise<ScheduleScene> {
  const clock = createFakeClock()
  const crowd = new CrowdProvider(clock)
  const world = await makeBrokerWorld({clock, client: crowd.client()})
  const store = options.inMemory ? createMemoryStore(clock) : world.store
  const provider = makeProvider(options.provider)
  await store.providers.put(provider)
  const events: string[] = []
  const note = (event: string): void => void events.push(event)
  const deps: DaemonDeps = {
    ...world.deps,
    store,
    providerClient: makeProviderClient(crowd.client()),
    settings: {...SETTINGS, ...options.settings},
    log: {debug: note, info: note, warn: note, error: note, audit: () => undefined},
    version: '0.0.0',
    activity: createActivity({clock}),
    refreshHistory: createRefreshHistory({clock}),
    addressGuard: createAddressGuard({allowPrivate: false}),
    metrics: {
      observePassthrough: () => undefined,
      countRefresh: () => undefined,
      observeLockWait: () => undefined,
      chat: SILENT_CHAT_METRICS,
      expose: () => Promise.resolve({contentType: '', text: ''}),
    },
    takeTurn: () => Promise.reject(new Error('nothing was to be opened')),
    programEnvironment: () => ({PATH: process.env.PATH ?? ''}),
  }
  const running = new Set<Schedule>()

  async function settle(): Promise<void> {
    const isAtRest = (): boolean =>
      clock.sleeping >= running.size &&
      [...running].every((one) => one.status().providers.every(({underWay}) => underWay === 0))
    for (let rests = 0; rests < 3; rests = isAtRest() ? rests + 1 : 0) await immediate()
  }

  return {
    clock,
    store,
    crowd,
    provider,
    deps,
    events,
    settle,
    async start(parts) {
      const schedule = startSchedule({...deps, ...parts})
      running.add(schedule)
      await settle()
      return {
        status: () => schedule.status(),
        async stop() {
          running.delete(schedule)
          await schedule.stop()
        },
      }
    },
    add: (userId, parts = {}) =>
      store.accounts.put(
        makeAccount({
          userId,
          provider: provider.name,
          clientId: provider.clientId,
          origins: originsOf(provider),
          ...parts,
          credential: {
            accessToken: new Secret(`made-up-access-0-of-${userId}`),
            refreshToken: new Secret(CrowdProvider.firstTokenOf(userId)),
            ...parts.credential,
          },
        }),
      ),
    stored: (userId) => store.accounts.get(EXAMPLE_KEY(userId)),
    async pass(ms, stepMs = 1000) {
      for (let left = ms; left > 0; left -= stepMs) {
        clock.advance(Math.min(stepMs, left))
        await settle()
      }
    },
    async dispose() {
      for (const schedule of running) await schedule.stop()
      await world.dispose()
    },
  }
}
