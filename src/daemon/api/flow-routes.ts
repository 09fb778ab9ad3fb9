import {createRoute} from '@hono/zod-openapi'
import {z} from 'zod'

import {issueLoginToken} from '../../broker/issue-login-token.js'
import {readFlow} from '../../broker/read-flow.js'
import {startFlow, type FlowPlace, type StartFlowInput} from '../../broker/start-flow.js'
import {submitFlowCode} from '../../broker/submit-flow-code.js'
import {BehalfError} from '../../model/behalf-error.js'
import {flowJson} from '../../model/flow-json.js'
import {isoTime} from '../../model/iso-time.js'
import {SECOND_MS} from '../../model/time.js'
import {answerFailure} from './answer-failure.js'
import {addRoute, type ApiApp, type ApiDeps} from './api-app.js'
import {checkMayServe} from './check-may-serve.js'
import {envelope} from './envelope.js'
import {flowFields, loginTokenFields, newFlow} from './flow-schema.js'
import {isoTime as isoTimeSchema} from './iso-time-schema.js'
import {hasTooManyFlows} from './has-too-many-flows.js'
import {PublicLoginLimit} from './public-login-limit.js'
import {requireFlowReader, requireFlowStarter} from './require-flow-starter.js'
import {requirePlainBody} from './require-plain-body.js'
import {answers, SECURED} from './route-answers.js'

const id = z
  .string()
  .regex(/^[\w-]{1,64}$/, 'is not the id of a flow')
  .describe('the id of the flow')

const startRoute = createRoute({
  method: 'post',
  path: '/api/v1/oauth/login',
  summary: 'Start the authorization of a chat user, of a person at a web page, of an owner or of a bot',
  description:
    'Scope: `flow:start`, for subjects that the token may act as; `admin` with a role. Without a token, and with `provider` and `return_to` alone: web logins at the providers that `serve --public-login` names, so many a minute.',
  security: [...SECURED, {}],
  request: {body: {required: true, content: {'application/json': {schema: newFlow}}}},
  responses: answers(
    z.strictObject({
      authorization_url: z.url().describe('where the person goes'),
      flow_id: z.string(),
      expires_at: isoTimeSchema.describe('until when the person may finish'),
      user_code: z.string().optional().describe('what to enter or check there, where no page of ours shows it'),
    }),
    'The flow',
    [400, 404, 413, 415, 429, 502],
  ),
})

const readRoute = createRoute({
  method: 'get',
  path: '/api/v1/flows/{id}',
  summary: 'How far a flow has come',
  description:
    'Scope: `flow:start` (or `admin`). For the token that started it alone. The `token` of a web login is there once.',
  security: SECURED,
  request: {params: z.object({id})},
  responses: answers(z.strictObject({...flowFields, ...loginTokenFields}), 'The flow', [400, 404]),
})

const codeRoute = createRoute({
  method: 'post',
  path: '/api/v1/flows/{id}/code',
  summary: 'Hand in what the person sent back: a PIN, the code of the callback or its address, a confirmation code',
  description: 'Scope: `flow:start` (or `admin`). For the token that started it alone.',
  security: SECURED,
  request: {
    params: z.object({id}),
    body: {
      required: true,
      content: {'application/json': {schema: z.strictObject({code: z.string().min(1).max(16_384)})}},
    },
  },
  responses: answers(z.strictObject(flowFields), 'The flow, done', [400, 404, 409, 413, 415, 502]),
})

/** Flows, for programs that have people authorize (docs/decisions/0030). */
export function addFlowRoutes(app: ApiApp, deps: ApiDeps, flowPlace: FlowPlace): void {
  const limit = new PublicLoginLimit(deps.clock)

  addRoute(app, {...startRoute, middleware: [requireFlowStarter(deps), requirePlainBody]}, async (context) => {
    const asked = context.req.valid('json')
    const apiToken = context.get('apiToken')
    if (apiToken === undefined) {
      const waitMs = limit.count(context.env.incoming.socket.remoteAddress ?? '')
      if (waitMs !== undefined) {
        context.header('Retry-After', String(Math.ceil(waitMs / SECOND_MS)))
        return answerFailure(context, {status: 429, code: 'too-many-logins', message: 'Too many logins just now.'})
      }
    } else {
      if (asked.subject !== undefined) checkMayServe(apiToken, asked.provider, asked.subject)
      if (await hasTooManyFlows(deps, apiToken.id)) {
        const message = 'Too many logins of this API token wait for their people.'
        return answerFailure(context, {status: 429, code: 'too-many-logins', message})
      }
    }
    if (asked.return_to !== undefined) checkReturnTo(deps, asked.return_to)
    const flow = await startFlow({...deps, flowPlace}, inputOf(asked, apiToken?.id))
    return context.json(
      envelope('The person authorizes at this address', {
        authorization_url: flow.authorizationUrl,
        flow_id: flow.flowId,
        expires_at: isoTime(flow.expiresAt),
        ...(flow.userCode !== undefined && {user_code: flow.userCode}),
      }),
    )
  })

  addRoute(app, {...readRoute, middleware: requireFlowReader(deps)}, async (context) => {
    const {apiToken} = context.get('caller')
    const flowId = context.req.valid('param').id
    const view = await readFlow(deps, flowId, apiToken.id)
    const token = deps.settings.loginTokens ? await issueLoginToken(deps, flowId) : undefined
    const given = token && {
      token: token.token.reveal(),
      token_scope: token.scope,
      token_expires_at: isoTime(token.expiresAt),
    }
    return context.json(envelope(`The flow is ${view.state}`, {...flowJson(view), ...given}))
  })

  addRoute(app, {...codeRoute, middleware: [requireFlowReader(deps), requirePlainBody]}, async (context) => {
    const {apiToken} = context.get('caller')
    const flowId = context.req.valid('param').id
    const {code} = context.req.valid('json')
    const {account} = await submitFlowCode(deps, {flowId, code, startedBy: apiToken.id})
    deps.log.info('login-ended', {account: account.key})
    return context.json(envelope(`${account.login} is connected`, flowJson(await readFlow(deps, flowId, apiToken.id))))
  })
}

function inputOf(asked: z.output<typeof newFlow>, startedBy: string | undefined): StartFlowInput {
  const {provider, subject, role, expect, confirm, return_to: returnTo, scopes, pin} = asked
  return {
    provider,
    scopes: scopes ?? [],
    ...(subject !== undefined && {subject}),
    ...(role !== undefined && {role}),
    ...(expect !== undefined && {expect}),
    ...(confirm !== undefined && {confirm}),
    ...(returnTo !== undefined && {returnTo}),
    ...(pin !== undefined && {pin}),
    ...(startedBy !== undefined && {startedBy}),
  }
}

/** No open redirect: only where the operator said so. @throws BehalfError `invalid-input`. */
function checkReturnTo({settings}: ApiDeps, returnTo: string): void {
  const url = URL.canParse(returnTo) ? new URL(returnTo) : undefined
  const isPlain = url !== undefined && url.username + url.password === '' && url.hash === ''
  if (isPlain && settings.returnOrigins.includes(url.origin)) return
  throw new BehalfError('invalid-input', '`return_to` leads to no origin that `serve --return-origin` names.')
}
