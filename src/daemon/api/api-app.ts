import type {HttpBindings} from '@hono/node-server'
import type {OpenAPIHono, RouteConfig, RouteHandler} from '@hono/zod-openapi'

import type {Caller} from '../../broker/authorize-caller.js'
import type {BrokerDeps} from '../../broker/broker-deps.js'
import type {ApiToken} from '../../model/api-token.js'
import type {DaemonDeps, DaemonSettings} from '../daemon-deps.js'
import type {ScheduleStatus} from '../schedule/schedule-status.js'

/** What the API is handed. */
export interface ApiDeps extends BrokerDeps {
  log: DaemonDeps['log']
  metrics: Pick<DaemonDeps['metrics'], 'expose'>
  activity: DaemonDeps['activity']
  refreshHistory: DaemonDeps['refreshHistory']
  schedule: ScheduleView
  /** Where `store` may remember what it cannot read, this one does not. */
  storeAsItIs: BrokerDeps['store']
  /** Of behalf. */
  version: string
  /** The end of the daemon: what goes on until someone ends it ends then. */
  stopping: AbortSignal
  settings: Pick<DaemonSettings, 'publicUrl' | 'publicLogins' | 'loginTokens' | 'returnOrigins' | 'staleAuthMs'>
}

/** Whether accounts are being kept fresh. */
export interface ScheduleView {
  isAlive(): boolean
  /** Undefined before it has begun. */
  status(): ScheduleStatus | undefined
}

/** What the handlers of the API find in their context. */
export interface ApiEnv {
  /** The request and response of `node:http`, from the adapter. */
  Bindings: HttpBindings
  Variables: {
    /** Set once the caller is known. */
    apiToken?: ApiToken
    /** Set where `requireCaller` lets the request through. */
    caller: Caller
  }
}

export type ApiApp = OpenAPIHono<ApiEnv>

/** The context of a route's handler, with what was checked on the way in. */
type ContextOf<R extends RouteConfig> = Parameters<RouteHandler<R, ApiEnv>>[0]

/** Adds a route with what describes it. What comes in is checked against that; what goes out, by the tests. */
export function addRoute<R extends RouteConfig>(
  app: ApiApp,
  route: R,
  handler: (context: ContextOf<R>) => Response | Promise<Response>,
): void {
  app.openapi(route, handler)
}
