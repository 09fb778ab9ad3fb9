import {getParameter} from '../../parameters.js'
import {IdentityError} from '../identity-error.js'
import {issueUserTokens, type TokenBody} from '../issue-tokens.js'
import type {GrantRequest} from '../grant-request.js'

/** One poll of the device flow (facts 2.7). Needs no secret; denied and expired codes are simply invalid. */
export async function exchangeDeviceCode({state, client, parameters, noteUser}: GrantRequest): Promise<TokenBody> {
  const value = getParameter(parameters, 'device_code')
  if (value === undefined) throw new IdentityError(400, 'missing device_code')
  const device = state.deviceCodes.get(value)
  if (device?.clientId !== client.id || device.expiresAt <= state.clock.now()) {
    throw new IdentityError(400, 'invalid device code')
  }
  if (device.status === 'pending') throw new IdentityError(400, 'authorization_pending')
  if (device.status !== 'approved' || device.userId === undefined) throw new IdentityError(400, 'invalid device code')
  device.status = 'used'
  noteUser(state.users.get(device.userId))
  const {scopes, userId} = device
  return issueUserTokens(state, client, {clientId: client.id, userId, scopes, claims: {idToken: [], userinfo: []}})
}
