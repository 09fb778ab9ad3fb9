import type {NamedAccount} from '../model/account-name.js'
import {BehalfError} from '../model/behalf-error.js'
import type {BrokerDeps} from './broker-deps.js'

/**
 * The account of a subject; without a provider the only one that it has.
 * @throws BehalfError `ambiguous-account` where it has several.
 */
export async function findSubjectAccount(
  deps: Pick<BrokerDeps, 'store'>,
  {subject, provider}: {subject: string; provider?: string | undefined},
): Promise<NamedAccount | undefined> {
  const mine = (await deps.store.accounts.names()).filter(
    (account) => account.subject === subject && (provider === undefined || account.provider === provider),
  )
  if (mine.length <= 1) return mine[0]
  const providers = mine.map((account) => account.provider).join(', ')
  throw new BehalfError('ambiguous-account', `${subject} has accounts at several providers: ${providers}.`, {
    hint: 'Name one of them as the provider.',
  })
}
