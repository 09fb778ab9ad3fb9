import {nameOf} from '../../model/account-name.js'
import type {Account} from '../../model/account.js'
import type {StoreFinding} from '../../model/store-report.js'
import type {OpenedRecords} from './open-records.js'

/** Whether what records say of each other holds. */
export function checkConsistency(records: OpenedRecords, givenProviders: readonly string[]): StoreFinding[] {
  return [...checkProviders(records, givenProviders), ...checkOwners(records.accounts), ...checkApiTokens(records)]
}

function checkProviders({accounts, providerNames}: OpenedRecords, given: readonly string[]): StoreFinding[] {
  const known = new Set([...providerNames, ...given])
  const orphans = groupByProvider(accounts.filter(({provider}) => !known.has(provider)))
  return orphans.map(([provider, theirs]) => ({
    severity: 'warning',
    code: 'no-provider',
    message: `${theirs.map(nameOf).join(', ')}: the provider ${provider} is not set up, so nothing refreshes them.`,
    hint: `behalf provider add ${provider}`,
  }))
}

function checkOwners(accounts: Account[]): StoreFinding[] {
  const owners = groupByProvider(accounts.filter(({role}) => role === 'owner'))
  return owners
    .filter(([, theirs]) => theirs.length > 1)
    .map(([provider, theirs]) => ({
      severity: 'error',
      code: 'two-owners',
      message: `${provider} has more than one owner: ${theirs.map(nameOf).join(', ')}.`,
      hint: `behalf logout ${theirs.slice(-1).map(nameOf).join('')} --keep-grant`,
    }))
}

function groupByProvider(accounts: Account[]): [provider: string, accounts: Account[]][] {
  const groups = new Map<string, Account[]>()
  for (const account of accounts) groups.set(account.provider, [...(groups.get(account.provider) ?? []), account])
  return [...groups]
}

function checkApiTokens({apiTokens, accountKeys}: OpenedRecords): StoreFinding[] {
  return apiTokens
    .filter(({revokedAt, as}) => revokedAt === undefined && as.some((key) => !isWildcard(key) && !accountKeys.has(key)))
    .map(({id, name, as}) => ({
      severity: 'warning',
      code: 'unknown-account',
      message: `The API token ${name} (${id}) may act as ${as.filter((key) => !accountKeys.has(key)).join(', ')}, which is gone.`,
      hint: `behalf token revoke ${id}`,
    }))
}

const isWildcard = (key: string): boolean => key.includes('*')
