import {ownersAmong, type NamedAccount} from '../model/account-name.js'
import {accountKey} from '../model/account.js'
import {loginCommandFor} from '../model/account-status.js'
import {BehalfError} from '../model/behalf-error.js'
import type {Provider, Role} from '../model/provider.js'
import {quoteWord} from '../model/shell-words.js'
import type {Identity} from '../providers/provider-client.js'
import type {BrokerDeps} from './broker-deps.js'
import {misconfiguredError} from './load-provider.js'

/** What an authorization is for, fixed when it starts. */
export interface LoginPurpose {
  provider: Provider
  role: Role
  subject?: string
  /** The login or id that must come back; with a subject the id. */
  expect?: string
  /** What was asked for. */
  scopes: string[]
  replaceOwner: boolean
}

/** Whom {@link checkPerson} looks at: the owners there are, and whoever has the account that is to be this person's. */
export async function findConcerned(
  {store}: Pick<BrokerDeps, 'store'>,
  {provider: {name}, subject}: LoginPurpose,
  {userId}: Identity,
): Promise<NamedAccount[]> {
  const [owners, present] = await Promise.all([
    store.accounts.owners(name),
    store.accounts.name(accountKey(name, userId, subject)),
  ])
  return present === undefined || owners.some(({key}) => key === present.key) ? [...owners] : [...owners, present]
}

/**
 * Whether whoever authorized is the right person, as far as `known` tells (design 7, rule 8). What is damaged among it
 * counts as what it may have been.
 * @throws BehalfError `wrong-person`, `provider-misconfigured` when the token is another client's.
 */
export function checkPerson(purpose: LoginPurpose, identity: Identity, known: readonly NamedAccount[]): void {
  const {provider, role, subject, expect} = purpose
  const who = identity.login
  if (identity.clientId !== undefined && identity.clientId !== provider.clientId) {
    throw misconfiguredError(provider, 'the token belongs to another client id')
  }
  if (expect !== undefined && !isExpected(expect, identity, subject === undefined)) {
    const [came, meant] = subject === undefined ? [who, expect] : [`${who} (id:${identity.userId})`, asId(expect)]
    throw wrongPerson(`${came} authorized, but ${meant} was expected.`, 'Choose the other account in the browser.')
  }
  const mine = known.filter((account) => account.provider === provider.name)
  const same = mine.find((account) => account.subject === undefined && account.userId === identity.userId)
  if (role === 'bot' && same?.role === 'owner') {
    throw wrongPerson(
      `${who} is the owner’s own account; a bot needs an account of its own.`,
      'Log out at the provider, or use a private window, and authorize as the bot.',
    )
  }
  if (role === 'owner' && same?.role === 'bot') {
    throw wrongPerson(`${who} is a bot here, and cannot be the owner too.`, `behalf bot remove ${who}`)
  }
  const [owner] = ownersAmong(mine)
  if (role === 'owner' && owner && owner.userId !== identity.userId && !purpose.replaceOwner) {
    throw wrongPerson(`${who} authorized, but the owner is ${owner.login}.`, `${loginCommandFor(owner)} --replace`)
  }
  const linked = subject === undefined ? undefined : mine.find((account) => account.subject === subject)
  if (linked && linked.userId !== identity.userId) {
    throw wrongPerson(
      `${who} authorized, but ${String(subject)} is linked to ${linked.login}.`,
      `behalf user unlink ${quoteWord(linked.subject ?? '')}`,
    )
  }
}

/**
 * Logins may look like ids, and people choose theirs: where an id is meant a login does not do, and for a chat user, who
 * may be anybody, it never does.
 */
function isExpected(expect: string, {login, userId}: Identity, mayBeLogin: boolean): boolean {
  if (expect.startsWith('id:')) return expect.slice(3) === userId
  return expect === userId || (mayBeLogin && expect.toLowerCase() === login)
}

const asId = (id: string): string => (id.startsWith('id:') ? id : `id:${id}`)

const wrongPerson = (message: string, hint: string): BehalfError => new BehalfError('wrong-person', message, {hint})
