import {describeSource, type AccountContext} from '../model/account-context.js'
import {findAccount, type NamedAccount} from '../model/account-name.js'
import {BehalfError} from '../model/behalf-error.js'
import type {Provider} from '../model/provider.js'
import type {BrokerDeps} from './broker-deps.js'
import {loadProvider, loadProviders} from './load-provider.js'

/** On whose behalf a call is to be made, as far as that was said. */
export interface ActorInput {
  /** An account name. It wins over the context, and its provider over the context's. */
  as?: string
  provider?: string
  /** Who acts where `as` says nothing. Without one the owner. */
  context?: AccountContext
}

type Deps = Pick<BrokerDeps, 'store' | 'providers'>

/** The only provider of the Twitch dialect, where there is no `twitch`. */
const DEFAULT_PROVIDER = 'twitch'

/**
 * The account that acts: the named one, else the context's, else the owner; never another instead (design 7, rule 9).
 * @throws BehalfError `account-not-found`, `ambiguous-account`, `invalid-input`; `login-needed` when the owner is meant
 * and nobody is logged in; `provider-not-found`. What the context is wrong about names the place it was read from.
 */
export async function findHelixAccount(deps: Deps, input: ActorInput): Promise<NamedAccount> {
  const {as, context, ...rest} = input
  if (as !== undefined) return findNamed(deps, as, rest.provider)
  return blameContext(context, rest, async () => {
    const provider = rest.provider ?? context?.provider
    return context?.as === undefined ? findOwner(deps, provider) : findNamed(deps, context.as, provider)
  })
}

/** The provider whose application acts: the named one, else that of the account which would act by default. */
export async function findHelixApp(deps: Deps, {provider, context}: ActorInput): Promise<Provider> {
  if (provider !== undefined) return chooseHelixProvider(deps, provider)
  return blameContext(context, {}, async () => {
    if (context?.as === undefined) return chooseHelixProvider(deps, context?.provider)
    return loadProvider(deps, (await findNamed(deps, context.as, context.provider)).provider)
  })
}

async function findNamed(deps: Deps, name: string, provider: string | undefined): Promise<NamedAccount> {
  const names = await deps.store.accounts.names()
  const eligible = new Set(
    provider === undefined
      ? (await loadProviders(deps)).filter((one) => one.dialect === 'twitch').map((one) => one.name)
      : [(await chooseHelixProvider(deps, provider)).name],
  )
  return findAccount(
    names.filter((account) => eligible.has(account.provider)),
    name,
  )
}

async function findOwner(deps: Deps, providerName: string | undefined): Promise<NamedAccount> {
  const provider = await chooseHelixProvider(deps, providerName)
  const names = await deps.store.accounts.names()
  const owner = names.find((account) => account.provider === provider.name && account.role === 'owner')
  if (owner) return owner
  throw new BehalfError('login-needed', `Nobody is logged in at ${provider.name}.`, {
    hint: provider.name === DEFAULT_PROVIDER ? 'behalf login' : `behalf login --provider ${provider.name}`,
  })
}

async function chooseHelixProvider(deps: Deps, name: string | undefined): Promise<Provider> {
  if (name === undefined) {
    const [only, ...others] = (await loadProviders(deps)).filter((one) => one.dialect === 'twitch')
    return only && others.length === 0 ? only : loadProvider(deps, DEFAULT_PROVIDER)
  }
  const provider = await loadProvider(deps, name)
  if (provider.dialect === 'twitch') return provider
  throw new BehalfError('usage', `${name} is not Twitch: Helix is the Twitch API.`, {
    hint: 'Name another with --provider, or none.',
  })
}

/** Whoever typed no name must be told where the wrong one comes from. */
export async function blameContext<T>(
  context: AccountContext | undefined,
  said: {provider?: string},
  find: () => Promise<T>,
): Promise<T> {
  try {
    return await find()
  } catch (error) {
    const place = context && describeSource(context)
    const isItsWord = context?.as !== undefined || (context?.provider !== undefined && said.provider === undefined)
    if (!(error instanceof BehalfError) || place === undefined || !isItsWord) throw error
    const {code, message, hint} = error
    throw new BehalfError(code, `${place}: ${message}`, {cause: error, ...(hint !== undefined && {hint})})
  }
}
