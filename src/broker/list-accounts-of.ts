import type {AccountStatus} from '../model/account-status.js'
import type {ApiToken} from '../model/api-token.js'
import {describeAccounts, type AccountDeps} from './accounts.js'
import {mayActAs} from './choose-account.js'
import {readAccounts} from './read-accounts.js'

/** The accounts that an API token may act as, owners first; without those whose records are damaged. */
export async function listAccountsOf(deps: AccountDeps, apiToken: ApiToken): Promise<AccountStatus[]> {
  const names = (await deps.store.accounts.names()).filter((account) => mayActAs(apiToken, account))
  return describeAccounts(deps, (await readAccounts(deps, names)).accounts)
}
