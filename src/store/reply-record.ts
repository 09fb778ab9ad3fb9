import * as z from 'zod/mini'

import type {RawReply} from '../model/refresh.js'
import type {Intent} from './journal.js'
import {epochMsSchema} from './record-parts.js'
import type {SealedPlace, Sealer} from './sealing.js'

const replySchema = z.object({
  status: z.int(),
  headers: z.record(z.string(), z.string()),
  body: z.string(),
  complete: z.boolean(),
  sentAt: epochMsSchema,
})

/** A reply belongs to one send of one token. */
const placeOf = ({account, grantId, fingerprint}: Intent): SealedPlace => ['journal', account, grantId, fingerprint]

export const sealReply = (reply: RawReply, intent: Intent, sealer: Sealer): string =>
  sealer.seal(placeOf(intent), JSON.stringify(reply))

/** A reply that was torn, or cannot be read for another reason, is no reply. */
export function openReply(sealed: string, intent: Intent, sealer: Sealer): RawReply | undefined {
  const text = sealer.open(placeOf(intent), sealed)
  if (text === undefined) return undefined
  const reply = replySchema.safeParse(JSON.parse(text))
  return reply.success ? reply.data : undefined
}
