import type {NamedAccount} from '../model/account-name.js'
import {BehalfError} from '../model/behalf-error.js'
import type {BrokerDeps} from './broker-deps.js'

/** At every provider, ordered by key. */
export const findAccountsOfSubject = async (
  {store}: Pick<BrokerDeps, 'store'>,
  subject: string,
): Promise<NamedAccount[]> => (await store.accounts.find([subject])).filter((account) => account.subject === subject)

/**
 * The account of a subject; without a provider the only one that it has.
 * @throws BehalfError `ambiguous-account` where it has several.
 */
export async function findSubjectAccount(
  deps: Pick<BrokerDeps, 'store'>,
  {subject, provider}: {subject: string; provider?: string | undefined},
): Promise<NamedAccount | undefined> {
  const mine = (await findAccountsOfSubject(deps, subject)).filter(
    (account) => provider === undefined || account.provider === provider,
  )
  if (mine.length <= 1) return mine[0]
  const providers = mine.map((account) => account.provider).join(', ')
  throw new BehalfError('ambiguous-account', `${subject} has accounts at several providers: ${providers}.`, {
    hint: 'Name one of them as the provider.',
  })
}
