import {createRoute} from '@hono/zod-openapi'
import {z} from 'zod'

import {keepOneTimeCode} from '../../broker/one-time-code.js'
import {linkCredential} from '../../broker/link-credential.js'
import {listUsersOf, showUserOf, subjectAccountOf} from '../../broker/users-of-token.js'
import {unlinkSubject, type UserView} from '../../broker/users.js'
import {accountJson} from '../../model/account-json.js'
import type {StaticCredential} from '../../model/credential.js'
import {isoTime} from '../../model/iso-time.js'
import {Secret} from '../../model/secret.js'
import type {EpochMs} from '../../model/time.js'
import {account} from './account-schema.js'
import {addRoute, type ApiApp, type ApiDeps} from './api-app.js'
import {checkMayServe} from './check-may-serve.js'
import {envelope} from './envelope.js'
import {isoTime as isoTimeSchema} from './iso-time-schema.js'
import {requireScope} from './require-caller.js'
import {requirePlainBody} from './require-plain-body.js'
import {answers, SECURED} from './route-answers.js'
import {handedIn, handedInCode, user, userFields, whichAccount} from './user-schema.js'

const subject = z.string().min(1).max(200).describe('the id that the chat service gives the person, URL-encoded')
const params = z.object({subject})
const path = '/api/v1/users/{subject}'
const WHOM = 'Scope: `flow:start`, for subjects that the token may act as.'

const listRoute = createRoute({
  method: 'get',
  path: '/api/v1/users',
  summary: 'The chat users that have linked something, as far as the token may act as them',
  description: 'Scope: `flow:start`. Without secrets; ordered by subject.',
  security: SECURED,
  responses: answers(z.strictObject({users: z.array(user)}), 'The users'),
})

const showRoute = createRoute({
  method: 'get',
  path,
  summary: 'What a chat user has linked',
  description: `${WHOM} Without secrets.`,
  security: SECURED,
  request: {params},
  responses: answers(z.strictObject(userFields), 'The user', [400, 404]),
})

const linkRoute = createRoute({
  method: 'put',
  path,
  summary: 'Keep an API key, or a user name and password, that a chat user has handed in',
  description: `${WHOM} It is tried at the service first. Logins are flows: \`POST /api/v1/oauth/login\`.`,
  security: SECURED,
  request: {params, body: {required: true, content: {'application/json': {schema: handedIn}}}},
  responses: answers(
    z.strictObject({account, created: z.boolean().describe('false: it replaced another of the same person')}),
    'The account',
    [400, 404, 409, 413, 415, 422],
  ),
})

const unlinkRoute = createRoute({
  method: 'delete',
  path,
  summary: 'Revoke what a chat user has linked, where it can be revoked, and forget it',
  description: `${WHOM} If the provider cannot be reached nothing is forgotten, but with \`keep_grant\`.`,
  security: SECURED,
  request: {
    params,
    query: z.object({
      provider: whichAccount,
      keep_grant: z.enum(['true', 'false']).default('false').describe('revoke nothing at the provider'),
    }),
  },
  responses: answers(z.strictObject({account, revoked: z.boolean()}), 'What was forgotten', [400, 404]),
})

const codeRoute = createRoute({
  method: 'post',
  path: `${path}/otp`,
  summary: 'Hand in a one-time code for the next call as a chat user',
  description: `${WHOM} It goes with one call within a minute; another code takes its place.`,
  security: SECURED,
  request: {params, body: {required: true, content: {'application/json': {schema: handedInCode}}}},
  responses: answers(
    z.strictObject({provider: z.string(), expires_at: isoTimeSchema.describe('when it is forgotten at the latest')}),
    'Where the code goes',
    [400, 404, 413, 415],
  ),
})

/** Chat users and what they have linked, for the programs that speak with them. */
export function addUserRoutes(app: ApiApp, deps: ApiDeps): void {
  const starting = requireScope(deps, 'flow:start')

  addRoute(app, {...listRoute, middleware: starting}, async (context) => {
    const users = await listUsersOf(deps, context.get('caller').apiToken)
    return context.json(envelope(`${String(users.length)} users`, {users: users.map(userJson)}))
  })

  addRoute(app, {...showRoute, middleware: starting}, async (context) => {
    const shown = await showUserOf(deps, context.get('caller').apiToken, context.req.valid('param').subject)
    return context.json(envelope(`The user ${shown.subject}`, userJson(shown)))
  })

  addRoute(app, {...linkRoute, middleware: [starting, requirePlainBody]}, async (context) => {
    const {subject: whom} = context.req.valid('param')
    const {provider, expect, ...secrets} = context.req.valid('json')
    checkMayServe(context.get('caller').apiToken, provider, whom)
    const credential = credentialOf(secrets, deps.clock.now())
    const expected = expect === undefined ? {} : {expect}
    const linked = await linkCredential(deps, {provider, subject: whom, credential, ...expected})
    const {login, key} = linked.account
    deps.log.info('credential-linked', {account: key, kind: credential.kind})
    return context.json(envelope(`${login} is linked`, {account: accountJson(linked.account), created: linked.created}))
  })

  addRoute(app, {...unlinkRoute, middleware: starting}, async (context) => {
    const {provider, keep_grant: keepGrant} = context.req.valid('query')
    const found = await subjectAccountOf(deps, context.get('caller').apiToken, {
      ...context.req.valid('param'),
      ...(provider !== undefined && {provider}),
    })
    const removal = await unlinkSubject(deps, {...found, keepGrant: keepGrant === 'true'})
    return context.json(
      envelope(`${removal.account.login} is forgotten`, {
        account: accountJson(removal.account),
        revoked: removal.revoked,
      }),
    )
  })

  addRoute(app, {...codeRoute, middleware: [starting, requirePlainBody]}, async (context) => {
    const {code, provider} = context.req.valid('json')
    const found = await subjectAccountOf(deps, context.get('caller').apiToken, {
      ...context.req.valid('param'),
      ...(provider !== undefined && {provider}),
    })
    const kept = await keepOneTimeCode(deps, {...found, code: new Secret(code)})
    const where = {provider: kept.provider, expires_at: isoTime(kept.expiresAt)}
    return context.json(envelope('The next call carries it', where))
  })
}

const userJson = (view: UserView) => ({subject: view.subject, accounts: view.accounts.map(accountJson)})

function credentialOf(
  given: Pick<z.output<typeof handedIn>, 'api_key' | 'username' | 'password'>,
  issuedAt: EpochMs,
): StaticCredential {
  const {api_key: key, username = '', password = ''} = given
  return key === undefined
    ? {kind: 'basic', username, password: new Secret(password), issuedAt}
    : {kind: 'api-key', key: new Secret(key), issuedAt}
}
