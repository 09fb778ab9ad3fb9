import {once} from 'node:events'
import {createServer, type IncomingMessage, type ServerResponse} from 'node:http'
import type {AddressInfo} from 'node:net'

import type {BrokerDeps} from '../../src/broker/broker-deps.js'
import {issueApiToken, type IssueTokenInput} from '../../src/broker/issue-api-token.js'
import type {AuditedCall, DaemonDeps} from '../../src/daemon/daemon-deps.js'
import {OpenAnswers} from '../../src/daemon/doors/open-answers.js'
import {createPassthrough, type PassthroughLimits} from '../../src/daemon/passthrough/passthrough.js'
import {createActivity} from '../../src/daemon/observe/activity.js'
import {createRefreshHistory} from '../../src/daemon/observe/refresh-history.js'
import type {AddressGuard} from '../../src/model/address-guard.js'
import {createAddressGuard} from '../../src/providers/create-address-guard.js'
import {SILENT_CHAT_METRICS} from './irc-parts.js'

/** The passthrough alone behind a server on loopback, and what it told of its calls. */
export interface PassthroughScene {
  readonly origin: string
  readonly port: number
  readonly audited: AuditedCall[]
  readonly observed: {provider: string; statusClass: string}[]
  /** What went into the log besides. */
  readonly logged: {event: string; fields: unknown}[]
  /** The text of an API token that may act as `as`, or any bot and owner, with these scopes. */
  issue(scopes: string[], as?: string[]): Promise<string>
  stop(): Promise<void>
}

const SHORT_LIMITS: PassthroughLimits = {
  connections: 64,
  atOnce: 64,
  waiting: 1024,
  waitMs: 5_000,
  connectMs: 1_000,
  headersMs: 2_000,
  bodyIdleMs: 2_000,
  stallMs: 2_000,
  checkEveryMs: 10_000,
}

export async function startPassthrough(
  deps: BrokerDeps,
  options: {limits?: Partial<PassthroughLimits>; maxPassthroughBytes?: number; addressGuard?: AddressGuard} = {},
): Promise<PassthroughScene> {
  const audited: AuditedCall[] = []
  const observed: PassthroughScene['observed'] = []
  const logged: PassthroughScene['logged'] = []
  const note = (event: string, fields: unknown): void => {
    logged.push({event, fields})
  }
  const daemonDeps: Omit<DaemonDeps, 'settings' | 'programEnvironment' | 'takeTurn'> = {
    ...deps,
    version: '0.0.0',
    activity: createActivity(deps),
    refreshHistory: createRefreshHistory(deps),
    log: {debug: note, info: note, warn: note, error: note, audit: (call) => audited.push(call)},
    addressGuard: options.addressGuard ?? createAddressGuard({allowPrivate: false}),
    metrics: {
      observePassthrough: ({provider, statusClass}) => observed.push({provider, statusClass}),
      countRefresh: () => undefined,
      observeLockWait: () => undefined,
      chat: SILENT_CHAT_METRICS,
      expose: () => Promise.reject(new Error('nobody was to ask')),
    },
  }
  const settings = {maxPassthroughBytes: options.maxPassthroughBytes ?? 16 * 1024 * 1024}
  const passthrough = createPassthrough({...daemonDeps, settings}, {...SHORT_LIMITS, ...options.limits})
  const openAnswers = new OpenAnswers()
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    void passthrough.handle(request, response, openAnswers.add(response))
  }
  const server = createServer(answer)
  server.on('connection', (socket) => {
    openAnswers.addConnection(socket)
  })
  server.on('checkContinue', answer)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const {port} = server.address() as AddressInfo
  return {
    origin: `http://127.0.0.1:${String(port)}`,
    port,
    audited,
    observed,
    logged,
    async issue(scopes, as) {
      const input: IssueTokenInput = {name: 'made up', scopes, as: as ?? [], asAny: as === undefined}
      return (await issueApiToken(deps, input)).token.reveal()
    },
    async stop() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await passthrough.close()
      await closed
    },
  }
}
