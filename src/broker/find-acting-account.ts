import type {AccountContext} from '../model/account-context.js'
import {findAccount, type NamedAccount} from '../model/account-name.js'
import {loginCommandFor} from '../model/account-status.js'
import {BehalfError} from '../model/behalf-error.js'
import type {BrokerDeps} from './broker-deps.js'
import {blameContext} from './choose-helix-actor.js'
import {chooseProvider} from './load-provider.js'

/** Whose token is wanted, as far as that was said. */
export interface OwnerOfToken {
  /** An account name. It wins over the context. */
  as?: string
  /** Only an account of this provider. */
  provider?: string
  context?: AccountContext
}

type Deps = Pick<BrokerDeps, 'store' | 'providers'>

/**
 * The account of any provider whose token is handed out: the named one, else the context's, else the owner; never
 * another instead (design 7, rule 9).
 * @throws BehalfError `account-not-found`, `ambiguous-account`, `invalid-input`, `provider-not-found`; `login-needed`
 * when the owner is meant and nobody is logged in. What the context is wrong about names the place it was read from.
 */
export async function findActingAccount(deps: Deps, {as, provider, context}: OwnerOfToken): Promise<NamedAccount> {
  if (as !== undefined) return findNamed(deps, as, provider)
  const said = provider === undefined ? {} : {provider}
  return blameContext(context, said, () => {
    const name = provider ?? context?.provider
    return context?.as === undefined ? findOwner(deps, name) : findNamed(deps, context.as, name)
  })
}

async function findNamed(deps: Deps, name: string, provider: string | undefined): Promise<NamedAccount> {
  const names = await deps.store.accounts.names()
  if (provider === undefined) return findAccount(names, name)
  const {name: only} = await chooseProvider(deps, provider)
  return findAccount(
    names.filter((account) => account.provider === only),
    name,
  )
}

async function findOwner(deps: Deps, provider: string | undefined): Promise<NamedAccount> {
  const {name} = await chooseProvider(deps, provider)
  const names = await deps.store.accounts.names()
  const owner = names.find((account) => account.provider === name && account.role === 'owner')
  if (owner) return owner
  throw new BehalfError('login-needed', `Nobody is logged in at ${name} as the owner.`, {
    hint: loginCommandFor({provider: name, role: 'owner', login: ''}),
  })
}
