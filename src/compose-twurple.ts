import {listAccounts} from './broker/accounts.js'
import {findHelixAccount} from './broker/find-acting-account.js'
import {getAppToken} from './broker/get-app-token.js'
import {getFreshToken, type FreshToken} from './broker/get-fresh-token.js'
import {chooseHelixProvider, loadProvider} from './broker/load-provider.js'
import {replaceRefusedToken} from './broker/replace-refused-token.js'
import {openDeps} from './compose-deps.js'
import {readLibrarySettings, type LibraryFlags} from './config/library-settings.js'
import {createSystemClock} from './config/system-clock.js'
import {readTwurpleOrigin} from './config/twurple-settings.js'
import {coversScope} from './helix/endpoint-scopes.js'
import type {NamedAccount} from './model/account-name.js'
import type {AccountStatus} from './model/account-status.js'
import {accountKey, type AccountKey} from './model/account.js'
import {isConfidential, originsOf, type Provider} from './model/provider.js'
import type {Secret} from './model/secret.js'
import type {Clock, EpochMs} from './model/time.js'

export type {FreshToken}

/** What `behalf/twurple` calls: the broker, over a store of its own and one provider of the Twitch dialect. */
export interface TwurpleBroker {
  readonly provider: Pick<Provider, 'name' | 'clientId'>
  readonly hasClientSecret: boolean
  /** Where Twurple sends what it is given. */
  readonly callsTo: string
  now(): EpochMs
  listAccounts(): Promise<AccountStatus[]>
  /** An owner or a bot, by the service's id. */
  findById(userId: string): Promise<NamedAccount | undefined>
  /** The named account; without a name the owner. @throws BehalfError `account-not-found`, `login-needed`. */
  findAccount(name?: string): Promise<NamedAccount>
  getToken(key: AccountKey): Promise<FreshToken>
  replaceRefused(key: AccountKey, seen: Secret): Promise<FreshToken>
  /** @param refused The one that was answered with 401. */
  getAppToken(refused?: Secret): Promise<{accessToken: Secret; clientId: string; apiOrigin?: string | undefined}>
  coversScope(held: readonly string[], wanted: string): boolean
  close(): Promise<void>
}

export interface TwurpleBrokerOptions extends LibraryFlags {
  provider?: string | undefined
  clock?: Pick<Clock, 'now'> | undefined
}

/** @throws BehalfError `configuration`, `provider-not-found`, `usage` for a provider that is not Twitch, `store-…`. */
export async function openTwurple({provider: wanted, clock, ...flags}: TwurpleBrokerOptions): Promise<TwurpleBroker> {
  const system = createSystemClock()
  const deps = await openDeps(readLibrarySettings(flags), clock ? {...system, now: () => clock.now()} : system)
  const provider = await chooseHelixProvider(deps, wanted).catch(async (error: unknown) => {
    await deps.store.close()
    throw error
  })
  const {name} = provider
  return {
    provider,
    hasClientSecret: isConfidential(provider),
    callsTo: readTwurpleOrigin(),
    now: () => deps.clock.now(),
    listAccounts: async () => (await listAccounts(deps)).filter((account) => account.provider === name),
    findById: (userId) => deps.store.accounts.name(accountKey(name, userId)),
    findAccount: (as) => findHelixAccount(deps, {provider: name, ...(as !== undefined && {as})}),
    getToken: (key) => getFreshToken(deps, key, 0),
    replaceRefused: (key, seen) => replaceRefusedToken(deps, key, seen),
    async getAppToken(refused) {
      const current = await loadProvider(deps, name)
      // As with users: a 401 may be about something else, and a token that lives is not replaced.
      const isDead = refused && (await deps.providerClient.validate(current, refused)).kind !== 'live'
      const accessToken = await getAppToken(deps, current, isDead ? refused : undefined)
      return {accessToken, clientId: current.clientId, apiOrigin: originsOf(current).api}
    },
    coversScope,
    close: () => deps.store.close(),
  }
}
