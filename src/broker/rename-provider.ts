import {BehalfError} from '../model/behalf-error.js'
import type {BrokerDeps} from './broker-deps.js'
import {isSameProvider} from './change-provider.js'
import {checkProviderName} from './check-provider.js'
import {alreadyThere} from './configure-provider.js'
import {requireKnownOrigins} from './guard-remote-settings.js'
import {loadProvider} from './load-provider.js'
import {viewProvider, type ProviderView} from './view-provider.js'

type Deps = Pick<BrokerDeps, 'store' | 'providers'>

/**
 * Calls a provider otherwise, where nothing goes by its name yet (docs/decisions/0032).
 * @throws BehalfError `invalid-input`, `provider-not-found`, `provider-exists`; `provider-in-use`; `refused` where the
 * environment gives a client secret for the new name.
 */
export async function renameProvider(deps: Deps, name: string, newName: string): Promise<ProviderView> {
  await requireRenamable(deps, name, newName)
  const present = await deps.store.providers.get(name)
  if (!present) throw new BehalfError('provider-not-found', `The store has no provider “${name}”.`)
  const renamed = {...present, name: newName}
  if (!(await deps.store.providers.put(renamed, (there) => there === undefined))) throw alreadyThere(newName)
  const now = await deps.store.providers.get(name)
  // What somebody changed meanwhile is not lost: then there are two for once, and the old one is the newer.
  if (now && isSameProvider(now, present)) await deps.store.providers.remove(name)
  return viewProvider(deps, await loadProvider(deps, newName))
}

/** What {@link renameProvider} throws, with nothing done. */
export async function requireRenamable(deps: Deps, name: string, newName: string): Promise<void> {
  checkProviderName(newName)
  const [present, other, accounts, flows, apiTokens] = await Promise.all([
    deps.store.providers.get(name),
    deps.store.providers.get(newName),
    deps.store.accounts.count(name),
    deps.store.flows.list(),
    deps.store.apiTokens.list(),
  ])
  if (!present) throw new BehalfError('provider-not-found', `The store has no provider “${name}”.`)
  if (other) throw alreadyThere(newName)
  const named = apiTokens.find(
    ({revokedAt, scopes}) => revokedAt === undefined && scopes.some((scope) => isScopeOf(scope, name)),
  )
  if (accounts > 0) throw inUse(name, 'it has accounts')
  if (flows.some(({provider}) => provider === name)) throw inUse(name, 'somebody is logging in')
  if (named) throw inUse(name, `the API token ${named.id} has a scope for it`)
  await requireKnownOrigins(deps, {...present, name: newName})
}

const isScopeOf = (scope: string, provider: string): boolean => /^api:([^:]+)/.exec(scope)?.[1] === provider

const inUse = (name: string, why: string): BehalfError =>
  new BehalfError('provider-in-use', `${name} keeps its name, for ${why}.`, {
    hint: 'Add it under the other name, and log in there.',
  })
