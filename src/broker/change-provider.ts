import {nameOf} from '../model/account-name.js'
import {describeAccount} from '../model/account-status.js'
import type {Account} from '../model/account.js'
import {BehalfError} from '../model/behalf-error.js'
import {originsOf, type Provider} from '../model/provider.js'
import type {BrokerDeps} from './broker-deps.js'
import {buildProvider, type ProviderInput} from './build-provider.js'
import {guardRemoteSettings} from './guard-remote-settings.js'
import {loadProvider} from './load-provider.js'
import {accountsOf, viewProvider, type ProviderView} from './view-provider.js'

/** A setting that would change; secrets are told apart and not shown. */
export interface SettingChange {
  setting: keyof Provider
  before?: string
  after?: string
}

/** What a change would do, before it is made. */
export interface ProviderPreview {
  /** As it would be. */
  provider: ProviderView
  /** Empty when nothing would change; undefined when there is no such provider yet. */
  changes: SettingChange[] | undefined
  /** The accounts that need no login now, and would then. */
  loginNeeded: string[]
}

/** `anew`: what is not given goes back to what a new provider would have, instead of staying as it is. */
export interface ChangeOptions {
  anew: boolean
}

type Deps = Pick<BrokerDeps, 'store' | 'providerClient' | 'providers' | 'clock'>

/**
 * Changes some settings of a provider, or sets all of them anew. Another client id or, without `keepAccounts`,
 * other origins make its accounts need a login (design 7, rule 10): `loginNeeded` counts them.
 */
export async function changeProvider(
  deps: Deps,
  input: ProviderInput,
  options: ChangeOptions,
): Promise<ProviderView & {loginNeeded: number}> {
  const present = await deps.store.providers.get(input.name)
  if (!present) throw await explainMissing(deps, input.name)
  const built = await buildProvider(deps, input, options.anew ? undefined : present)
  const provider = input.overHttp ? await guardRemoteSettings(deps, input, present, built) : built
  const isStored =
    isSameProvider(present, provider) ||
    (await deps.store.providers.put(provider, (now) => now !== undefined && isSameProvider(now, present)))
  // Somebody else changed it meanwhile: the change is made again, on what they made of it.
  if (!isStored) return changeProvider(deps, input, options)
  if (input.keepAccounts) await moveAccounts(deps, provider)
  const accounts = await accountsOf(deps, provider.name)
  const loginNeeded = accounts.filter((account) => needsLogin(deps, account, provider)).length
  return {...(await viewProvider(deps, provider)), loginNeeded}
}

/** What `changeProvider`, or adding the provider, would do. Nothing is stored. */
export async function previewProvider(
  deps: Deps,
  input: ProviderInput,
  {anew}: ChangeOptions,
): Promise<ProviderPreview> {
  const present = await deps.store.providers.get(input.name)
  const built = await buildProvider(deps, input, anew ? undefined : present)
  const provider = input.overHttp ? await guardRemoteSettings(deps, input, present, built) : built
  const view = await viewProvider(deps, provider)
  if (!present) return {provider: view, changes: undefined, loginNeeded: []}
  const kept = (account: Account): Account =>
    input.keepAccounts ? {...account, origins: originsOf(provider)} : account
  const lost = (await accountsOf(deps, provider.name)).filter(
    (account) => !needsLogin(deps, account, present) && needsLogin(deps, kept(account), provider),
  )
  return {provider: view, changes: findChanges(present, provider), loginNeeded: lost.map(nameOf)}
}

const needsLogin = (deps: Pick<BrokerDeps, 'clock'>, account: Account, provider: Provider): boolean =>
  describeAccount(account, provider, deps.clock.now()).state === 'login-needed'

export const isSameProvider = (a: Provider, b: Provider): boolean => findChanges(a, b).length === 0

function findChanges(before: Provider, after: Provider): SettingChange[] {
  const settings = new Set([...Object.keys(before), ...Object.keys(after)] as (keyof Provider)[])
  return [...settings].sort().flatMap((setting) => {
    if (setting === 'clientSecret') return findSecretChange(before, after)
    const [was, is] = [describeSetting(before[setting]), describeSetting(after[setting])]
    return was === is ? [] : [{setting, ...(was !== undefined && {before: was}), ...(is !== undefined && {after: is})}]
  })
}

function findSecretChange({clientSecret: was}: Provider, {clientSecret: is}: Provider): SettingChange[] {
  if (was && is) return was.equals(is) ? [] : [{setting: 'clientSecret', before: 'the present one', after: 'another'}]
  if (!was && !is) return []
  return [{setting: 'clientSecret', before: was ? 'the present one' : 'none', after: is ? 'a new one' : 'none'}]
}

const describeSetting = (value: unknown): string | undefined =>
  value === undefined || typeof value === 'string' ? value : JSON.stringify(value)

async function explainMissing(deps: Deps, name: string): Promise<BehalfError> {
  const {hint} = await loadProvider(deps, name).then(
    () => ({hint: `It comes from the environment; behalf provider add ${name} keeps settings in the store.`}),
    (error: unknown) => ({hint: error instanceof BehalfError ? error.hint : undefined}),
  )
  return new BehalfError('provider-not-found', `The store has no provider “${name}”.`, hint === undefined ? {} : {hint})
}

async function moveAccounts(deps: Deps, provider: Provider): Promise<void> {
  const origins = originsOf(provider)
  for (const {key} of await accountsOf(deps, provider.name)) {
    await deps.store.accounts.update(key, (account) => ({...account, origins}))
  }
}
