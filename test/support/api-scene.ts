import {once} from 'node:events'
import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'

import {getRequestListener} from '@hono/node-server'

import type {BrokerDeps} from '../../src/broker/broker-deps.js'
import {issueApiToken, type IssueTokenInput} from '../../src/broker/issue-api-token.js'
import type {ApiDeps} from '../../src/daemon/api/api-app.js'
import {createApi} from '../../src/daemon/api/api.js'
import {createFrontDoor, type RequestListener, type Rooms} from '../../src/daemon/doors/front-door.js'
import type {AuditedCall} from '../../src/daemon/daemon-deps.js'
import {createActivity, type Activity} from '../../src/daemon/observe/activity.js'
import {createRefreshHistory, type RefreshHistory} from '../../src/daemon/observe/refresh-history.js'
import type {ScheduleStatus} from '../../src/daemon/schedule/schedule-status.js'
import {expectDescribed, type SeenAnswer} from './expect-described.js'
import {NO_CHAT} from './irc-parts.js'

/** The API alone behind a server on loopback, and what it told of its calls. */
export interface ApiScene {
  readonly origin: string
  readonly port: number
  readonly audited: AuditedCall[]
  /** What went into the log besides. */
  readonly logged: {event: string; fields: unknown}[]
  isScheduleAlive: boolean
  /** The text of an API token. It may act as any owner and bot unless `parts` say otherwise. */
  issue(scopes: string[], parts?: Partial<IssueTokenInput>): Promise<string>
  /** Sends a request, and holds the answer against what `/openapi.json` says of it. */
  call(method: string, target: string, options?: CallOptions): Promise<SeenAnswer>
  /** As a daemon does that is told to end, and before it lets nobody in any more. */
  startStopping(): void
  stop(): Promise<void>
}

export interface CallOptions {
  /** The API token; sent as `Authorization: Bearer`. */
  token?: string
  headers?: Record<string, string>
  /** An object is sent as JSON, a text as it is. */
  body?: object | string
}

export interface ApiSceneOptions {
  settings?: Partial<ApiDeps['settings']>
  /** Behind the door that the daemon has. */
  hasDoor?: boolean
  /** What is remembered of calls; its own unless told. */
  activity?: Activity
  /** How refreshes ended; none has unless told. */
  refreshHistory?: RefreshHistory
  /** What the schedule says of itself; nothing unless told. */
  schedule?: ScheduleStatus
}

export async function startApi(
  deps: BrokerDeps,
  {
    settings = {},
    hasDoor,
    activity = createActivity(deps),
    refreshHistory = createRefreshHistory(deps),
    schedule,
  }: ApiSceneOptions = {},
): Promise<ApiScene> {
  const audited: AuditedCall[] = []
  const logged: ApiScene['logged'] = []
  const note = (event: string, fields: unknown): void => {
    logged.push({event, fields})
  }
  const log: ApiDeps['log'] = {debug: note, info: note, warn: note, error: note, audit: (call) => audited.push(call)}
  const stopping = new AbortController()
  const api = createApi({
    ...deps,
    log,
    metrics: {expose: () => Promise.resolve({contentType: 'text/plain; version=0.0.4', text: 'made_up 1\n'})},
    version: '0.0.0',
    stopping: stopping.signal,
    activity,
    refreshHistory,
    storeAsItIs: deps.store,
    schedule: {isAlive: () => scene.isScheduleAlive, status: () => schedule},
    settings: {publicLogins: [], loginTokens: false, returnOrigins: [], staleAuthMs: 10_000, ...settings},
  })
  const listener = getRequestListener((request, bindings) => api.fetch(request, bindings as never), {
    overrideGlobalObjects: false,
  })
  const server = createServer(
    hasDoor ? putDoorBefore(listener, log, settings) : (request, response) => void listener(request, response),
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const {port} = server.address() as AddressInfo
  const scene: ApiScene = {
    origin: `http://127.0.0.1:${String(port)}`,
    port,
    audited,
    logged,
    isScheduleAlive: true,
    async issue(scopes, parts = {}) {
      const input = {name: 'made up', scopes, as: [], asAny: parts.as === undefined, ...parts}
      return (await issueApiToken(deps, input)).token.reveal()
    },
    async call(method, target, {token, headers = {}, body} = {}) {
      const isJson = typeof body === 'object'
      const response = await fetch(`${scene.origin}${target}`, {
        method,
        headers: {
          ...(token !== undefined && {authorization: `Bearer ${token}`}),
          ...(isJson && {'content-type': 'application/json'}),
          ...headers,
        },
        ...(body !== undefined && {body: isJson ? JSON.stringify(body) : body}),
      })
      const text = await response.text()
      const answer = {method, target, status: response.status, headers: response.headers, text}
      return expectDescribed(answer)
    },
    startStopping: () => stopping.abort(),
    async stop() {
      stopping.abort()
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
  return scene
}

function putDoorBefore(
  app: Rooms['app'],
  log: ApiDeps['log'],
  {publicUrl}: Partial<ApiDeps['settings']>,
): RequestListener {
  const settings = {
    listen: {host: '127.0.0.1', port: 0},
    ...(publicUrl !== undefined && {publicUrl}),
    corsOrigins: [],
    publicLogins: [],
    loginTokens: false,
    returnOrigins: [],
    maxBodyBytes: 1 << 20,
    maxPassthroughBytes: 1 << 20,
    refreshRate: 1,
    metricsPerAccount: false,
    staleAuthMs: 10_000,
    irc: NO_CHAT,
  }
  const passthrough: Rooms['passthrough'] = {matches: () => false, handle: () => Promise.resolve()}
  return createFrontDoor({settings, log}, {passthrough, answerOwn: () => Promise.resolve(false), app}).listener
}
