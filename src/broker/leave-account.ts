import {findEstrangement} from '../model/account-status.js'
import {nameOf} from '../model/account-name.js'
import {isOAuth2Account, type Account, type AccountKey} from '../model/account.js'
import {BehalfError} from '../model/behalf-error.js'
import type {Provider} from '../model/provider.js'
import {quoteWord} from '../model/shell-words.js'
import type {BrokerDeps} from './broker-deps.js'
import {LOCK_WAIT_MS} from './refresh-account.js'

export interface Leaving {
  account: Account
  /** False with `keepGrant`, or where the provider has no way to revoke. */
  revoked: boolean
}

type Deps = Pick<BrokerDeps, 'store' | 'providerClient'>

/**
 * Revokes an account's tokens at the provider, then forgets it (design 7, rule 11). A refresh in flight ends first.
 * @throws BehalfError `unavailable` when the provider cannot be reached: nothing is forgotten then.
 */
export async function leaveAccount(
  deps: Deps,
  provider: Provider | undefined,
  key: AccountKey,
  options: {keepGrant: boolean},
): Promise<Leaving> {
  const lock = await deps.store.accounts.lock(key, {waitMs: LOCK_WAIT_MS})
  try {
    const {account} = lock
    if (!account) throw new BehalfError('account-not-found', `The account ${key} is no longer there.`)
    const revoked = options.keepGrant ? false : await revokeTokens(deps, provider, account)
    await lock.remove()
    return {account, revoked}
  } finally {
    await lock.release()
  }
}

async function revokeTokens(deps: Deps, provider: Provider | undefined, account: Account): Promise<boolean> {
  // What is no OAuth 2 can be ended by the person alone.
  if (!isOAuth2Account(account)) return false
  if (!provider || findEstrangement(account, provider)) {
    throw new BehalfError(
      'configuration',
      `The tokens of ${nameOf(account)} cannot be revoked: they were granted under other provider settings.`,
      {hint: keepGrantCommand(account)},
    )
  }
  const {accessToken, refreshToken} = account.credential
  // RFC 7009 2.1: revoking the refresh token ends the grant. Twitch revokes access tokens only.
  const revocation =
    refreshToken && provider.dialect !== 'twitch'
      ? await deps.providerClient.revoke(provider, refreshToken, 'refresh_token')
      : undefined
  // An import that was not finished may have none yet.
  const isOver = revocation?.kind === 'failed' || accessToken.isEmpty
  const last = isOver
    ? (revocation ?? {kind: 'unsupported' as const})
    : await deps.providerClient.revoke(provider, accessToken, 'access_token')
  if (last.kind === 'failed') {
    throw new BehalfError(
      'unavailable',
      `${nameOf(account)} could not be revoked: ${last.reason}. Nothing was forgotten.`,
      {
        hint: `Try again, or forget it without revoking: ${keepGrantCommand(account)}`,
      },
    )
  }
  return last.kind === 'revoked' || revocation?.kind === 'revoked'
}

function keepGrantCommand(account: Account): string {
  if (account.role === 'bot') return `behalf bot remove ${account.login} --keep-grant`
  if (account.role === 'user') return `behalf user unlink ${quoteWord(account.subject ?? '')} --keep-grant`
  return `behalf logout ${nameOf(account)} --keep-grant`
}
