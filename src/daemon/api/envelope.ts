import {z} from 'zod'

/** What every answer below `/api/v1` looks like: the values are texts, and what `data` has stands beside it too. */
export const enveloped = <S extends z.core.$ZodShape>(data: z.ZodObject<S>) =>
  z.strictObject({
    ...data.shape,
    code: z.literal('200'),
    message: z.string().describe('for people'),
    error: z.literal('false'),
    data,
  })

/** An answer of that shape. */
export const envelope = <D extends object>(message: string, data: D) => ({
  ...data,
  code: '200',
  message,
  error: 'false',
  data,
})

/** The same for what went wrong. */
export const failed = z
  .strictObject({
    code: z
      .string()
      .regex(/^[45]\d\d$/)
      .describe('the HTTP status'),
    message: z.string().describe('what failed, for people'),
    error: z.literal('true'),
    hint: z.string().optional().describe('what to do about it'),
    authorization_url: z
      .url()
      .optional()
      .describe('what the person is to open whose account needs a login; for a caller with `flow:start`'),
  })
  .meta({id: 'Failure'})

/** Clients look for exactly these. */
export const unauthorized = z
  .strictObject({code: z.literal('401'), message: z.literal('Unauthorized'), error: z.literal('true')})
  .meta({id: 'Unauthorized'})

/** What went wrong elsewhere than below `/api/v1`, as clients of TAU know it. */
export const refused = z
  .strictObject({
    detail: z.string().describe('what failed, for people'),
    error: z.string().describe('the same'),
    code: z.string().describe('the same, for programs'),
  })
  .meta({id: 'Refusal'})

/** RFC 6749 5.2, RFC 6750 3.1. */
export const oauthFailure = z
  .strictObject({
    error: z.enum(['invalid_request', 'invalid_token', 'insufficient_scope', 'server_error']),
    error_description: z.string(),
  })
  .meta({id: 'OAuthFailure'})
