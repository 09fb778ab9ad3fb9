import {z} from 'zod'

import {CREDENTIAL_KINDS} from '../../model/credential.js'
import {isoTime} from './iso-time-schema.js'

/** An account as programs get it; commands print the same with `--json`. */
export const accountFields = {
  key: z.string().describe('names the account for good: `PROVIDER:USER_ID`, or `PROVIDER@SUBJECT`'),
  provider: z.string().describe('name of its provider'),
  login: z.string().describe('login name, in lower case; it may change'),
  display_name: z.string().optional().describe('the name as its holder writes it'),
  user_id: z.string().describe('the service’s id of the user, always a string; `unknown` while `unfinished`'),
  role: z.enum(['owner', 'bot', 'user']).describe('who it is here'),
  subject: z.string().optional().describe('of a chat user, or of an import that is not finished'),
  state: z
    .enum(['ok', 'expired', 'in-doubt', 'login-needed', 'unfinished'])
    .describe(
      '`expired`: the token in hand is over and can be renewed; `in-doubt`: a renewal was sent and not answered; `unfinished`: an import that was begun',
    ),
  reason: z
    .enum(['rejected', 'lost-reply', 'no-refresh-token', 'client-changed', 'origin-changed'])
    .optional()
    .describe('why a login is needed'),
  detail: z.string().optional().describe('the same, in words'),
  credential: z.enum(CREDENTIAL_KINDS).describe('what is kept for it'),
  scopes: z.array(z.string()).describe('what the provider granted; none but with OAuth 2'),
  added_at: isoTime.describe('when it was first logged in'),
  expires_at: isoTime.optional().describe('when the token in hand ends; not there: no known end'),
  last_refresh_at: isoTime.optional().describe('when the token was last renewed'),
  next_refresh_at: isoTime.optional().describe('when it is due to be renewed'),
  last_validated_at: isoTime.optional().describe('when the provider was last asked about it'),
  last_failure: z
    .strictObject({at: isoTime.describe('when'), summary: z.string().describe('what, for people')})
    .optional()
    .describe('the last renewal, if it failed'),
}

export const account = z.strictObject(accountFields).meta({id: 'Account'})
