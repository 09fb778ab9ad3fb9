import {createRoute} from '@hono/zod-openapi'
import type {Context, MiddlewareHandler} from 'hono'
import {z} from 'zod'

import type {Caller, Wanted} from '../../broker/authorize-caller.js'
import {loadProvider} from '../../broker/load-provider.js'
import {checkTokenScopes, isActingScope} from '../../model/api-token-scope.js'
import {BehalfError} from '../../model/behalf-error.js'
import {addRoute, type ApiApp, type ApiDeps, type ApiEnv} from './api-app.js'
import {requireCaller} from './require-caller.js'
import {refusals, refusedWithoutToken, SECURED} from './route-answers.js'

const header = (description: string) => ({description, schema: {type: 'string' as const}})

const verifyRoute = createRoute({
  method: 'get',
  path: '/auth/verify',
  summary: 'Whether the request that a proxy has got may pass, and who acts',
  description:
    'For nginx `auth_request` and the like. 400 says that whoever set the proxy up asked for no scope, or for one that there is not.',
  security: SECURED,
  request: {
    query: z.object({
      scope: z
        .union([z.string(), z.array(z.string())])
        .describe('one or more scopes, with spaces between them: all must be held'),
    }),
  },
  responses: {
    204: {
      description: 'It may',
      headers: {
        'X-Behalf-Token-Id': header('the id of the API token'),
        'X-Behalf-Account': header('the key of the account that acts; what is not plain in it is percent-encoded'),
        'X-Behalf-Provider': header('its provider'),
        'X-Behalf-User-Id': header('the provider’s id of the user'),
        'X-Behalf-Login': header('its login name'),
      },
    },
    ...refusedWithoutToken,
    ...refusals([400, 403]),
  },
})

/** Whether others may let a request pass. */
export function addVerifyRoute(app: ApiApp, deps: ApiDeps): void {
  const middleware = [asRefusal, requireCaller(deps, wantsScopes)]
  addRoute(app, {...verifyRoute, middleware}, async (context) => {
    const caller = context.get('caller')
    await checkDialect(deps, caller, readScopes(context))
    for (const [name, value] of Object.entries(describeCaller(caller))) context.header(name, encodeHeader(value))
    return context.body(null, 204)
  })
}

/**
 * A proxy knows 401 and 403 and takes all else for a fault. So whatever is wrong with the request that it has got is a
 * 403; a scope that cannot be asked for is the proxy's own fault, and stays 400.
 */
const asRefusal: MiddlewareHandler<ApiEnv> = async (context, next) => {
  wantsScopes(context)
  await next()
  const {error} = context
  const isCallers =
    error instanceof BehalfError && ['invalid-input', 'ambiguous-account', 'account-not-found'].includes(error.code)
  if (isCallers) context.res = new Response(context.res.body, {status: 403, headers: context.res.headers})
}

/** @throws BehalfError `unknown-scope`, `invalid-input`. */
function readScopes(context: Context<ApiEnv>): string[] {
  const scopes = (context.req.queries('scope') ?? []).flatMap((text) => text.split(' ')).filter((text) => text !== '')
  if (scopes.length === 0) {
    throw new BehalfError('invalid-input', 'No scope is asked for.', {hint: 'Add ?scope=… to the URL.'})
  }
  checkTokenScopes(scopes)
  return scopes
}

function wantsScopes(context: Context<ApiEnv>): Wanted {
  const scopes = readScopes(context)
  const providers = new Set(scopes.flatMap((scope) => /^api:([^:]+)/.exec(scope)?.[1] ?? []))
  const [provider] = providers
  const isOne = provider !== undefined && providers.size === 1
  return {kind: 'scopes', scopes, needsAccount: scopes.some(isActingScope), ...(isOne && {provider})}
}

/** `helix` says nothing of an account elsewhere. */
async function checkDialect(deps: ApiDeps, {account}: Caller, scopes: readonly string[]): Promise<void> {
  if (!account || !scopes.some((scope) => /^helix(?::|$)/.test(scope))) return
  const {dialect} = await loadProvider(deps, account.provider)
  if (dialect !== 'twitch') throw new BehalfError('refused', `${account.provider} has no Helix API.`)
}

function describeCaller({apiToken, account}: Caller): Record<string, string> {
  return {
    'X-Behalf-Token-Id': apiToken.id,
    ...(account && {
      'X-Behalf-Account': account.key,
      'X-Behalf-Provider': account.provider,
      'X-Behalf-User-Id': account.userId,
      'X-Behalf-Login': account.login,
    }),
  }
}

/** Subjects may have anything in them: what is more than letters, digits and a few signs is percent-encoded in UTF-8. */
const encodeHeader = (text: string): string =>
  Array.from(Buffer.from(text), (byte) => {
    const char = String.fromCharCode(byte)
    return /[\w.~:@/-]/.test(char) ? char : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }).join('')
