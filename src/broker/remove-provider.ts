import {findEstrangement} from '../model/account-status.js'
import type {Account} from '../model/account.js'
import {BehalfError} from '../model/behalf-error.js'
import type {Provider} from '../model/provider.js'
import type {BrokerDeps} from './broker-deps.js'
import {leaveAccount} from './leave-account.js'
import {loadProvider} from './load-provider.js'
import {accountsOf, viewProvider, type ProviderView} from './view-provider.js'

type Deps = Pick<BrokerDeps, 'store' | 'providerClient' | 'providers' | 'clock'>

export interface ProviderRemoval {
  /** As it was. */
  provider: ProviderView
  /** How many went with it. */
  accounts: number
  /** How many of them were revoked at the service. */
  revoked: number
}

/**
 * Removes a provider with its pending flows.
 * @param options what becomes of its accounts: while there are any it is refused; they are forgotten without being
 * revoked; or each leaves by rule 11, revoked where its tokens may still be sent to the provider.
 * @throws BehalfError `provider-not-found`; `configuration` for the environment's own; `provider-in-use`; `unavailable`
 * when an account cannot be revoked: it, those that would have come after it, and the provider stay.
 */
export async function removeProvider(
  deps: Deps,
  name: string,
  options: {accounts: 'refuse' | 'forget' | 'leave'},
): Promise<ProviderRemoval> {
  const provider = await loadProvider(deps, name)
  const view = await viewProvider(deps, provider)
  if (!(await deps.store.providers.get(name))) {
    throw new BehalfError('configuration', `${name} is given by the environment, not by the store.`, {
      hint: 'Unset its variables.',
    })
  }
  const accounts = await accountsOf(deps, name)
  if (accounts.length > 0 && options.accounts === 'refuse') throw stillInUse(name, accounts)
  await removeFlows(deps, name)
  let revoked = 0
  for (const account of accounts) {
    if (await leave(deps, provider, account, {keepGrant: options.accounts !== 'leave'})) revoked += 1
  }
  await deps.store.providers.remove(name)
  // Those that were begun meanwhile.
  await removeFlows(deps, name)
  return {provider: view, accounts: accounts.length, revoked}
}

/** @returns whether it was revoked. What was granted under other settings cannot be: nothing of it is sent (rule 10). */
async function leave(
  deps: Deps,
  provider: Provider,
  account: Account,
  {keepGrant}: {keepGrant: boolean},
): Promise<boolean> {
  const isOurs = findEstrangement(account, provider) === undefined
  try {
    return (await leaveAccount(deps, provider, account.key, {keepGrant: keepGrant || !isOurs})).revoked
  } catch (error) {
    // Somebody else was faster.
    if (error instanceof BehalfError && error.code === 'account-not-found') return false
    throw error
  }
}

async function removeFlows({store}: Deps, provider: string): Promise<void> {
  for (const flow of await store.flows.list()) {
    if (flow.provider === provider) await store.flows.remove(flow.id)
  }
}

function stillInUse(name: string, accounts: Account[]): BehalfError {
  const names = accounts.slice(0, 5).map((account) => account.login)
  return new BehalfError(
    'provider-in-use',
    `${name} still has ${String(accounts.length)} accounts: ${names.join(', ')}.`,
    {
      hint: `Log them out first, or forget them without revoking: behalf provider remove ${name} --yes`,
    },
  )
}
