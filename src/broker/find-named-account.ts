import {
  accountNotFound,
  findAccount,
  findMatch,
  parseAccountName,
  textsOf,
  type NamedAccount,
} from '../model/account-name.js'
import type {Role} from '../model/provider.js'
import type {BrokerDeps} from './broker-deps.js'

/** Among more accounts than this nothing is suggested to who mistypes a name: all of them would have to be read. */
const SUGGESTED_FROM = 1000

/**
 * The account that a name means (`findAccount`). It is looked up; only for suggestions are all names read, where they
 * are few.
 * @param filter `isEligible`: who else counts for nothing.
 * @throws BehalfError `account-not-found`, `ambiguous-account`, `invalid-input`.
 */
export async function findNamedAccount(
  {store}: Pick<BrokerDeps, 'store'>,
  text: string,
  filter: {role?: Role; isEligible?: (account: NamedAccount) => boolean} = {},
): Promise<NamedAccount> {
  const {isEligible = () => true} = filter
  const found = (await store.accounts.find(textsOf(parseAccountName(text)))).filter(isEligible)
  const match = findMatch(found, text, filter)
  if (match) return match
  if ((await store.accounts.count()) > SUGGESTED_FROM) throw accountNotFound(found, text, filter, {areAll: false})
  return findAccount((await store.accounts.names()).filter(isEligible), text, filter)
}
