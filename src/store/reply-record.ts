import type {RawReply} from '../model/refresh.js'
import type {Intent} from './journal.js'
import {epochMsShape} from './record-parts.js'
import * as shape from './shape.js'
import {fit} from './shape.js'
import type {SealedPlace, Sealer} from './sealing.js'

const replyShape = shape.object({
  status: shape.integer(),
  headers: shape.dictionary(shape.text),
  body: shape.text,
  complete: shape.flag,
  sentAt: epochMsShape,
})

/** A reply belongs to one send of one token. */
const placeOf = ({account, grantId, fingerprint}: Intent): SealedPlace => ['journal', account, grantId, fingerprint]

export const sealReply = (reply: RawReply, intent: Intent, sealer: Sealer): string =>
  sealer.seal(placeOf(intent), JSON.stringify(reply))

/** A reply that was torn, or cannot be read for another reason, is no reply. */
export function openReply(sealed: string, intent: Intent, sealer: Sealer): RawReply | undefined {
  const text = sealer.open(placeOf(intent), sealed)
  if (text === undefined) return undefined
  const reply = fit(replyShape, JSON.parse(text))
  return 'value' in reply ? reply.value : undefined
}
