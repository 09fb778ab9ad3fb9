import type {AccountContext} from '../model/account-context.js'
import {ownersAmong, type NamedAccount} from '../model/account-name.js'
import {loginCommandFor} from '../model/account-status.js'
import {BehalfError} from '../model/behalf-error.js'
import type {Provider} from '../model/provider.js'
import {blameContext} from './blame-context.js'
import type {BrokerDeps} from './broker-deps.js'
import {findNamedAccount} from './find-named-account.js'
import {chooseHelixProvider, chooseProvider, loadHelixProviders, loadProvider} from './load-provider.js'

/** On whose behalf something is to be done, as far as that was said. */
export interface ActorInput {
  /** An account name. It wins over the context, and its provider over the context's. */
  as?: string
  /** Only an account of this provider. */
  provider?: string
  /** Who acts where `as` says nothing. Without one the owner. */
  context?: AccountContext
}

type Deps = Pick<BrokerDeps, 'store' | 'providers'>

/** Whose accounts may be meant. */
interface Range {
  /** The provider that is meant, by name or, without one, by default. */
  choose(deps: Deps, name: string | undefined): Promise<Provider>
  /** Where no provider is named; undefined: all. */
  among?(deps: Deps): Promise<Provider[]>
}

const ALL: Range = {choose: chooseProvider}
const HELIX: Range = {choose: chooseHelixProvider, among: loadHelixProviders}

/**
 * The account of any provider that is meant: the named one, else the context's, else the owner; never another instead
 * (design 7, rule 9).
 * @throws BehalfError `account-not-found`, `ambiguous-account`, `invalid-input`, `provider-not-found`; `login-needed`
 * when the owner is meant and nobody is logged in. What the context is wrong about names the place it was read from.
 */
export const findActingAccount = (deps: Deps, input: ActorInput): Promise<NamedAccount> => find(deps, input, ALL)

/** The same among the accounts that can call Helix. */
export const findHelixAccount = (deps: Deps, input: ActorInput): Promise<NamedAccount> => find(deps, input, HELIX)

/** The provider whose application acts: the named one, else that of the account which would act by default. */
export async function findHelixApp(deps: Deps, {provider, context}: ActorInput): Promise<Provider> {
  if (provider !== undefined) return chooseHelixProvider(deps, provider)
  return blameContext(context, {}, async () => {
    if (context?.as === undefined) return chooseHelixProvider(deps, context?.provider)
    return loadProvider(deps, (await findNamed(deps, context.as, context.provider, HELIX)).provider)
  })
}

async function find(deps: Deps, {as, context, ...said}: ActorInput, range: Range): Promise<NamedAccount> {
  if (as !== undefined) return findNamed(deps, as, said.provider, range)
  return blameContext(context, said, async () => {
    const provider = said.provider ?? context?.provider
    return context?.as === undefined
      ? findOwner(deps, await range.choose(deps, provider))
      : findNamed(deps, context.as, provider, range)
  })
}

async function findNamed(deps: Deps, name: string, provider: string | undefined, range: Range): Promise<NamedAccount> {
  const eligible = provider === undefined ? await range.among?.(deps) : [await range.choose(deps, provider)]
  if (eligible === undefined) return findNamedAccount(deps, name)
  const providers = new Set(eligible.map((one) => one.name))
  return findNamedAccount(deps, name, {isEligible: (account) => providers.has(account.provider)})
}

async function findOwner(deps: Deps, {name}: Provider): Promise<NamedAccount> {
  const [owner] = ownersAmong(await deps.store.accounts.owners(name))
  if (owner) return owner
  throw new BehalfError('login-needed', `Nobody is logged in at ${name} as the owner.`, {
    hint: loginCommandFor({provider: name, role: 'owner', login: ''}),
  })
}
