import type {NamedAccount} from '../model/account-name.js'
import type {Account} from '../model/account.js'
import {BehalfError} from '../model/behalf-error.js'
import type {BrokerDeps} from './broker-deps.js'

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
  for (const name of names) {
    try {
      const account = name.isDamaged ? undefined : await deps.store.accounts.get(name.key)
      if (account) accounts.push(account)
      else if (name.isDamaged) damaged.push(name)
    } catch (error) {
      if (!(error instanceof BehalfError) || error.code !== 'store-damaged') throw error
      damaged.push(name)
    }
  }
  return {accounts, damaged}
}
