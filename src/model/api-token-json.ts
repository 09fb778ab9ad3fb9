import type {ApiTokenView} from './api-token.js'
import {isoTime, timeField} from './iso-time.js'

/** An API token as programs get it, from a command and over HTTP. */
export function apiTokenJson(token: ApiTokenView): Record<string, unknown> {
  return {
    id: token.id,
    name: token.name,
    state: token.state,
    scopes: token.scopes,
    as: token.as,
    as_any: token.asAny,
    ...(token.defaultAs !== undefined && {default_as: token.defaultAs}),
    ...(token.issuedTo !== undefined && {issued_to: token.issuedTo}),
    issued_at: isoTime(token.issuedAt),
    ...timeField('expires_at', token.expiresAt),
    ...timeField('revoked_at', token.revokedAt),
    ...timeField('last_used_at', token.lastUsedAt),
  }
}
