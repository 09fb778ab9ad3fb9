import {mayActAs, requireMayActAs} from '../../../broker/choose-account.js'
import type {AccountSight} from '../../../broker/page-accounts.js'
import type {NamedAccount} from '../../../model/account-name.js'
import {BehalfError} from '../../../model/behalf-error.js'
import type {AdminDeps} from '../admin-deps.js'
import type {AdminSession} from '../admin-env.js'

type Viewer = Pick<AdminSession, 'delegate'>

/** Which accounts are shown: who signed in with an API token sees those that it may act as. */
export const sightOf =
  ({delegate}: Viewer): AccountSight =>
  (account) =>
    delegate === undefined || mayActAs(delegate, account)

/**
 * The account with this key, where it may be seen, and so refreshed, logged in and removed.
 * @throws BehalfError `account-not-found`, `refused`.
 */
export async function findSeenAccount(
  {store}: Pick<AdminDeps, 'store'>,
  {delegate}: Viewer,
  key: string,
): Promise<NamedAccount> {
  const account = await store.accounts.name(key)
  if (delegate !== undefined) return requireMayActAs(delegate, account, key)
  if (account) return account
  throw new BehalfError('account-not-found', 'There is no such account.', {
    hint: 'It may have been removed meanwhile. The list of accounts shows those that are there.',
  })
}
