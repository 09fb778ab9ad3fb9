import * as z from 'zod/mini'

import type {RawReply} from '../model/refresh.js'
import type {Intent} from './journal.js'
import {epochMsSchema, flagSchema, textSchema} from './record-parts.js'
import type {SealedPlace, Sealer} from './sealing.js'

const replySchema = z.object({
  status: z.int(),
  headers: z.record(textSchema, textSchema),
  body: textSchema,
  complete: flagSchema,
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
