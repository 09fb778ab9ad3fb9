import {findEstrangement} from '../model/account-status.js'
import type {Account} from '../model/account.js'
import {BehalfError} from '../model/behalf-error.js'
import type {Provider} from '../model/provider.js'
import type {BrokerDeps} from './broker-deps.js'
import {revokeUnwanted} from './complete-login.js'
import {isAtHome} from './flow-home.js'
import {grantOf, takeHeld} from './held-grant.js'
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
  const grants = {keepGrant: options.accounts === 'forget'}
  const before = await clearOut(deps, provider, grants)
  await deps.store.providers.remove(name)
  // What came meanwhile. No more comes: a login asks for the provider when its account is written.
  const late = await clearOut(deps, provider, grants)
  return {provider: view, accounts: before.accounts + late.accounts, revoked: before.revoked + late.revoked}
}

/** Ends its flows, then lets its accounts leave. */
async function clearOut(
  deps: Deps,
  provider: Provider,
  grants: {keepGrant: boolean},
): Promise<Pick<ProviderRemoval, 'accounts' | 'revoked'>> {
  await removeFlows(deps, provider, grants)
  const accounts = await accountsOf(deps, provider.name)
  let revoked = 0
  for (const account of accounts) {
    if (await leave(deps, provider, account, grants)) revoked += 1
  }
  return {accounts: accounts.length, revoked}
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

/** With what they hold: tokens that were granted and never confirmed are nobody's. */
async function removeFlows(deps: Deps, provider: Provider, {keepGrant}: {keepGrant: boolean}): Promise<void> {
  for (const flow of await deps.store.flows.list()) {
    if (flow.provider !== provider.name) continue
    const held = await takeHeld(deps, flow)
    if (held && !keepGrant && isAtHome(flow, provider)) await revokeUnwanted(deps, provider, grantOf(held))
    await deps.store.flows.remove(flow.id)
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
