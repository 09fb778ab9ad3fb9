import {z} from 'zod'

import {isoTime} from '../../src/daemon/api/iso-time-schema.js'
import {user} from '../../src/daemon/api/user-schema.js'

export const users = z.strictObject({users: z.array(user).describe('ordered by subject')}).meta({id: 'UserList'})

export const oneTimeCode = z
  .strictObject({
    subject: z.string().describe('as whom the next call carries it'),
    provider: z.string().describe('where'),
    expires_at: isoTime.describe('when it is forgotten at the latest'),
  })
  .meta({id: 'OneTimeCode'})
