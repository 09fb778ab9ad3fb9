import {isOAuth2Account} from '../model/account.js'
import {replayModeFor} from '../model/replay-mode.js'
import type {BrokerDeps} from './broker-deps.js'
import {loadProviders} from './load-provider.js'
import {readAccounts} from './read-accounts.js'

/**
 * How many accounts are in doubt whose refresh token cannot simply be sent again (design 7, rules 5 and 12). One whose
 * provider is not known counts.
 */
export async function countDoubtful(deps: Pick<BrokerDeps, 'store' | 'providers'>): Promise<number> {
  const providers = new Map((await loadProviders(deps)).map((provider) => [provider.name, provider]))
  const {accounts} = await readAccounts(deps, await deps.store.accounts.names())
  return accounts.filter((account) => {
    if (!isOAuth2Account(account) || account.doubt === undefined) return false
    if (account.credential.refreshToken === undefined || account.state.kind !== 'ok') return false
    const provider = providers.get(account.provider)
    return provider === undefined || replayModeFor(account, provider).kind !== 'safe'
  }).length
}
