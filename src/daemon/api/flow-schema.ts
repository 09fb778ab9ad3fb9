import {z} from 'zod'

import {account} from './account-schema.js'
import {isoTime} from './iso-time-schema.js'

export const newFlow = z
  .strictObject({
    provider: z.string().min(1).max(64).describe('the name of the provider'),
    subject: z.string().min(1).max(200).optional().describe('the chat user whose account it will be'),
    role: z.enum(['bot', 'owner']).optional().describe('what it will be instead; neither: a web login'),
    expect: z
      .string()
      .min(1)
      .max(256)
      .optional()
      .describe('the user id at the provider that must come back; for a role: a login or user id'),
    confirm: z
      .enum(['page', 'code'])
      .optional()
      .describe('how a subject’s link is confirmed: a button on our page, or a code to send back in the chat'),
    pin: z
      .boolean()
      .optional()
      .describe('OAuth 1.0a: the person is shown a PIN to send back in the chat, and no page of ours'),
    return_to: z
      .string()
      .max(2000)
      .optional()
      .describe('where the browser goes in the end, with `?flow=`; an origin of `serve --return-origin`'),
    scopes: z.array(z.string().min(1).max(1000)).max(100).optional().describe('beyond the provider’s default ones'),
  })
  .refine(({subject, role}) => subject === undefined || role === undefined, 'a subject or a role, not both')
  .meta({id: 'NewFlow'})

export const flowFields = {
  flow_id: z.string(),
  provider: z.string(),
  role: z.enum(['owner', 'bot', 'user']),
  subject: z.string().optional(),
  state: z.enum(['pending', 'done', 'failed']),
  waits_for: z.enum(['callback', 'confirmation', 'code']).optional().describe('what a pending one waits for'),
  created_at: isoTime,
  expires_at: isoTime.describe('until when the person may finish; of one that has ended: until when it is told'),
  account: account.optional().describe('of one that is done, while the account is there'),
  created: z.boolean().optional().describe('the account was not known before'),
  missing_scopes: z.array(z.string()).optional().describe('asked for, but not granted'),
  cannot_refresh: z.boolean().optional().describe('the account will need a login when its access token ends'),
  reason: z.string().optional().describe('why it failed, for people'),
  reason_code: z.string().optional().describe('why it failed, for programs'),
}

/** What there is once, of a web login under `serve --login-tokens`. */
export const loginTokenFields = {
  token: z.string().optional().describe('an API token for the account of a web login, this once: a secret'),
  token_scope: z.string().optional(),
  token_expires_at: isoTime.optional(),
}
