import type {BrokerDeps} from '../broker/broker-deps.js'
import type {RefreshWatch} from '../broker/refresh-account.js'
import type {AddressGuard} from '../model/address-guard.js'
import type {Activity} from './observe/activity.js'
import type {RefreshHistory} from './observe/refresh-history.js'

/** What the parts of the daemon are handed; each names the parts it uses. */
export interface DaemonDeps extends BrokerDeps, RefreshWatch {
  settings: DaemonSettings
  log: Log
  metrics: Metrics
  /** Of behalf. */
  version: string
  /** For the admin page. */
  activity: Activity
  refreshHistory: RefreshHistory
  /** For calls of providers whose URLs were set over HTTP. */
  addressGuard: AddressGuard
  /** Among the daemons of this machine. */
  takeTurn: TakeTurn
  /** For programs that the daemon runs: the environment without what opens the store. */
  programEnvironment(): Record<string, string>
}

/** Waits until no other process has its turn with this lock file; what it resolves with ends the turn and removes the file. */
export type TakeTurn = (path: string) => Promise<() => Promise<void>>

/** How `serve` was told to serve; checked by `config` and the command. */
export interface DaemonSettings {
  /** `host:port` on TCP; port 0 takes any that is free. */
  listen: {host: string; port: number}
  /** The Unix socket; undefined: none. */
  socketPath?: string
  /** The origin under which others reach the daemon, such as `https://behalf.example`. */
  publicUrl?: string
  /** Origins of web pages that may call it (CORS). */
  corsOrigins: readonly string[]
  /** Providers at which people may log in without a token in the request. */
  publicLogins: readonly string[]
  /** A web login gives an API token. */
  loginTokens: boolean
  /** Origins that a flow may send the browser back to. */
  returnOrigins: readonly string[]
  /** A body of `/api/v1` and the like, and one that is passed through. */
  maxBodyBytes: number
  maxPassthroughBytes: number
  /** Refreshes a second and provider, at most. */
  refreshRate: number
  /** A program and its arguments, run once for each account and reason that needs a login. Never through a shell. */
  onLoginNeeded?: readonly string[]
  metricsPerAccount: boolean
  /** How long callers are served by what was read last while the store cannot be reached. 0: not at all. */
  staleAuthMs: number
  irc: IrcSettings
}

export interface IrcSettings {
  /** The door of the IRC gateway on TCP; undefined: none. */
  listen?: {host: string; port: number}
  /** The chat server. */
  upstream: UpstreamPlace
  /** How many messages an account may send in 30 s where it is nobody. */
  messages: number
}

export interface UpstreamPlace {
  host: string
  port: number
  /** Without TLS. */
  isPlain: boolean
}

/** Structured log lines; what is secret never gets out, whatever is handed in (`observe/create-log.ts`). */
export interface Log {
  debug(event: string, fields?: LogFields): void
  info(event: string, fields?: LogFields): void
  warn(event: string, fields?: LogFields): void
  error(event: string, fields?: LogFields): void
  /** An authenticated call that has ended. Written at every level but `silent`. */
  audit(call: AuditedCall): void
}

/** An error goes in whole, as `error`: what may be told of it and of its causes is written. */
export type LogFields = Readonly<Record<string, unknown>>

export interface AuditedCall {
  apiTokenId: string
  /** Account key. */
  actedAs?: string
  method: string
  /** Without its query, which may hold anything. */
  path: string
  status: number
  /** Why it failed, where the failure was ours to tell. */
  code?: string
  durationMs: number
}

/** What is counted, for `/metrics` (`observe/create-metrics.ts`). */
export interface Metrics {
  observePassthrough(call: {provider: string; statusClass: string; seconds: number}): void
  countRefresh(refresh: {provider: string; outcome: string}): void
  observeLockWait(seconds: number): void
  chat: ChatMetrics
  /** What a scraper reads. What is said of the store is read now; if that fails, this is what is said. */
  expose(): Promise<{contentType: string; text: string}>
}

/** What the IRC gateway counts. */
export interface ChatMetrics {
  /** One more that has been let in, or one less. */
  countConnection(change: 1 | -1): void
  countRefusal(code: string): void
  countLines(direction: 'to-upstream' | 'from-upstream', count: number): void
  /** What had to wait for a limit of its account. */
  countWait(kind: string): void
}
