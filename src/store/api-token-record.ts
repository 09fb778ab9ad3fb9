import * as z from 'zod/mini'

import type {ApiToken} from '../model/api-token.js'
import {
  checkNewRecord,
  checkRecord,
  damagedRecord,
  epochMsSchema,
  flagSchema,
  optionalEpochMs,
  optionalText,
  textSchema,
  textsSchema,
} from './record-parts.js'

const apiTokenSchema = z.object({
  id: textSchema,
  name: textSchema,
  salt: textSchema,
  hmac: textSchema,
  scopes: textsSchema,
  as: textsSchema,
  asAny: flagSchema,
  defaultAs: optionalText,
  issuedTo: optionalText,
  issuedAt: epochMsSchema,
  expiresAt: optionalEpochMs,
  revokedAt: optionalEpochMs,
  lastUsedAt: optionalEpochMs,
})

/** @throws BehalfError `invalid-input` when it could not be read back. */
export const toApiTokenRecord = (token: ApiToken): unknown =>
  checkNewRecord(apiTokenSchema, token, 'API token', token.id)

/** @throws BehalfError `store-damaged` naming the API token. */
export function readApiToken(record: unknown, id: string): ApiToken {
  const token = checkRecord(apiTokenSchema, record, 'API token', id)
  if (token.id !== id) throw damagedRecord('API token', id, 'id')
  return token
}
