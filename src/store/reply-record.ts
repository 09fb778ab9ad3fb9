import {z} from 'zod'

import type {AccountKey} from '../model/account.js'
import type {RawReply} from '../model/refresh.js'
import {epochMsSchema} from './record-parts.js'
import type {SealedPlace, Sealer} from './sealing.js'

const replySchema = z.object({
  status: z.int(),
  headers: z.record(z.string(), z.string()),
  body: z.string(),
  complete: z.boolean(),
  sentAt: epochMsSchema,
})

const placeOf = (key: AccountKey): SealedPlace => ['journal', key, 'reply']

export const sealReply = (reply: RawReply, key: AccountKey, sealer: Sealer): string =>
  sealer.seal(placeOf(key), JSON.stringify(reply))

/** A reply that was torn, or cannot be read for another reason, is no reply. */
export function openReply(sealed: string, key: AccountKey, sealer: Sealer): RawReply | undefined {
  const text = sealer.open(placeOf(key), sealed)
  if (text === undefined) return undefined
  const reply = replySchema.safeParse(JSON.parse(text))
  return reply.success ? reply.data : undefined
}
