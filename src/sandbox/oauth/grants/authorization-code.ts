import {getParameter} from '../../parameters.js'
import {IdentityError} from '../identity-error.js'
import {issueUserTokens, type TokenBody} from '../issue-tokens.js'
import {checkSecret, type GrantRequest} from '../grant-request.js'

/** Facts 2.4 and 2.12. PKCE parameters are ignored, as Twitch ignores them. */
export async function exchangeCode({state, client, parameters, noteUser}: GrantRequest): Promise<TokenBody> {
  if (client.type === 'public') throw new IdentityError(400, 'Invalid client credentials')
  checkSecret(client, parameters)
  const code = state.codes.get(getParameter(parameters, 'code') ?? '')
  if (code?.clientId !== client.id || code.expiresAt <= state.clock.now()) {
    throw new IdentityError(400, 'Invalid authorization code')
  }
  if (getParameter(parameters, 'redirect_uri') !== code.redirectUri) {
    throw new IdentityError(400, 'Parameter redirect_uri does not match registered URI')
  }
  state.codes.delete(code.value)
  noteUser(state.users.get(code.userId))
  return issueUserTokens(state, client, code)
}
