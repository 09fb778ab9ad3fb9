import {Hono} from 'hono'

import {checkSecret, requireClient} from '../oauth/grant-request.js'
import {IdentityError} from '../oauth/identity-error.js'
import {issueUserTokens, recordGrant} from '../oauth/issue-tokens.js'
import {getParameter, readParameters, type SandboxEnv} from '../parameters.js'
import {knownScopes, parseScopes} from '../scopes.js'
import type {SandboxState} from '../state.js'

/**
 * `POST /auth/authorize?grant_type=user_token&user_id=…`: a user's token at once, which Twitch does not have and
 * twitch-cli's mock API does (facts 7.2). The tokens are like any other here, so they can be refreshed and revoked.
 */
export function createUserTokenRoutes(state: SandboxState): Hono<SandboxEnv> {
  const app = new Hono<SandboxEnv>()
  app.post('/', async (c, next) => {
    const {all} = await readParameters(c)
    // The form of the consent page is posted to the same path.
    if (getParameter(all, 'grant_type') !== 'user_token') return next()
    const client = requireClient(state, getParameter(all, 'client_id'))
    c.set('clientId', client.id)
    checkSecret(client, all)
    const user = state.users.get(getParameter(all, 'user_id') ?? '')
    if (user === undefined) throw new IdentityError(400, 'User ID invalid')
    const scopes = parseScopes(getParameter(all, 'scope'))
    if (scopes.some((scope) => !knownScopes().has(scope))) throw new IdentityError(400, 'Invalid scopes requested')
    c.set('user', user)
    recordGrant(state, client.id, user.id, scopes)
    const authorization = {clientId: client.id, userId: user.id, scopes, claims: {idToken: [], userinfo: []}}
    const body = await issueUserTokens(state, client, authorization)
    c.set('issued', {access: body.access_token, ...(body.refresh_token !== undefined && {refresh: body.refresh_token})})
    return c.json({...body, scope: scopes})
  })
  return app
}
