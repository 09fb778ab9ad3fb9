import type {NamedAccount} from '../model/account-name.js'
import type {Account} from '../model/account.js'
import {BehalfError} from '../model/behalf-error.js'
import type {BrokerDeps} from './broker-deps.js'
import {readInSlices} from './read-in-slices.js'

/** Accounts, and what those are called whose records are damaged: the others do not wait for these. */
export interface ReadAccounts {
  accounts: Account[]
  damaged: NamedAccount[]
}

/** @throws BehalfError `wrong-secret` and whatever else is wrong with the store as a whole. */
export async function readAccounts(
  deps: Pick<BrokerDeps, 'store'>,
  names: readonly NamedAccount[],
): Promise<ReadAccounts> {
  const accounts: Account[] = []
  const damaged: NamedAccount[] = []
  for await (const read of readInSlices(names, (name) => readOne(deps, name))) {
    if (read === undefined) continue
    if ('damaged' in read) damaged.push(read.damaged)
    else accounts.push(read)
  }
  return {accounts, damaged}
}

/** Undefined for one that is gone. */
async function readOne(
  {store}: Pick<BrokerDeps, 'store'>,
  name: NamedAccount,
): Promise<Account | {damaged: NamedAccount} | undefined> {
  if (name.isDamaged) return {damaged: name}
  try {
    return await store.accounts.get(name.key)
  } catch (error) {
    if (error instanceof BehalfError && error.code === 'store-damaged') return {damaged: name}
    throw error
  }
}
