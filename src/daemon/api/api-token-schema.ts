import {z} from 'zod'

import {isoTime} from './iso-time-schema.js'

/** An API token as programs get it; commands print the same with `--json`. */
export const apiTokenFields = {
  id: z.string().length(8).describe('8 characters'),
  name: z.string().describe('as it was issued'),
  state: z.enum(['active', 'expired', 'revoked']).describe('whether it opens anything'),
  scopes: z.array(z.string()).describe('what its holder may do'),
  as: z.array(z.string()).describe('the accounts it may act as, as `PROVIDER/LOGIN`'),
  as_any: z.boolean().describe('it may act as the owner and every bot'),
  default_as: z.string().optional().describe('as whom it acts when a request does not say'),
  issued_to: z.string().optional().describe('whose it is'),
  issued_at: isoTime.describe('when its secret was made'),
  expires_at: isoTime.optional().describe('when it ends; not there: never'),
  revoked_at: isoTime.optional().describe('when it was revoked'),
  last_used_at: isoTime.optional().describe('when it was last used'),
}

export const apiToken = z.strictObject(apiTokenFields).meta({id: 'ApiToken'})
