import type {HttpBindings} from '@hono/node-server'
import {OpenAPIHono} from '@hono/zod-openapi'
import type {MiddlewareHandler} from 'hono'

import {LOGIN_PATH} from '../admin/accounts/login-path.js'
import {addAdminPages} from '../admin/admin-app.js'
import {createFlowPages} from '../flows/flow-pages.js'
import {logFlows} from '../flows/log-flows.js'
import {addAccountRoutes} from './account-routes.js'
import {answerFailure, explainError} from './answer-failure.js'
import type {ApiApp, ApiDeps, ApiEnv} from './api-app.js'
import {addApiTokenRoutes} from './api-token-routes.js'
import {addChatRoute} from './chat-route.js'
import {describeProblem} from './describe-problem.js'
import {addFlowRoutes} from './flow-routes.js'
import {addHealthRoutes} from './health-routes.js'
import {addIntrospectRoute} from './introspect-route.js'
import {addOpenApiRoute} from './openapi-route.js'
import {addPointsRoutes} from './points-routes.js'
import {addProviderRoutes} from './provider-routes.js'
import {refuseOtherMethods} from './refuse-other-methods.js'
import {auditCalls} from './require-caller.js'
import {requireClearPath} from './require-clear-path.js'
import {addUserRoutes} from './user-routes.js'
import {addVerifyRoute} from './verify-route.js'

/** What `getRequestListener` of @hono/node-server hands its requests to. */
export interface Api {
  fetch(request: Request, bindings: HttpBindings): Response | Promise<Response>
}

/** All that the daemon answers itself, the passthrough and the end of logins apart (design 9). */
export function createApi(deps: ApiDeps): Api {
  const app: ApiApp = new OpenAPIHono<ApiEnv>({
    defaultHook(result) {
      if (!result.success) throw describeProblem(result.target, result.error)
    },
  })
  app.use(guardAnswers, requireClearPath, auditCalls(deps))
  const {publicUrl, loginTokens} = deps.settings
  const pages = createFlowPages(
    {...deps, ...logFlows(deps.log)},
    {mount: '', loginTokens, linkedPath: LOGIN_PATH, ...(publicUrl !== undefined && {publicUrl})},
  )
  app.use(async (context, next) => (await pages.handle(context.req.raw)) ?? (await next()))
  addHealthRoutes(app, deps)
  addAccountRoutes(app, deps)
  addApiTokenRoutes(app, deps)
  addFlowRoutes(app, deps, pages)
  addProviderRoutes(app, deps)
  addUserRoutes(app, deps)
  addPointsRoutes(app, deps)
  addVerifyRoute(app, deps)
  addIntrospectRoute(app, deps)
  addChatRoute(app)
  addOpenApiRoute(app)
  addAdminPages(app, {...deps, store: deps.storeAsItIs, flowPages: pages})
  refuseOtherMethods(app)
  app.notFound((context) =>
    answerFailure(context, {
      status: 404,
      code: 'not-found',
      message: 'There is nothing here.',
      hint: 'See /openapi.json.',
    }),
  )
  app.onError((error, context) => answerFailure(context, explainError(error, deps.log)))
  return app
}

const guardAnswers: MiddlewareHandler<ApiEnv> = async (context, next) => {
  await next()
  if (!context.res.headers.has('Cache-Control')) context.header('Cache-Control', 'no-store')
  context.header('X-Content-Type-Options', 'nosniff')
}
