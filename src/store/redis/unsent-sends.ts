import type {AccountKey} from '../../model/account.js'
import type {AccountHash} from './account-hash.js'
import type {AccountSteps} from './account-steps.js'
import type {TakenLock} from './acquire-account-lock.js'
import {insist} from './insist.js'

/** Intents whose sends this process took back while Redis could not be told, and what was there before. */
export type UnsentSends = Map<AccountKey, {intent: string; before: string}>

/** Tells Redis now, for nobody else knows it. Gives what is stored then. */
export async function forgetUnsent({
  key,
  steps,
  taken: {hash},
  unsent,
}: {
  key: AccountKey
  steps: AccountSteps
  taken: TakenLock
  unsent: UnsentSends
}): Promise<AccountHash> {
  const known = unsent.get(key)
  if (known === undefined) return hash
  const isThere = hash.intent === known.intent
  if (isThere) await insist(() => steps.run('retract', key, [key, known.intent, known.before]))
  unsent.delete(key)
  return isThere ? {...hash, intent: known.before === '' ? undefined : known.before} : hash
}
