import {Hono} from 'hono'

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
