import type {ApiToken} from '../model/api-token.js'
import {BehalfError} from '../model/behalf-error.js'
import {mayServeSubject, parseSubjectPattern} from '../model/subject-pattern.js'
import type {AccountDeps} from './accounts.js'
import {mayActAs} from './choose-account.js'
import {findAccountsOfSubject} from './find-subject-account.js'
import {describeLinked, listUsers, notLinked, type SubjectInput, type UserView} from './users.js'

/** The chat users whom an API token may act as, and the accounts of theirs that it may use. */
export async function listUsersOf(deps: AccountDeps, apiToken: ApiToken): Promise<UserView[]> {
  return listUsers(deps, (account) => mayActAs(apiToken, account))
}

/**
 * One of them. Whether someone has linked anything is told only to who may act as them.
 * @throws BehalfError `refused`, `account-not-found`.
 */
export async function showUserOf(deps: AccountDeps, apiToken: ApiToken, subject: string): Promise<UserView> {
  const mine = (await findAccountsOfSubject(deps, subject)).filter((account) => mayActAs(apiToken, account))
  const accounts = await describeLinked(deps, mine)
  if (accounts.length > 0) return {subject, accounts}
  throw serves(apiToken, subject) ? notLinked({subject}) : refused(subject)
}

/**
 * The one account of a chat user that is meant, of those that an API token may use.
 * @throws BehalfError `refused`, `account-not-found`, `ambiguous-account`.
 */
export async function subjectAccountOf(
  deps: AccountDeps,
  apiToken: ApiToken,
  {subject, provider}: SubjectInput,
): Promise<Required<SubjectInput>> {
  if (provider !== undefined && !mayServeSubject(apiToken, {provider, subject})) throw refused(subject)
  const {accounts} = await showUserOf(deps, apiToken, subject)
  const fitting = accounts.filter((account) => provider === undefined || account.provider === provider)
  const [only, ...others] = fitting
  if (only === undefined) throw notLinked({subject, ...(provider !== undefined && {provider})})
  if (others.length === 0) return {subject, provider: only.provider}
  const providers = fitting.map((account) => account.provider).join(', ')
  throw new BehalfError('ambiguous-account', `${subject} has accounts at several providers: ${providers}.`, {
    hint: 'Name one of them as the provider.',
  })
}

/** At any provider. */
const serves = ({as}: ApiToken, subject: string): boolean =>
  as.some((entry) => {
    const pattern = parseSubjectPattern(entry)
    if (pattern === undefined) return entry.endsWith(`@${subject}`)
    return pattern.subject.endsWith('*')
      ? subject.startsWith(pattern.subject.slice(0, -1))
      : subject === pattern.subject
  })

const refused = (subject: string): BehalfError =>
  new BehalfError('refused', `The API token may not act as ${subject.slice(0, 80)}.`, {
    hint: 'Issue one that may: `behalf token issue NAME --scope flow:start --as subject:…`.',
  })
