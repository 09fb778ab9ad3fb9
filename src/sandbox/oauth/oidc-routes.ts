import {Hono} from 'hono'

import {SECOND_MS} from '../../model/time.js'
import type {SandboxEnv} from '../parameters.js'
import type {SandboxState} from '../state.js'
import {collectClaims, issuerOf, listPublicKeys} from './id-token.js'
import {IdentityError} from './identity-error.js'
import {requireToken} from './validate-routes.js'

/** Discovery, keys and user info of OpenID Connect (facts 2.11). */
export function createOidcRoutes(state: SandboxState): Hono<SandboxEnv> {
  const app = new Hono<SandboxEnv>()

  app.get('/.well-known/openid-configuration', (c) => c.json(describeIssuer(issuerOf(state))))

  app.get('/keys', async (c) => c.json(await listPublicKeys()))

  app.get('/userinfo', (c) => {
    const token = requireToken(state, c)
    if (token.userId === null || !token.scopes.includes('openid')) throw new IdentityError(401, 'missing scope openid')
    const issuedAt = Math.floor(state.clock.now() / SECOND_MS)
    return c.json({
      aud: token.clientId,
      exp: token.expiresAt === null ? issuedAt + 900 : Math.floor(token.expiresAt / SECOND_MS),
      iat: issuedAt,
      iss: issuerOf(state),
      sub: token.userId,
      ...collectClaims(state, token, token.claims.userinfo),
    })
  })

  return app
}

/** What Twitch announces, and nothing it does not: no device, revocation or PKCE. */
const describeIssuer = (issuer: string) => ({
  authorization_endpoint: `${issuer}/authorize`,
  claims_parameter_supported: true,
  claims_supported: [
    'email',
    'email_verified',
    'picture',
    'preferred_username',
    'exp',
    'iss',
    'sub',
    'azp',
    'aud',
    'iat',
    'updated_at',
  ],
  id_token_signing_alg_values_supported: ['RS256'],
  issuer,
  jwks_uri: `${issuer}/keys`,
  response_types_supported: ['id_token', 'code', 'token', 'code id_token', 'token id_token'],
  scopes_supported: ['openid'],
  subject_types_supported: ['public'],
  token_endpoint: `${issuer}/token`,
  token_endpoint_auth_methods_supported: ['client_secret_post'],
  userinfo_endpoint: `${issuer}/userinfo`,
})
