import type {ApiToken} from '../model/api-token.js'
import {
  checkNewRecord,
  checkRecord,
  damagedRecord,
  epochMsShape,
  optionalEpochMs,
  optionalText,
  textsShape,
} from './record-parts.js'
import * as shape from './shape.js'

const apiTokenShape = shape.object({
  id: shape.text,
  name: shape.text,
  salt: shape.text,
  hmac: shape.text,
  scopes: textsShape,
  as: textsShape,
  asAny: shape.flag,
  defaultAs: optionalText,
  issuedTo: optionalText,
  issuedAt: epochMsShape,
  expiresAt: optionalEpochMs,
  revokedAt: optionalEpochMs,
  lastUsedAt: optionalEpochMs,
})

/** @throws BehalfError `invalid-input` when it could not be read back. */
export const toApiTokenRecord = (token: ApiToken): unknown =>
  checkNewRecord(apiTokenShape, token, 'API token', token.id)

/** @throws BehalfError `store-damaged` naming the API token. */
export function readApiToken(record: unknown, id: string): ApiToken {
  const token = checkRecord(apiTokenShape, record, 'API token', id)
  if (token.id !== id) throw damagedRecord('API token', id, 'id')
  return token
}
