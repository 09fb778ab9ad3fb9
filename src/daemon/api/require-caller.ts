import type {Context, MiddlewareHandler} from 'hono'

import {authorizeCaller, readForRequest, type Wanted} from '../../broker/authorize-caller.js'
import {readCallerHeaders} from '../caller-headers.js'
import type {DaemonDeps} from '../daemon-deps.js'
import {tellCall} from '../observe/tell-call.js'
import type {ApiEnv} from './api-app.js'

type Deps = Pick<DaemonDeps, 'store' | 'clock'>

/** Lets through only who may do what the route does; the context's `caller` says who that is, and on whose behalf. */
export const requireCaller =
  (deps: Deps, wantedOf: (context: Context<ApiEnv>) => Wanted): MiddlewareHandler<ApiEnv> =>
  async (context, next) => {
    const headers = readCallerHeaders(context.env.incoming.headersDistinct)
    const reads = {...deps, store: readForRequest(deps, headers)}
    const caller = await authorizeCaller(reads, headers, wantedOf(context), (apiToken) =>
      context.set('apiToken', apiToken),
    )
    context.set('caller', caller)
    await next()
  }

/** The same for a scope that is one word, and acts as no account. */
export const requireScope = (deps: Deps, scope: string): MiddlewareHandler<ApiEnv> =>
  requireCaller(deps, () => ({kind: 'word', scope}))

/** Tells of every call, of the refused ones too, when it has been answered. */
export const auditCalls =
  (deps: Pick<DaemonDeps, 'log' | 'activity'>): MiddlewareHandler<ApiEnv> =>
  async (context, next) => {
    const startedMs = performance.now()
    await next()
    const apiToken = context.get('apiToken')
    const {account} = (context.get('caller') as ApiEnv['Variables']['caller'] | undefined) ?? {}
    const code = context.res.headers.get('X-Behalf-Error')
    const [path = ''] = (context.env.incoming.url ?? '').split('?')
    const userAgent = context.env.incoming.headers['user-agent']
    tellCall(deps, {
      ...(apiToken && {apiToken}),
      ...(account && {account}),
      method: context.req.method,
      path: hideFlow(path),
      status: context.res.status,
      ...(code !== null && {code}),
      durationMs: performance.now() - startedMs,
      ...(userAgent !== undefined && {userAgent}),
    })
  }

/** Who knows the id of a login can go on with it, and it is too short to be seen as a secret. */
const hideFlow = (path: string): string => path.replace(/^((?:\/api\/v1)?\/flows\/)[^/]+/, '$1[secret]')
