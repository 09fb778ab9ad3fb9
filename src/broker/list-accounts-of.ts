import type {AccountStatus} from '../model/account-status.js'
import type {ApiToken} from '../model/api-token.js'
import {describeAccounts, type AccountDeps} from './accounts.js'
import {mayActAs} from './choose-account.js'

/** The accounts that an API token may act as, owners first. */
export async function listAccountsOf(deps: AccountDeps, apiToken: ApiToken): Promise<AccountStatus[]> {
  const accounts = apiToken.asAny
    ? await deps.store.accounts.list()
    : await Promise.all(apiToken.as.map((key) => deps.store.accounts.get(key)))
  return describeAccounts(
    deps,
    accounts.filter((account) => account !== undefined).filter((account) => mayActAs(apiToken, account)),
  )
}
