import {describeAccount} from '../model/account-status.js'
import {BehalfError} from '../model/behalf-error.js'
import {isConfidential, originsOf, type Provider, type ReplayMode} from '../model/provider.js'
import {replayModeOf} from '../model/replay-mode.js'
import type {BrokerDeps} from './broker-deps.js'
import {buildProvider, type ProviderInput} from './build-provider.js'
import {checkProviderName} from './check-provider.js'
import {LOCK_WAIT_MS} from './refresh-account.js'
import {callbackUrlOf, findMisconfiguration, loadProvider, loadProviders} from './load-provider.js'

/** A provider without its secret. */
export interface ProviderView extends Omit<
  Provider,
  'clientSecret' | 'jwksUrl' | 'callbackUrl' | 'replay' | 'authorizeParams' | 'consentParams' | 'scopeSeparator'
> {
  /** Whether there is a client secret. */
  confidential: boolean
  /** The redirect URI to register. */
  callbackUrl: string
  replay: ReplayMode
  accounts: number
  /** Why the provider refused the client. */
  misconfigured?: string
}

type Deps = Pick<BrokerDeps, 'store' | 'providerClient' | 'providers' | 'clock'>

/**
 * Adds a provider. Adding one that is there with the very same settings changes nothing.
 * @throws BehalfError `usage` when it is there with others, `invalid-input`, `unknown-scope`, `configuration`.
 */
export async function addProvider(deps: Deps, input: ProviderInput): Promise<ProviderView> {
  checkProviderName(input.name)
  const present = await deps.store.providers.get(input.name)
  const provider = await buildProvider(deps, input, undefined)
  if (present && !isSameProvider(present, provider)) {
    throw new BehalfError('usage', `The provider ${input.name} is there already, with other settings.`, {
      hint: `behalf provider update ${input.name} …`,
    })
  }
  if (!present) await deps.store.providers.put(provider)
  return viewProvider(deps, provider)
}

/**
 * Changes some settings of a provider. Another client id or, without `keepAccounts`, other origins
 * make its accounts need a login (design 7, rule 10): `loginNeeded` counts them.
 */
export async function updateProvider(deps: Deps, input: ProviderInput): Promise<ProviderView & {loginNeeded: number}> {
  const present = await deps.store.providers.get(input.name)
  if (!present) {
    const {hint} = await loadProvider(deps, input.name).then(
      () => ({hint: `It comes from the environment; behalf provider add ${input.name} keeps settings in the store.`}),
      (error: unknown) => ({hint: error instanceof BehalfError ? error.hint : undefined}),
    )
    throw new BehalfError(
      'provider-not-found',
      `The store has no provider “${input.name}”.`,
      hint === undefined ? {} : {hint},
    )
  }
  const provider = await buildProvider(deps, input, present)
  await deps.store.providers.put(provider)
  if (input.keepAccounts) await moveAccounts(deps, provider)
  const accounts = await accountsOf(deps, provider.name)
  const now = deps.clock.now()
  const loginNeeded = accounts.filter((one) => describeAccount(one, provider, now).state === 'login-needed').length
  return {...(await viewProvider(deps, provider)), loginNeeded}
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

function isSameProvider(a: Provider, b: Provider): boolean {
  const plain = ({clientSecret: _secret, ...rest}: Provider): string =>
    JSON.stringify(Object.entries(rest).sort(([x], [y]) => (x < y ? -1 : 1)))
  const sameSecret =
    a.clientSecret && b.clientSecret ? a.clientSecret.equals(b.clientSecret) : !a.clientSecret && !b.clientSecret
  return plain(a) === plain(b) && sameSecret
}

const accountsOf = async (deps: Pick<BrokerDeps, 'store'>, name: string) =>
  (await deps.store.accounts.list()).filter((account) => account.provider === name)

async function moveAccounts(deps: Deps, provider: Provider): Promise<void> {
  const origins = originsOf(provider)
  for (const {key} of await accountsOf(deps, provider.name)) {
    await deps.store.accounts.update(key, (account) => ({...account, origins}))
  }
}

async function viewProvider(deps: Deps, provider: Provider): Promise<ProviderView> {
  const {
    clientSecret: _secret,
    jwksUrl: _jwks,
    authorizeParams: _a,
    consentParams: _c,
    scopeSeparator: _s,
    ...rest
  } = provider
  const misconfigured = await findMisconfiguration(deps, provider)
  return {
    ...rest,
    confidential: isConfidential(provider),
    callbackUrl: callbackUrlOf(deps, provider),
    replay: replayModeOf(provider),
    accounts: (await accountsOf(deps, provider.name)).length,
    ...(misconfigured !== undefined && {misconfigured}),
  }
}
