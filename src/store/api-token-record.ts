import * as z from 'zod/mini'

import type {ApiToken} from '../model/api-token.js'
import {checkNewRecord, checkRecord, damagedRecord, epochMsSchema} from './record-parts.js'

const apiTokenSchema = z.object({
  id: z.string(),
  name: z.string(),
  salt: z.string(),
  hmac: z.string(),
  scopes: z.array(z.string()),
  as: z.array(z.string()),
  asAny: z.boolean(),
  defaultAs: z.exactOptional(z.string()),
  issuedTo: z.exactOptional(z.string()),
  issuedAt: epochMsSchema,
  expiresAt: z.exactOptional(epochMsSchema),
  revokedAt: z.exactOptional(epochMsSchema),
  lastUsedAt: z.exactOptional(epochMsSchema),
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
