import {answersWithoutScope, coversScope} from '../../helix/endpoint-scopes.js'
import type {HelixEndpoint} from '../../model/helix-endpoint.js'
import {findLiveToken} from '../oauth/end-tokens.js'
import type {AccessToken, User} from '../records.js'
import type {SandboxState} from '../state.js'
import {HelixError} from './helix-error.js'

/** Whoever calls, as far as the headers say. */
export interface Caller {
  token: AccessToken
  user: User | undefined
}

/**
 * Authorization and Client-Id, in the order of facts 3.2.
 * @returns undefined where the endpoint takes no token of ours: none at all, or an extension's JWT
 */
export function authenticate(
  state: SandboxState,
  endpoint: HelixEndpoint,
  headers: {authorization: string | undefined; clientId: string | undefined},
): Caller | undefined {
  if (endpoint.tokenTypes.includes('none')) return undefined
  const value = /^bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1]
  if (endpoint.tokenTypes.includes('extension-jwt')) {
    // Three parts are a JWT; its signature is not checked, extensions being none of the sandbox's business.
    if (value?.split('.').length !== 3) throw new HelixError(401, 'JWT token is missing')
    return undefined
  }
  if (value === undefined) throw new HelixError(401, 'OAuth token is missing')
  const token = findLiveToken(state, value)
  if (token === undefined) throw new HelixError(401, 'Invalid OAuth token')
  if (!state.clients.has(headers.clientId ?? '')) {
    throw new HelixError(401, 'Must provide a valid Client-ID or OAuth token')
  }
  if (headers.clientId !== token.clientId) throw new HelixError(401, 'Client ID and OAuth token do not match')
  return {token, user: state.users.get(token.userId ?? '')}
}

/** The kind of token. */
export function checkTokenKind(endpoint: HelixEndpoint, {token}: Caller): void {
  if (endpoint.tokenTypes.includes(token.kind)) return
  throw new HelixError(401, token.kind === 'app' ? 'incorrect user authorization' : 'Must provide valid app token.')
}

/** Calls on which a missing scope is not a 401 (facts 3.2). */
const SCOPE_FAILURE_STATUS: Readonly<Record<string, 400 | 403>> = {
  'POST /channels/commercial': 400,
  'PUT /moderation/shield_mode': 400,
  'GET /moderation/shield_mode': 400,
  'PUT /users': 403,
}

/** The scopes of the token, or, for an app token, what users granted its client (facts 3.9). */
export function checkScopes(state: SandboxState, endpoint: HelixEndpoint, {token}: Caller, read: ReadParameter): void {
  if (answersWithoutScope(endpoint)) return
  if (token.kind === 'app') {
    checkGrants(state, endpoint, token.clientId, read)
    return
  }
  if (endpoint.scopes.length === 0 || endpoint.scopes.some((scope) => coversScope(token.scopes, scope))) return
  throw new HelixError(
    SCOPE_FAILURE_STATUS[`${endpoint.method} ${endpoint.path}`] ?? 401,
    `Missing scope: ${endpoint.scopes.join(' or ')}`,
  )
}

/** Reads a parameter from query or body. */
export type ReadParameter = (name: string) => string | undefined

function checkGrants(state: SandboxState, endpoint: HelixEndpoint, clientId: string, read: ReadParameter): void {
  const rule = endpoint.appTokenNeedsGrant
  if (rule === undefined) return
  const grantor = findGrantor(endpoint, rule.grantedBy)
  // Without the parameter there is no one to look up; the parameter check says so.
  const grantorId = read(grantor)
  if (grantorId === undefined) return
  const scopes = state.findGrant(clientId, grantorId)?.scopes ?? []
  const all = [...(rule.allOf ?? []), ...(rule.plus ?? [])]
  const any = rule.anyOf ?? rule.oneOf ?? []
  const missing = all.find((scope) => !coversScope(scopes, scope))
  if (missing !== undefined) throw new HelixError(401, `Missing scope: ${missing}`)
  if (any.length > 0 && !any.some((scope) => coversScope(scopes, scope))) {
    throw new HelixError(401, `Missing scope: ${any.join(' or ')}`)
  }
  if (rule.channelGrant === undefined) return
  const broadcasterId = read(rule.channelGrant.grantedBy) ?? ''
  if (rule.channelGrant.unless !== undefined && state.channels.isModerator(broadcasterId, grantorId)) return
  const channelScopes = state.findGrant(clientId, broadcasterId)?.scopes ?? []
  if (!rule.channelGrant.scopes.every((scope) => coversScope(channelScopes, scope))) {
    throw new HelixError(401, `Missing scope: ${rule.channelGrant.scopes.join(', ')}`)
  }
}

/** The reference does not always name the parameter; then it is the one that names the acting user. */
const findGrantor = (endpoint: HelixEndpoint, grantedBy: string): string =>
  /^[a-z_]+$/.test(grantedBy) ? grantedBy : (endpoint.tokenUserMustMatch ?? 'broadcaster_id')

/** The parameter that names the acting user must name the token's. */
export function checkActingUser(endpoint: HelixEndpoint, {token, user}: Caller, read: ReadParameter): void {
  const parameter = endpoint.tokenUserMustMatch
  if (parameter === null || !/^[a-z_]+$/.test(parameter) || token.kind === 'app') return
  const value = read(parameter)
  if (value === undefined || value === user?.id) return
  throw new HelixError(401, `The ID in ${parameter} must match the user ID found in the request's OAuth token.`)
}

/** Who acts as a moderator must be one of that channel. The last of the checks: it is about the target's state. */
export function checkModerator(state: SandboxState, endpoint: HelixEndpoint, read: ReadParameter): void {
  if (endpoint.tokenUserMustMatch !== 'moderator_id') return
  const moderatorId = read('moderator_id')
  const broadcasterId = read('broadcaster_id') ?? read('from_broadcaster_id')
  if (moderatorId === undefined || broadcasterId === undefined) return
  if (state.channels.isModerator(broadcasterId, moderatorId)) return
  throw new HelixError(403, "The user in moderator_id is not one of the broadcaster's moderators.")
}
