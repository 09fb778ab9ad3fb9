import {matchName, nameOf, parseAccountName, textsOf, type NamedAccount} from '../model/account-name.js'
import type {ApiToken} from '../model/api-token.js'
import {BehalfError} from '../model/behalf-error.js'
import type {Provider} from '../model/provider.js'
import {stateOf} from './api-tokens.js'
import {authorizeCaller, requireScope, type Wanted} from './authorize-caller.js'
import type {BrokerDeps} from './broker-deps.js'
import {requireMayActAs} from './choose-account.js'
import {loadProvider} from './load-provider.js'

/** Who speaks in a chat, and in whose name. */
export interface ChatCaller {
  apiToken: ApiToken
  account: NamedAccount
  provider: Provider
}

type Deps = Pick<BrokerDeps, 'store' | 'clock' | 'providers'>

const CHAT: Wanted = {kind: 'word', scope: 'chat'}
const DEFAULT_PROVIDER = 'twitch'

/**
 * Who logs in to the IRC gateway, and whether they may (design 8 and 9): the API token, then its scope, then the account
 * that the nick names, which is one of a provider of the Twitch dialect.
 * @param onAuthenticated is told the API token, so that a refusal can be audited too.
 * @throws BehalfError `unauthenticated`, `refused`, `invalid-input`, `account-not-found`, `ambiguous-account`.
 */
export async function authorizeChat(
  deps: Deps,
  {password, nick}: {password: string; nick: string},
  onAuthenticated: (apiToken: ApiToken) => void,
): Promise<ChatCaller> {
  const input = {authorization: [`Bearer ${password}`], actAs: []}
  const {apiToken} = await authorizeCaller(deps, input, CHAT, onAuthenticated)
  const name = parseAccountName(nick)
  const named = await deps.store.accounts.find(textsOf(name))
  const providers = await loadTwitchProviders(deps, new Set(named.map((account) => account.provider)))
  const matches = matchName(
    named.filter(
      (account) => providers.has(account.provider) && (name.provider ?? account.provider) === account.provider,
    ),
    name,
  )
  const preferred = matches.length > 1 ? matches.filter(({provider}) => provider === DEFAULT_PROVIDER) : matches
  if (matches.length > 0 && preferred.length !== 1) {
    throw new BehalfError(
      'ambiguous-account',
      `The nick “${nick.slice(0, 80)}” fits ${String(matches.length)} accounts.`,
    )
  }
  const account = requireMayActAs(apiToken, preferred[0], nick)
  const provider = providers.get(account.provider)
  if (!provider) throw new BehalfError('internal', 'An account was found at a provider that was not asked')
  return {apiToken, account, provider}
}

/**
 * Whether someone who was let in still would be: neither the API token nor its secret, its scope, the account or the
 * right to act as it is gone.
 * @throws BehalfError `unauthenticated`, `refused`, `account-not-found`.
 */
export async function recheckChat(deps: Deps, {apiToken, account}: ChatCaller): Promise<void> {
  const [token, named] = await Promise.all([
    deps.store.apiTokens.get(apiToken.id),
    deps.store.accounts.name(account.key),
  ])
  const isSame = token?.salt === apiToken.salt && token.hmac === apiToken.hmac
  if (!token || !isSame || stateOf(token, deps.clock.now()) !== 'active') {
    throw new BehalfError('unauthenticated', 'The API token has been revoked, or has expired.')
  }
  requireScope(token, CHAT)
  requireMayActAs(token, named, nameOf(account))
}

/** Those of these providers that speak as Twitch does. */
async function loadTwitchProviders(deps: Deps, names: ReadonlySet<string>): Promise<Map<string, Provider>> {
  const loaded = await Promise.all(
    Array.from(names, (name) =>
      loadProvider(deps, name).catch((error: unknown) => {
        if (error instanceof BehalfError && error.code === 'provider-not-found') return undefined
        throw error
      }),
    ),
  )
  return new Map(loaded.flatMap((one) => (one?.dialect === 'twitch' ? [[one.name, one] as const] : [])))
}
