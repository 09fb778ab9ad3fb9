import {z} from 'zod'

import {getParameter} from '../parameters.js'
import {knownScopes, parseScopes} from '../scopes.js'
import type {Client, RequestedClaims} from '../records.js'
import type {SandboxState} from '../state.js'
import {IdentityError} from './identity-error.js'

export interface AuthorizeRequest {
  client: Client
  redirectUri: string
  responseType: ResponseType
  scopes: string[]
  state: string | undefined
  forceVerify: boolean
  nonce: string | undefined
  claims: RequestedClaims
}

const RESPONSE_TYPES = ['code', 'token', 'id_token', 'token id_token', 'code id_token'] as const
export type ResponseType = (typeof RESPONSE_TYPES)[number]

/** A fault that is told to the app, by a redirect. */
export interface RedirectedError {
  redirectUri: string
  error: string
  description: string
  state: string | undefined
}

/**
 * Reads the query of `/oauth2/authorize` (facts 2.3).
 * @throws IdentityError for faults that are shown in place, without a redirect
 */
export function readAuthorizeRequest(
  state: SandboxState,
  query: URLSearchParams,
): {ok: true; request: AuthorizeRequest} | {ok: false; error: RedirectedError} {
  const clientId = getParameter(query, 'client_id')
  if (clientId === undefined) throw new IdentityError(400, 'missing client id')
  const client = state.clients.get(clientId)
  if (client === undefined) throw new IdentityError(400, 'invalid client')

  const stateText = getParameter(query, 'state')
  const redirectUri = getParameter(query, 'redirect_uri')
  if (redirectUri === undefined || !client.redirectUris.includes(redirectUri)) {
    return refuse(
      client.redirectUris[0],
      'redirect_mismatch',
      'Parameter redirect_uri does not match registered URI',
      stateText,
    )
  }

  const scopes = parseScopes(getParameter(query, 'scope'))
  const unknown = scopes.find((scope) => !knownScopes().has(scope))
  if (unknown !== undefined) throw new IdentityError(400, `invalid scope requested: '${unknown}'`)

  const responseType = findResponseType(getParameter(query, 'response_type'))
  if (responseType === undefined || (responseType.includes('id_token') && !scopes.includes('openid'))) {
    return refuse(redirectUri, 'unsupported_response_type', 'Response type is not supported', stateText)
  }

  const request = {
    client,
    redirectUri,
    responseType,
    scopes,
    state: stateText,
    forceVerify: getParameter(query, 'force_verify') === 'true',
    nonce: getParameter(query, 'nonce'),
    claims: parseClaims(getParameter(query, 'claims')),
  }
  return {ok: true, request}
}

function refuse(redirectUri: string | undefined, error: string, description: string, state: string | undefined) {
  if (redirectUri === undefined) throw new IdentityError(400, description)
  return {ok: false as const, error: {redirectUri, error, description, state}}
}

function findResponseType(text: string | undefined): ResponseType | undefined {
  const parts = (text ?? '').split(' ').sort().join(' ')
  return RESPONSE_TYPES.find((type) => type.split(' ').sort().join(' ') === parts)
}

const claimNames = z
  .record(z.string(), z.unknown())
  .transform((claims) => Object.keys(claims))
  .default([])
const claimsParameter = z.object({id_token: claimNames, userinfo: claimNames})

/** OpenID Connect Core 5.5: `{"id_token": {"email": null}, "userinfo": {…}}`. */
function parseClaims(text: string | undefined): RequestedClaims {
  if (text === undefined) return {idToken: [], userinfo: []}
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    throw new IdentityError(400, 'invalid claims')
  }
  const parsed = claimsParameter.safeParse(json)
  if (!parsed.success) throw new IdentityError(400, 'invalid claims')
  return {idToken: parsed.data.id_token, userinfo: parsed.data.userinfo}
}
