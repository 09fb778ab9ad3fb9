import {accountKey} from '../model/account.js'
import {findMatch, parseAccountName, textsOf, type NamedAccount} from '../model/account-name.js'
import type {Provider, Role} from '../model/provider.js'
import {unionScopes} from '../model/scopes.js'
import type {BrokerDeps} from './broker-deps.js'
import {checkScopes} from './check-scopes.js'
import type {LoginPurpose} from './check-person.js'
import {chooseProvider} from './load-provider.js'
import {readAccounts} from './read-accounts.js'

/** Who is to be authorized, and for what. */
export interface LoginWish {
  /** Default: the only provider there is, else `twitch`. */
  provider?: string
  role: Role
  subject?: string
  /** Beyond the role's default scopes and what the account had. */
  scopes: string[]
  /** Do not ask for what the account had. */
  resetScopes?: boolean
  /** Login or id that must come back. */
  expect?: string
  /** The owner may become someone else. */
  replaceOwner?: boolean
}

type Deps = Pick<BrokerDeps, 'store' | 'providers'>

/** What an authorization asks for. @throws BehalfError `unknown-scope`, `provider-not-found`, `configuration`. */
export async function planLogin(deps: Deps, wish: LoginWish): Promise<LoginPurpose> {
  const {role, subject, expect} = wish
  const provider = await chooseProvider(deps, wish.provider)
  checkScopes(deps, provider, wish.scopes)
  const scopes = unionScopes(
    provider.scopes[role] ?? [],
    wish.scopes,
    wish.resetScopes ? [] : await findEarlierScopes(deps, provider, wish),
  )
  return {
    provider,
    role,
    scopes,
    replaceOwner: wish.replaceOwner ?? false,
    ...(subject !== undefined && {subject}),
    ...(expect !== undefined && {expect}),
  }
}

/** A login asks for the union with what the account had. */
async function findEarlierScopes(deps: Deps, provider: Provider, wish: LoginWish): Promise<string[]> {
  const {accounts} = await readAccounts(deps, await nameEarlier(deps, provider, wish))
  const credential = accounts[0]?.credential
  return credential?.kind === 'oauth2' ? credential.scopes : []
}

async function nameEarlier(
  {store}: Deps,
  provider: Provider,
  {role, subject, expect}: LoginWish,
): Promise<readonly NamedAccount[]> {
  if (role === 'owner') return store.accounts.owners(provider.name)
  if (role === 'user') {
    const known = subject === undefined ? undefined : await store.accounts.name(accountKey(provider.name, '', subject))
    return known ? [known] : []
  }
  if (expect === undefined) return []
  const text = `${provider.name}/${expect}`
  try {
    const known = findMatch(await store.accounts.find(textsOf(parseAccountName(text))), text, {role})
    return known ? [known] : []
  } catch {
    return []
  }
}
