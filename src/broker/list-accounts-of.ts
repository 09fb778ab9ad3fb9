import type {AccountStatus} from '../model/account-status.js'
import type {NamedAccount} from '../model/account-name.js'
import type {ApiToken} from '../model/api-token.js'
import {parseSubjectPattern} from '../model/subject-pattern.js'
import {describeAccounts, type AccountDeps} from './accounts.js'
import {mayActAs} from './choose-account.js'
import {readAccounts} from './read-accounts.js'

/** The accounts that an API token may act as, owners first; without those whose records are damaged. */
export async function listAccountsOf(deps: AccountDeps, apiToken: ApiToken): Promise<AccountStatus[]> {
  const names = (await nameCandidates(deps, apiToken)).filter((account) => mayActAs(apiToken, account))
  return describeAccounts(deps, (await readAccounts(deps, names)).accounts)
}

/** Only where it may act as many that it does not name are all looked through. */
async function nameCandidates({store}: AccountDeps, {as, asAny}: ApiToken): Promise<readonly NamedAccount[]> {
  const patterns = as.flatMap((entry) => parseSubjectPattern(entry) ?? [])
  if (asAny || patterns.some(({subject}) => subject.endsWith('*'))) return store.accounts.names()
  const keys = as.filter((entry) => !parseSubjectPattern(entry))
  const [named, ofSubjects] = await Promise.all([
    Promise.all(keys.map((key) => store.accounts.name(key))),
    store.accounts.find(patterns.map(({subject}) => subject)),
  ])
  const found = [...named.filter((account) => account !== undefined), ...ofSubjects]
  return [...new Map(found.map((account) => [account.key, account])).values()]
}
