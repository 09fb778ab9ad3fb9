import {z} from 'zod'

import {apiToken, apiTokenFields} from '../../src/daemon/api/api-token-schema.js'

export const apiTokens = z.strictObject({tokens: z.array(apiToken).describe('oldest first')}).meta({id: 'ApiTokenList'})

export const issuedToken = z
  .strictObject({
    token: z
      .string()
      .regex(/^bhf_[A-Za-z0-9]{8}_[A-Za-z0-9]{32}_[A-Za-z0-9]{6}$/)
      .describe('the token itself, this once: a secret'),
    ...apiTokenFields,
  })
  .meta({id: 'IssuedToken', extends: 'ApiToken'})
