import {createRoute} from '@hono/zod-openapi'
import type {Context} from 'hono'
import {z} from 'zod'

import {showAccountOf} from '../../broker/accounts.js'
import type {Wanted} from '../../broker/authorize-caller.js'
import {getFreshToken} from '../../broker/get-fresh-token.js'
import {listAccountsOf} from '../../broker/list-accounts-of.js'
import {createLoginOffer, withLoginOffer} from '../../broker/offer-login.js'
import {accountJson} from '../../model/account-json.js'
import {BehalfError} from '../../model/behalf-error.js'
import {timeField} from '../../model/iso-time.js'
import {SECOND_MS} from '../../model/time.js'
import {account, accountFields} from './account-schema.js'
import {addRoute, type ApiApp, type ApiDeps, type ApiEnv} from './api-app.js'
import {envelope} from './envelope.js'
import {isoTime} from './iso-time-schema.js'
import {requireCaller, requireScope} from './require-caller.js'
import {answers, SECURED} from './route-answers.js'

const key = z.string().describe('the key of the account, URL-encoded')

/** As `behalf bot token` has it: long enough for whoever asks to use the token. */
const DEFAULT_MIN_TTL_S = 300
const MAX_MIN_TTL_S = 3650 * 24 * 3600

const accountsRoute = createRoute({
  method: 'get',
  path: '/api/v1/accounts',
  summary: 'The accounts that the API token may act as',
  description: 'Scope: `account:read`. Without secrets; owners first, then bots, then users.',
  security: SECURED,
  responses: answers(z.strictObject({accounts: z.array(account)}), 'The accounts'),
})

const botsRoute = createRoute({
  method: 'get',
  path: '/api/v1/bots',
  summary: 'Those of them that are bots',
  description: 'Scope: `account:read`.',
  security: SECURED,
  responses: answers(z.strictObject({bots: z.array(account)}), 'The bots'),
})

const accountRoute = createRoute({
  method: 'get',
  path: '/api/v1/accounts/{key}',
  summary: 'One account',
  description: 'Scope: `account:read`.',
  security: SECURED,
  request: {params: z.object({key})},
  responses: answers(z.strictObject(accountFields), 'The account', [404]),
})

const tokenRoute = createRoute({
  method: 'get',
  path: '/api/v1/accounts/{key}/token',
  summary: 'A fresh access token of the provider',
  description: 'Scope: `token:read`. Refreshed first if it would end too soon.',
  security: SECURED,
  request: {
    params: z.object({key}),
    query: z.object({
      min_ttl: z
        .string()
        .regex(/^\d{1,9}$/, 'must be whole seconds')
        .transform(Number)
        .refine((seconds) => seconds <= MAX_MIN_TTL_S, 'must not be longer than ten years')
        .default(DEFAULT_MIN_TTL_S)
        .openapi({type: 'integer', minimum: 0, maximum: MAX_MIN_TTL_S, default: DEFAULT_MIN_TTL_S})
        .describe('how many seconds it must live at least'),
    }),
  },
  responses: answers(
    z.strictObject({
      access_token: z.string().describe('a secret'),
      token_type: z.literal('Bearer'),
      client_id: z.string().describe('the client that it belongs to'),
      expires_at: isoTime.optional().describe('when it ends; not there: no known end'),
      warning: z.string().optional().describe('something to know, such as a token that lives shorter than was asked'),
      account,
    }),
    'The token',
    [400, 404, 409, 502],
  ),
})

/** Accounts, for programs that may act as them. */
export function addAccountRoutes(app: ApiApp, deps: ApiDeps): void {
  const reading = requireScope(deps, 'account:read')
  const offerLogin = createLoginOffer(deps)

  addRoute(app, {...accountsRoute, middleware: reading}, async (context) => {
    const accounts = await listAccountsOf(deps, context.get('caller').apiToken)
    return context.json(envelope(`${String(accounts.length)} accounts`, {accounts: accounts.map(accountJson)}))
  })

  addRoute(app, {...botsRoute, middleware: reading}, async (context) => {
    const accounts = await listAccountsOf(deps, context.get('caller').apiToken)
    const bots = accounts.filter(({role}) => role === 'bot')
    return context.json(envelope(`${String(bots.length)} bots`, {bots: bots.map(accountJson)}))
  })

  addRoute(app, {...accountRoute, middleware: requireCaller(deps, wantsAccount('account:read'))}, async (context) => {
    const status = await showAccountOf(deps, context.req.valid('param').key)
    return context.json(envelope(`The account ${status.login}`, accountJson(status)))
  })

  addRoute(app, {...tokenRoute, middleware: requireCaller(deps, wantsAccount('token:read'))}, async (context) => {
    const {min_ttl: minTtlS} = context.req.valid('query')
    const {account: acting, apiToken} = context.get('caller')
    const fresh = await getFreshToken(deps, context.req.valid('param').key, minTtlS * SECOND_MS).catch(
      async (error: unknown) => {
        throw acting && error instanceof BehalfError ? await withLoginOffer(offerLogin, error, acting, apiToken) : error
      },
    )
    const token = {
      access_token: fresh.accessToken.reveal(),
      token_type: 'Bearer',
      client_id: fresh.clientId,
      ...timeField('expires_at', fresh.expiresAt),
      ...(fresh.warning !== undefined && {warning: fresh.warning}),
      account: accountJson(fresh.account),
    }
    return context.json(envelope(`A token of ${fresh.account.login}`, token))
  })
}

const wantsAccount =
  (scope: string) =>
  (context: Context<ApiEnv>): Wanted => ({kind: 'account', scope, account: context.req.param('key') ?? ''})
