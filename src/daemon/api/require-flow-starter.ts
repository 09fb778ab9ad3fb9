import type {Context, MiddlewareHandler} from 'hono'

import {authorizeCaller} from '../../broker/authorize-caller.js'
import {BehalfError} from '../../model/behalf-error.js'
import {readCallerHeaders} from '../caller-headers.js'
import type {ApiDeps, ApiEnv} from './api-app.js'

/**
 * Lets through who may start a flow: `admin` for an owner or bot, else `flow:start`; nobody needs a token for the web
 * logins that `serve --public-login` names, of which they choose no more than where they lead back to.
 */
export const requireFlowStarter =
  (deps: ApiDeps): MiddlewareHandler<ApiEnv> =>
  async (context, next) => {
    const headers = readCallerHeaders(context.env.incoming.headersDistinct)
    const asked = await peek(context)
    if (headers.authorization.length > 0 || !isPublic(deps, asked)) {
      const scope = asked.role === undefined ? 'flow:start' : 'admin'
      const note = (apiToken: ApiEnv['Variables']['apiToken']) => context.set('apiToken', apiToken)
      context.set('caller', await authorizeCaller(deps, headers, {kind: 'word', scope}, note))
    }
    await next()
  }

/** Lets through who may have started a flow; whether they did is looked at then. */
export const requireFlowReader =
  (deps: ApiDeps): MiddlewareHandler<ApiEnv> =>
  async (context, next) => {
    const headers = readCallerHeaders(context.env.incoming.headersDistinct)
    const note = (apiToken: ApiEnv['Variables']['apiToken']) => context.set('apiToken', apiToken)
    const authorize = (scope: string) => authorizeCaller(deps, headers, {kind: 'word', scope}, note)
    const caller = await authorize('flow:start').catch((error: unknown) => {
      // Who starts the login of a bot may have no other scope.
      if (error instanceof BehalfError && error.code === 'refused')
        return authorize('admin').catch(() => Promise.reject(error))
      throw error
    })
    context.set('caller', caller)
    await next()
  }

interface Asked {
  provider?: unknown
  role?: unknown
}

/** Scopes, for one, are granted by whoever logs in, but kept for everybody: they are not for strangers to choose. */
const PUBLIC_FIELDS = ['provider', 'return_to']

/** The scope depends on what is asked for; whether that makes sense is checked later. */
async function peek(context: Context<ApiEnv>): Promise<Asked> {
  const body: unknown = await context.req.json().catch(() => undefined)
  return typeof body === 'object' && body !== null ? body : {}
}

const isPublic = ({settings}: ApiDeps, asked: Asked): boolean =>
  typeof asked.provider === 'string' &&
  settings.publicLogins.includes(asked.provider) &&
  Object.keys(asked).every((field) => PUBLIC_FIELDS.includes(field))
