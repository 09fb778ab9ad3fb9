import type {Writable} from 'node:stream'

import type {WatchedDeps} from './compose-deps.js'
import {checkProgram} from './config/check-program.js'
import {readProgramEnvironment} from './config/program-environment.js'
import {readIrcSettings, type IrcFlags} from './config/irc-settings.js'
import {readServeSettings, type ServeFlags} from './config/serve-settings.js'
import {readSettings, type Settings} from './config/settings.js'
import type {DaemonDeps, DaemonSettings} from './daemon/daemon-deps.js'
import {createActivity} from './daemon/observe/activity.js'
import {createLog} from './daemon/observe/create-log.js'
import {createMetrics} from './daemon/observe/create-metrics.js'
import {observeRefreshes} from './daemon/observe/observe-refreshes.js'
import {createRefreshHistory} from './daemon/observe/refresh-history.js'
import {timeLockWaits} from './daemon/observe/time-lock-waits.js'
import {isLoopback} from './daemon/doors/listen.js'
import {startDaemon} from './daemon/start-daemon.js'
import {nameOf} from './model/account-name.js'
import {SECOND_MS, type EpochMs} from './model/time.js'
import {createAddressGuard} from './providers/create-address-guard.js'
import {takeTurn} from './store/file-lock.js'

/** How `serve` was told to serve. */
export interface ServeInput extends ServeFlags, IrcFlags {
  store?: string
  maxPassthroughBytes: number
  refreshRate: number
  /** A program and its arguments. */
  onLoginNeeded?: readonly string[]
  metricsPerAccount: boolean
  staleAuthMs: number
  /** How many messages an account may send in 30 s where it is nobody. Default: what Twitch lets it. */
  ircMessages?: number
  /** Providers at which people may log in without a token in the request. */
  publicLogins: readonly string[]
  loginTokens: boolean
  /** As `BEHALF_ALLOW_PRIVATE_ADDRESSES`. */
  allowPrivateAddresses: boolean
  /** Of behalf. */
  version: string
  /** Gets the log, a JSON line for each event. */
  logStream: Writable
}

/** Where a daemon is, and since when. */
export interface DaemonPlace {
  /** `http://HOST:PORT`, as a caller on this machine may type it. */
  url: string
  pid: number
  since: EpochMs
}

export interface ServingDaemon extends DaemonPlace {
  socketPath?: string
  /** Where chat clients come in on TCP: `irc://HOST:PORT`. */
  ircUrl?: string
  storeLocation: string
  /** How many it keeps fresh. */
  accounts: number
  /** What they are called, where they are few. */
  accountNames: readonly string[]
  /** How many API tokens open it: neither revoked nor expired. */
  apiTokens: number
  /** Other machines can reach it. */
  isOpenToNetwork: boolean
  /** Lets nobody in any more, and what runs come to its end: 10 s at most, 30 s where a refresh is under way. */
  stop(): Promise<void>
}

export type DaemonStart =
  | {kind: 'serving'; daemon: ServingDaemon}
  /** A daemon of the same store is at that address already. */
  | {kind: 'serving-already'; daemon: DaemonPlace}

/** A body of the daemon's own API. */
const MAX_BODY_BYTES = 1024 * 1024
/** Others have theirs within milliseconds. */
const TURN_WAIT_MS = 5 * SECOND_MS

/** @throws BehalfError `configuration`, `store-…`, `wrong-secret`. Nothing is left open then. */
export async function openDaemon(
  input: ServeInput,
  openDeps: (settings: Settings) => Promise<WatchedDeps>,
): Promise<DaemonStart> {
  const serve = readServeSettings(input)
  if (input.onLoginNeeded) await checkProgram(input.onLoginNeeded[0] ?? '', '--on-login-needed')
  const basic = readSettings(input.store === undefined ? {} : {store: input.store})
  // A file is there or is not: what was read of it is not remembered.
  const staleAuthMs = basic.store.kind === 'redis' ? input.staleAuthMs : 0
  const settings = settingsOf({...input, staleAuthMs}, serve)
  const allowPrivateAddresses = input.allowPrivateAddresses || basic.allowPrivateAddresses
  const publicCallback = serve.publicUrl === undefined ? {} : {callbackUrl: `${serve.publicUrl}/callback`}
  const watched = await openDeps({...publicCallback, ...basic, allowPrivateAddresses})
  const {store, clock} = watched
  const log = createLog({level: serve.logLevel, stream: input.logStream, now: () => clock.now()})
  const close = async (): Promise<void> => {
    await store.close()
    await log.close()
  }
  try {
    const served = await describeServed(watched)
    const started = await startDaemon(
      depsOf(watched, {settings, log, version: input.version, allowPrivate: allowPrivateAddresses}),
      () => watched.isRefreshing(),
    )
    if ('occupiedBy' in started) {
      await close()
      return {
        kind: 'serving-already',
        daemon: {url: urlOf(settings.listen.host, settings.listen.port), ...started.occupiedBy},
      }
    }
    const daemon: ServingDaemon = {
      ...served,
      url: urlOf(settings.listen.host, started.port),
      ...(started.ircPort !== undefined && {ircUrl: ircUrlOf(settings.irc.listen?.host ?? '', started.ircPort)}),
      isOpenToNetwork: [settings.listen, settings.irc.listen].some((door) => door && !isLoopback(door.host)),
      pid: process.pid,
      since: started.since,
      ...(settings.socketPath !== undefined && {socketPath: settings.socketPath}),
      async stop() {
        await started.stop()
        await close()
      },
    }
    return {kind: 'serving', daemon}
  } catch (error) {
    await close()
    throw error
  }
}

/** All of them would have to be read. */
const MAX_NAMED = 1000

/** What is served, and how many may call. */
async function describeServed({
  store,
  clock,
}: WatchedDeps): Promise<Pick<ServingDaemon, 'storeLocation' | 'accounts' | 'accountNames' | 'apiTokens'>> {
  const [accounts, apiTokens] = await Promise.all([store.accounts.count(), store.apiTokens.list()])
  const names = accounts > MAX_NAMED ? [] : await store.accounts.names()
  const now = clock.now()
  const live = apiTokens.filter(({revokedAt, expiresAt = Infinity}) => revokedAt === undefined && expiresAt > now)
  return {storeLocation: store.location, accounts, accountNames: names.map(nameOf), apiTokens: live.length}
}

function depsOf(
  watched: WatchedDeps,
  {
    settings,
    log,
    version,
    allowPrivate,
  }: Pick<DaemonDeps, 'settings' | 'log'> & {version: string; allowPrivate: boolean},
): DaemonDeps {
  const metrics = createMetrics(watched, {version, perAccount: settings.metricsPerAccount})
  const {isRefreshing: _asked, store, ...broker} = watched
  const refreshHistory = createRefreshHistory(watched)
  return {
    ...broker,
    store: {...store, accounts: timeLockWaits(store.accounts, metrics)},
    settings,
    log,
    metrics,
    version,
    activity: createActivity(watched),
    refreshHistory,
    ...observeRefreshes({log, metrics, refreshHistory}),
    addressGuard: createAddressGuard({allowPrivate}),
    takeTurn: (path) => takeTurn(path, TURN_WAIT_MS),
    programEnvironment: () => readProgramEnvironment(),
  }
}

function settingsOf(input: ServeInput, serve: ReturnType<typeof readServeSettings>): DaemonSettings {
  const {maxPassthroughBytes, refreshRate, onLoginNeeded, metricsPerAccount, staleAuthMs, publicLogins, loginTokens} =
    input
  const {listen, socketPath, publicUrl, corsOrigins, returnOrigins} = serve
  return {
    listen,
    ...(socketPath !== undefined && {socketPath}),
    ...(publicUrl !== undefined && {publicUrl}),
    corsOrigins,
    publicLogins,
    loginTokens,
    returnOrigins,
    maxBodyBytes: MAX_BODY_BYTES,
    maxPassthroughBytes,
    refreshRate,
    ...(onLoginNeeded && {onLoginNeeded}),
    metricsPerAccount,
    staleAuthMs,
    irc: {...readIrcSettings(input), messages: input.ircMessages ?? IRC_MESSAGES},
  }
}

/** Facts of Twitch 6.7. */
const IRC_MESSAGES = 20

const urlOf = (host: string, port: number): string => `http://${placeOf(host, port)}`
const ircUrlOf = (host: string, port: number): string => `irc://${placeOf(host, port)}`

/** What listens on loopback, or everywhere, is `localhost` to callers on this machine. */
function placeOf(host: string, port: number): string {
  const isHere = isLoopback(host) || ['0.0.0.0', '::'].includes(host)
  const name = isHere ? 'localhost' : host.includes(':') ? `[${host}]` : host
  return `${name}:${String(port)}`
}
