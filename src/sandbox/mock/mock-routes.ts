import {Hono, type MiddlewareHandler} from 'hono'

import {createHelixRoutes} from '../helix/helix-routes.js'
import {createAuthorizeRoutes} from '../oauth/authorize-routes.js'
import {createDeviceRoutes} from '../oauth/device-routes.js'
import {createTokenRoutes} from '../oauth/token-routes.js'
import {createRevokeRoutes, createValidateRoutes} from '../oauth/validate-routes.js'
import type {SandboxEnv} from '../parameters.js'
import type {SandboxState} from '../state.js'
import {createUnitRoutes} from './unit-routes.js'
import {createUserTokenRoutes} from './user-token-routes.js'

/**
 * The sandbox under the paths of twitch-cli's mock API, for programs that know these and a port alone (facts 7.5). What
 * answers is the sandbox as it is under `/oauth2` and `/helix` (decision 0048).
 */
export function createMockRoutes(state: SandboxState): Hono<SandboxEnv> {
  const app = new Hono<SandboxEnv>()
  app.use('/mock/*', openToPages)
  app.use('/units/*', openToPages)
  app.route('/mock', createHelixRoutes(state, '/mock'))
  // Twurple asks for subscriptions where twitch-cli's other mock has them.
  app.route('/eventsub', createHelixRoutes(state, ''))
  app.route('/auth/authorize', createUserTokenRoutes(state))
  app.route('/auth/authorize', createAuthorizeRoutes(state))
  app.route('/auth/token', createTokenRoutes(state))
  app.route('/auth/device', createDeviceRoutes(state))
  app.route('/auth/validate', createValidateRoutes(state))
  app.route('/auth/revoke', createRevokeRoutes(state))
  app.route('/units', createUnitRoutes(state))
  return app
}

/** `*` would not let `Authorization` through (Fetch standard, CORS-unsafe request-header names). */
const OPEN_TO_PAGES = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Allow-Methods': 'GET, POST, PUT, PATCH, DELETE, OPTIONS',
  'Access-Control-Allow-Headers': 'Authorization, Client-Id, Content-Type',
}

/** For pages of any origin, and 200 for `OPTIONS` (facts 7.1): they are tried out against the mock. */
const openToPages: MiddlewareHandler<SandboxEnv> = async (c, next) => {
  if (c.req.method === 'OPTIONS') return c.body(null, 200, OPEN_TO_PAGES)
  await next()
  for (const [name, value] of Object.entries(OPEN_TO_PAGES)) c.res.headers.set(name, value)
  return undefined
}
