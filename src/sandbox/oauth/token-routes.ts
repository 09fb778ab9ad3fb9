import {Hono} from 'hono'

import {getParameter, readParameters, type SandboxEnv} from '../parameters.js'
import type {User} from '../records.js'
import type {SandboxState} from '../state.js'
import {checkSecret, requireClient, type GrantRequest} from './grant-request.js'
import {exchangeCode} from './grants/authorization-code.js'
import {exchangeDeviceCode} from './grants/device-code.js'
import {exchangeRefreshToken} from './grants/refresh-token.js'
import {IdentityError} from './identity-error.js'
import {issueAppToken, type TokenBody} from './issue-tokens.js'

type Exchange = (request: GrantRequest) => TokenBody | Promise<TokenBody>

const GRANTS: Readonly<Record<string, Exchange>> = {
  authorization_code: exchangeCode,
  client_credentials: exchangeClientCredentials,
  refresh_token: exchangeRefreshToken,
  'urn:ietf:params:oauth:grant-type:device_code': exchangeDeviceCode,
}

/** `POST /oauth2/token` (facts 2.4 to 2.8). */
export function createTokenRoutes(state: SandboxState): Hono<SandboxEnv> {
  const app = new Hono<SandboxEnv>()

  app.post('/', async (c) => {
    const {all} = await readParameters(c)
    const client = requireClient(state, getParameter(all, 'client_id'))
    c.set('clientId', client.id)
    const grantType = getParameter(all, 'grant_type')
    if (grantType === undefined) throw new IdentityError(400, 'missing grant type')
    const exchange = Object.hasOwn(GRANTS, grantType) ? GRANTS[grantType] : undefined
    if (exchange === undefined) throw new IdentityError(400, 'unsupported grant type')
    const noteUser = (user: User | undefined): void => {
      if (user) c.set('user', user)
    }
    const body = await exchange({state, client, parameters: all, noteUser})
    c.set('issued', {access: body.access_token, ...(body.refresh_token !== undefined && {refresh: body.refresh_token})})
    return c.json(body)
  })

  return app
}

function exchangeClientCredentials({state, client, parameters}: GrantRequest): TokenBody {
  if (client.type === 'public') throw new IdentityError(400, 'Invalid client credentials')
  checkSecret(client, parameters)
  return issueAppToken(state, client)
}
