import {getParameter} from '../../parameters.js'
import type {Client, RefreshToken} from '../../records.js'
import type {SandboxState} from '../../state.js'
import {endAuthorization, findLiveToken} from '../end-tokens.js'
import {IdentityError} from '../identity-error.js'
import {describeTokens, mintRefreshToken, mintUserToken, type TokenBody} from '../issue-tokens.js'
import {checkSecret, type GrantRequest} from '../grant-request.js'

/** How many living access tokens one refresh token of a confidential client may have fetched. */
const LIVE_TOKENS_PER_REFRESH_TOKEN = 50

/** Facts 2.8: confidential clients use a refresh token many times, public ones once, on pain of losing everything. */
export function exchangeRefreshToken({state, client, parameters, noteUser}: GrantRequest): TokenBody {
  const value = getParameter(parameters, 'refresh_token')
  if (value === undefined) throw new IdentityError(400, 'missing refresh token')
  checkSecret(client, parameters)
  const token = state.refreshTokens.get(value)
  if (token?.clientId !== client.id) throw new IdentityError(400, 'Invalid refresh token')
  noteUser(state.users.get(token.userId))
  if (token.used) {
    endAuthorization(state, token)
    throw new IdentityError(400, 'Invalid refresh token')
  }
  if (token.expiresAt !== null && token.expiresAt <= state.clock.now()) {
    throw new IdentityError(400, 'Invalid refresh token')
  }
  return token.oneUse ? rotate(state, client, token) : reuse(state, client, token)
}

/** The old access token dies with the refresh token. */
function rotate(state: SandboxState, client: Client, token: RefreshToken): TokenBody {
  token.used = true
  state.accessTokens.delete(token.issuedWith)
  const access = mintUserToken(state, client, token)
  return describeTokens(state, access, mintRefreshToken(state, client, token, access))
}

/** Earlier access tokens live on until their own expiry. */
function reuse(state: SandboxState, client: Client, token: RefreshToken): TokenBody {
  token.fetched = token.fetched.filter((value) => findLiveToken(state, value) !== undefined)
  if (token.fetched.length >= LIVE_TOKENS_PER_REFRESH_TOKEN) throw new IdentityError(400, 'Invalid refresh token')
  const access = mintUserToken(state, client, token)
  token.fetched.push(access.value)
  const refresh = state.settings.renewsRefreshTokens ? mintRefreshToken(state, client, token, access) : token
  return describeTokens(state, access, refresh)
}
