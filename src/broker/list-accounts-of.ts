import type {AccountStatus} from '../model/account-status.js'
import type {ApiToken} from '../model/api-token.js'
import {describeAccounts, type AccountDeps} from './accounts.js'
import {mayActAs} from './choose-account.js'

/** The accounts that an API token may act as, owners first. */
export async function listAccountsOf(deps: AccountDeps, apiToken: ApiToken): Promise<AccountStatus[]> {
  const names = (await deps.store.accounts.names()).filter((account) => mayActAs(apiToken, account))
  const accounts = await Promise.all(names.map(({key}) => deps.store.accounts.get(key)))
  return describeAccounts(
    deps,
    accounts.filter((account) => account !== undefined),
  )
}
