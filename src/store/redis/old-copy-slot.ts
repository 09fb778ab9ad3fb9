import type {Doubt} from '../../model/account.js'
import type {Moment} from '../../model/time.js'
import type {AccountReader} from './account-reader.js'
import type {AccountSteps} from './account-steps.js'
import {slotOf} from './keys.js'
import type {SeenWrites} from './seen-writes.js'
import {formatMark, parseMark, type WriteMark} from './write-mark.js'

/**
 * Puts all accounts of a slot in doubt: Redis has forgotten tokens that this machine has seen come and go, as after a
 * failover or from a snapshot (design 7, rule 12). Which ones is not known. Can be repeated after a crash.
 * @param forgotten what had been seen of the slot.
 */
export async function putSlotInDoubt(
  {steps, reader, seen}: {steps: AccountSteps; reader: AccountReader; seen: SeenWrites},
  slot: number,
  forgotten: WriteMark,
  now: Moment,
): Promise<void> {
  const doubt: Doubt = {cause: 'old-copy', since: now, lastSentAt: now, sends: 0}
  const keys = (await reader.listKeys()).filter((key) => slotOf(key) === slot)
  await Promise.all(keys.map((key) => steps.run('putInDoubt', key, [JSON.stringify(doubt)])))
  const [key] = keys
  if (key === undefined) return
  const [, mark] = await steps.run('catchUp', key, [formatMark(forgotten)])
  seen.replace(slot, parseMark(mark))
}
