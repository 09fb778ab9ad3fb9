import {Hono} from 'hono'

import {SECOND_MS} from '../../model/time.js'
import {getParameter, readParameters, type SandboxContext, type SandboxEnv} from '../parameters.js'
import type {AccessToken} from '../records.js'
import type {SandboxState} from '../state.js'
import {findLiveToken} from './end-tokens.js'
import {IdentityError} from './identity-error.js'

/** `GET /oauth2/validate` (facts 2.9). */
export function createValidateRoutes(state: SandboxState): Hono<SandboxEnv> {
  const app = new Hono<SandboxEnv>()
  app.get('/', (c) => {
    const token = requireToken(state, c)
    const user = state.users.get(token.userId ?? '')
    return c.json({
      client_id: token.clientId,
      ...(user && {login: user.login}),
      scopes: token.scopes.length === 0 ? null : token.scopes,
      ...(user && {user_id: user.id}),
      expires_in: token.expiresAt === null ? 0 : Math.floor((token.expiresAt - state.clock.now()) / SECOND_MS),
    })
  })
  return app
}

/** `POST /oauth2/revoke` (facts 2.10): access tokens only. The grant and the refresh token live on. */
export function createRevokeRoutes(state: SandboxState): Hono<SandboxEnv> {
  const app = new Hono<SandboxEnv>()
  app.post('/', async (c) => {
    const {all} = await readParameters(c)
    const clientId = getParameter(all, 'client_id')
    if (clientId === undefined) throw new IdentityError(400, 'missing client id')
    if (!state.clients.has(clientId)) throw new IdentityError(404, 'client does not exist')
    c.set('clientId', clientId)
    const value = getParameter(all, 'token')
    if (value === undefined) throw new IdentityError(400, 'missing oauth token')
    const token = findLiveToken(state, value)
    if (token?.clientId !== clientId) throw new IdentityError(400, 'Invalid token')
    noteUser(state, c, token)
    state.accessTokens.delete(value)
    return c.body(null, 200)
  })
  return app
}

/** The living token of `Authorization: OAuth …` or `Bearer …`. */
export function requireToken(state: SandboxState, c: SandboxContext): AccessToken {
  const value = /^(?:oauth|bearer) +(\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1]
  if (value === undefined) throw new IdentityError(401, 'missing authorization token')
  const token = findLiveToken(state, value)
  if (token === undefined) throw new IdentityError(401, 'invalid access token')
  c.set('clientId', token.clientId)
  noteUser(state, c, token)
  return token
}

function noteUser(state: SandboxState, c: SandboxContext, token: AccessToken): void {
  const user = state.users.get(token.userId ?? '')
  if (user) c.set('user', user)
}
