import {BehalfError} from '../model/behalf-error.js'
import type {BrokerDeps} from './broker-deps.js'
import {buildProvider, type ProviderInput} from './build-provider.js'
import {isSameProvider} from './change-provider.js'
import {checkProviderName} from './check-provider.js'
import {loadProvider, loadProviders} from './load-provider.js'
import {LOCK_WAIT_MS} from './refresh-account.js'
import {accountsOf, viewProvider, type ProviderView} from './view-provider.js'

type Deps = Pick<BrokerDeps, 'store' | 'providerClient' | 'providers' | 'clock'>

/**
 * Adds a provider. Adding one that is there with the very same settings changes nothing.
 * @throws BehalfError `usage` when it is there with others, `invalid-input`, `unknown-scope`, `configuration`.
 */
export async function addProvider(deps: Deps, input: ProviderInput): Promise<ProviderView & {added: boolean}> {
  checkProviderName(input.name)
  const present = await deps.store.providers.get(input.name)
  const provider = await buildProvider(deps, input, undefined)
  if (present && !isSameProvider(present, provider)) {
    throw new BehalfError('usage', `The provider ${input.name} is there already, with other settings.`, {
      hint: `behalf provider update ${input.name} …`,
    })
  }
  if (!present) await deps.store.providers.put(provider)
  return {...(await viewProvider(deps, provider)), added: !present}
}

/** Orders by name. */
export async function listProviders(deps: Deps): Promise<ProviderView[]> {
  return Promise.all((await loadProviders(deps)).map((provider) => viewProvider(deps, provider)))
}

export async function showProvider(deps: Deps, name: string): Promise<ProviderView> {
  return viewProvider(deps, await loadProvider(deps, name))
}

/**
 * Removes a provider. With accounts it is refused, unless `withAccounts`: these are forgotten without being revoked.
 */
export async function removeProvider(
  deps: Deps,
  name: string,
  options: {withAccounts: boolean},
): Promise<{provider: ProviderView; accounts: number}> {
  const provider = await showProvider(deps, name)
  if (!(await deps.store.providers.get(name))) {
    throw new BehalfError('configuration', `${name} is given by the environment, not by the store.`, {
      hint: 'Unset its variables.',
    })
  }
  const accounts = await accountsOf(deps, name)
  if (accounts.length > 0 && !options.withAccounts) {
    const names = accounts.slice(0, 5).map((account) => account.login)
    throw new BehalfError('usage', `${name} still has ${String(accounts.length)} accounts: ${names.join(', ')}.`, {
      hint: `Log them out first, or forget them without revoking: behalf provider remove ${name} --yes`,
    })
  }
  for (const account of accounts) {
    const lock = await deps.store.accounts.lock(account.key, {waitMs: LOCK_WAIT_MS})
    try {
      await lock.remove()
    } finally {
      await lock.release()
    }
  }
  await deps.store.providers.remove(name)
  return {provider, accounts: accounts.length}
}
