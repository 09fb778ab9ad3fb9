import {Hono} from 'hono'

import {createControlRoutes} from './control/control-routes.js'
import {HelixError} from './helix/helix-error.js'
import {createHelixRoutes} from './helix/helix-routes.js'
import {limitBody} from './limit-body.js'
import {createMockRoutes} from './mock/mock-routes.js'
import {createAuthorizeRoutes} from './oauth/authorize-routes.js'
import {createActivateRoutes, createDeviceRoutes} from './oauth/device-routes.js'
import {IdentityError} from './oauth/identity-error.js'
import {createOidcRoutes} from './oauth/oidc-routes.js'
import {createLoginRoutes} from './oauth/session.js'
import {createTokenRoutes} from './oauth/token-routes.js'
import {createRevokeRoutes, createValidateRoutes} from './oauth/validate-routes.js'
import {observeCalls} from './observe-calls.js'
import {renderWelcomePage} from './pages/welcome-page.js'
import type {SandboxEnv} from './parameters.js'
import type {SandboxState} from './state.js'

const MAX_BODY_BYTES = 1024 * 1024

const PAGE_HEADERS = {
  'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
}

/** The whole sandbox as one HTTP application. */
export function createSandboxApp(state: SandboxState, log: (line: string) => void): Hono<SandboxEnv> {
  const app = new Hono<SandboxEnv>()

  app.use(limitBody(MAX_BODY_BYTES))
  app.use(async (c, next) => {
    await next()
    for (const [name, value] of Object.entries(PAGE_HEADERS)) c.res.headers.set(name, value)
  })
  app.route('/_sandbox', createControlRoutes(state))

  app.use(observeCalls(state, log))
  app.get('/', (c) => c.html(renderWelcomePage(state)))
  app.route('/login', createLoginRoutes(state))
  app.route('/activate', createActivateRoutes(state))
  app.route('/oauth2/authorize', createAuthorizeRoutes(state))
  app.route('/oauth2/token', createTokenRoutes(state))
  app.route('/oauth2/device', createDeviceRoutes(state))
  app.route('/oauth2/validate', createValidateRoutes(state))
  app.route('/oauth2/revoke', createRevokeRoutes(state))
  app.route('/oauth2', createOidcRoutes(state))
  app.route('/helix', createHelixRoutes(state))
  app.route('/', createMockRoutes(state))

  app.notFound((c) => c.text('page not found', 404))
  app.onError((error, c) => {
    if (error instanceof IdentityError) return c.json({status: error.status, message: error.message}, error.status)
    if (error instanceof HelixError) return c.json(error.toBody(), error.status)
    log(`internal error: ${error.message}`)
    return c.json({status: 500, message: 'the sandbox failed; this is a fault of its own'}, 500)
  })
  return app
}
