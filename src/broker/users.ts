import {nameOf, type NamedAccount} from '../model/account-name.js'
import type {AccountStatus} from '../model/account-status.js'
import {BehalfError} from '../model/behalf-error.js'
import {quoteWord} from '../model/shell-words.js'
import {isUnfinishedImport} from '../model/unfinished-import.js'
import {describeAccounts, removeAccount, type AccountDeps, type Removal} from './accounts.js'
import type {BrokerDeps} from './broker-deps.js'
import {findAccountsOfSubject, findSubjectAccount} from './find-subject-account.js'
import {readAccounts} from './read-accounts.js'

/** A chat user and the accounts that are linked to their subject. */
export interface UserView {
  subject: string
  /** By provider. */
  accounts: AccountStatus[]
}

/** Which of a subject's accounts. */
export interface SubjectInput {
  subject: string
  /** Default: the only one that the subject has an account at. */
  provider?: string
}

/** All chat users that have something linked, ordered by subject, or some of them; without what is damaged. */
export async function listUsers(
  deps: AccountDeps,
  isListed: (account: NamedAccount) => boolean = () => true,
): Promise<UserView[]> {
  const names = (await deps.store.accounts.names()).filter((one) => one.role === 'user' && isListed(one))
  const users = new Map<string, AccountStatus[]>()
  for (const account of await describeLinked(deps, names)) {
    const {subject = ''} = account
    users.set(subject, [...(users.get(subject) ?? []), account])
  }
  return Array.from(users, ([subject, own]) => ({subject, accounts: own})).sort((a, b) =>
    a.subject < b.subject ? -1 : 1,
  )
}

/** What these accounts of users are; without what is damaged, and imports that nobody has finished. */
export async function describeLinked(deps: AccountDeps, names: readonly NamedAccount[]): Promise<AccountStatus[]> {
  const {accounts} = await readAccounts(deps, names)
  return describeAccounts(
    deps,
    accounts.filter((account) => !isUnfinishedImport(account)),
  )
}

/** @throws BehalfError `account-not-found`. */
export async function showUser(deps: AccountDeps, subject: string): Promise<UserView> {
  const mine = await findAccountsOfSubject(deps, subject)
  const accounts = await Promise.all(mine.map(({key}) => deps.store.accounts.get(key)))
  const found = await describeAccounts(
    deps,
    accounts.filter((account) => account !== undefined),
  )
  if (found.length === 0) throw notLinked({subject})
  return {subject, accounts: found}
}

/**
 * Revokes what a chat user has linked, where it can be revoked, and forgets it (design 7, rule 11).
 * @throws BehalfError `account-not-found`, `ambiguous-account` for a subject with several accounts, `unavailable`.
 */
export async function unlinkSubject(
  deps: AccountDeps & Pick<BrokerDeps, 'providerClient'>,
  input: SubjectInput & {keepGrant: boolean},
): Promise<Removal> {
  const account = await findSubjectAccount(deps, input)
  if (!account) throw notLinked(input)
  return removeAccount(deps, {account: nameOf(account), role: 'user', keepGrant: input.keepGrant})
}

export function notLinked({subject, provider}: SubjectInput): BehalfError {
  const where = provider === undefined ? '' : ` at ${provider}`
  return new BehalfError('account-not-found', `${subject.slice(0, 80)} has linked nothing${where}.`, {
    hint: `behalf user link ${quoteWord(subject)}${provider === undefined ? '' : ` --provider ${quoteWord(provider)}`}`,
  })
}
