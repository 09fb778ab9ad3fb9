import {mayActAs} from '../../../broker/choose-account.js'
import {nameOf} from '../../../model/account-name.js'
import type {ApiToken} from '../../../model/api-token.js'
import {readableText} from '../../../model/readable-text.js'
import {coversSubjects} from '../../../model/subject-pattern.js'
import type {ActivityEntry} from '../../observe/activity.js'

/** What of the calls is to be shown; a field that is empty asks for all. */
export interface ActivityFilter {
  /** The id of an API token; {@link STRANGERS}: callers that nobody knows. */
  token: string
  /** Account key. */
  account: string
  status: string
}

/** Asked for in place of an API token's id, which has 8 characters. */
const STRANGERS = 'strangers'

/** What may be asked for of the status. */
export const STATUSES: readonly {value: string; label: string}[] = [
  {value: '', label: 'all'},
  {value: '2', label: '2xx: done'},
  {value: '3', label: '3xx: redirected'},
  {value: '4', label: '4xx: refused'},
  {value: '5', label: '5xx: failed'},
  {value: 'chat', label: 'chat connections'},
]

/** @param query The parameters of a page's address. What is not understood there asks for all. */
export function readFilter(query: Readonly<Record<string, string>>): ActivityFilter {
  const {token = '', account = '', status = ''} = query
  return {token, account, status: STATUSES.some(({value}) => value === status) ? status : ''}
}

/** The same as a query, without what is empty. */
export const writeFilter = (filter: ActivityFilter): URLSearchParams =>
  new URLSearchParams(Object.entries(filter).filter(([, value]) => value !== ''))

export const fits = ({apiToken, account, what}: ActivityEntry, filter: ActivityFilter): boolean =>
  (filter.token === '' || filter.token === (apiToken?.id ?? STRANGERS)) &&
  (filter.account === '' || filter.account === account?.key) &&
  (filter.status === '' || filter.status === (what.kind === 'chat' ? 'chat' : String(what.status)[0]))

/** Who signed in with an API token sees no call of accounts or chat users that it may not act as. */
function isInSight({account, what}: ActivityEntry, {delegate}: {delegate?: ApiToken}): boolean {
  if (delegate === undefined) return true
  if (account) return mayActAs(delegate, account)
  const subject = what.kind === 'call' ? readSubject(what.path) : undefined
  // At which provider they are meant stands elsewhere in the call.
  return subject === undefined || delegate.as.some((held) => coversSubjects(held, {provider: undefined, subject}))
}

/** What a session may see of these. Why a chat client was refused may name an account that it may not act as. */
export const listInSight = (entries: readonly ActivityEntry[], session: {delegate?: ApiToken}): ActivityEntry[] =>
  entries
    .filter((entry) => isInSight(entry, session))
    .map(({message, ...entry}) =>
      message === undefined || (session.delegate && !entry.account) ? entry : {...entry, message},
    )

/** The chat user that a path names; what cannot be read is nobody's. */
function readSubject(path: string): string | undefined {
  const [, subject] = /^\/api\/v1\/users\/([^/]+)/.exec(path) ?? []
  try {
    return subject === undefined ? undefined : decodeURIComponent(subject)
  } catch {
    return ''
  }
}

export interface FilterOption {
  value: string
  label: string
}

/** What can be asked for: the API tokens and accounts that there are calls of, and the one that is asked for now. */
export function listOptions(
  entries: readonly ActivityEntry[],
  filter: ActivityFilter,
): {tokens: FilterOption[]; accounts: FilterOption[]} {
  const tokens = new Map<string, string>()
  const accounts = new Map<string, string>()
  for (const {apiToken, account} of entries) {
    if (apiToken) tokens.set(apiToken.id, `${apiToken.name} (${apiToken.id})`)
    else tokens.set(STRANGERS, 'none or unknown')
    if (account) accounts.set(account.key, nameOf(account))
  }
  return {tokens: toOptions(tokens, filter.token), accounts: toOptions(accounts, filter.account)}
}

const LONGEST_LABEL = 60

function toOptions(labels: ReadonlyMap<string, string>, chosen: string): FilterOption[] {
  const isMissing = chosen !== '' && !labels.has(chosen)
  const options = Array.from(labels, ([value, label]) => ({value, label: readableText(label, LONGEST_LABEL)}))
  options.sort((a, b) => (a.label < b.label ? -1 : 1))
  return [
    {value: '', label: 'all'},
    ...options,
    ...(isMissing ? [{value: chosen, label: readableText(chosen, LONGEST_LABEL)}] : []),
  ]
}
