import {nameDamagedProviders} from '../../broker/load-provider.js'
import {MINUTE_MS, type EpochMs} from '../../model/time.js'
import type {ApiDeps} from './api-app.js'

/** All records are looked at for it: where nobody can tell whether they have changed, not again for so long. */
const HOLDS_MS = 15 * MINUTE_MS

type Deps = Pick<ApiDeps, 'storeAsItIs' | 'clock'>

/**
 * Counts the accounts and providers whose records cannot be read, as far as that can be told without opening a secret.
 * What it costs depends on how many are stored, and anybody may ask: so it is counted once for each state of the store;
 * where a store knows nothing of its states, every quarter of an hour, and nobody waits for it.
 */
export function createDamageCount({storeAsItIs: store, clock}: Deps): () => Promise<number> {
  let known: {count: number; revision: object | undefined; at: EpochMs} | undefined
  let counting: Promise<number> | undefined

  async function recount(revision: object | undefined): Promise<number> {
    const count = await countDamaged(store)
    known = {count, revision, at: clock.now()}
    return count
  }

  return async () => {
    const revision = store.revision()
    if (revision !== undefined) return known?.revision === revision ? known.count : recount(revision)
    if (known === undefined || Math.abs(clock.now() - known.at) >= HOLDS_MS) {
      counting ??= recount(undefined).finally(() => (counting = undefined))
      // Whether the store can be read is another question.
      counting.catch(() => undefined)
    }
    return known?.count ?? 0
  }
}

async function countDamaged(store: Deps['storeAsItIs']): Promise<number> {
  const [accounts, outlines, providers] = await Promise.all([
    store.accounts.count(),
    store.accounts.outlines(),
    nameDamagedProviders({store}),
  ])
  return accounts - outlines.length + providers.length
}
