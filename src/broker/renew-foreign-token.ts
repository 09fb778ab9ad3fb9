import {BehalfError} from '../model/behalf-error.js'
import type {Provider} from '../model/provider.js'
import type {TokenGrant} from '../model/refresh.js'
import type {Secret} from '../model/secret.js'
import type {BrokerDeps} from './broker-deps.js'
import {loadProvider, misconfiguredError} from './load-provider.js'

type Deps = Pick<BrokerDeps, 'store' | 'providerClient' | 'providers'>

/**
 * Sends a refresh token that is not kept here (RFC 6749 6). There is no journal: who keeps it bears the doubt.
 * @returns what was granted, with the old refresh token where no new one came; undefined: the token is refused.
 * @throws BehalfError `unavailable`, `provider-misconfigured`, `provider-not-found`.
 */
export async function renewForeignToken(
  deps: Deps,
  input: {provider: string; refreshToken: Secret},
): Promise<TokenGrant | undefined> {
  const provider = await loadProvider(deps, input.provider)
  let {refreshToken} = input
  for (;;) {
    const answer = await sendOnce(deps, provider, refreshToken)
    switch (answer.kind) {
      case 'refreshed':
        return {refreshToken, ...answer.grant}
      case 'rejected':
        return undefined
      case 'misconfigured':
        throw misconfiguredError(provider, answer.reason)
      case 'unavailable':
        throw unavailable(provider, answer.reason, 'The token was not used')
      case 'in-doubt': {
        const found = answer.refreshToken
        // A broken answer with a good refresh token: that one, and no other, works now.
        if (!found || found.equals(refreshToken)) throw unavailable(provider, answer.reason, 'The token may be used up')
        refreshToken = found
      }
    }
  }
}

async function sendOnce(
  {providerClient}: Deps,
  provider: Provider,
  refreshToken: Secret,
): ReturnType<Deps['providerClient']['judgeRefresh']> {
  const exchange = await providerClient.sendRefresh(provider, refreshToken, () => Promise.resolve(true))
  if (exchange.kind === 'not-sent') return {kind: 'unavailable', reason: exchange.reason}
  if (exchange.kind === 'no-reply') return {kind: 'in-doubt', reason: exchange.reason}
  return providerClient.judgeRefresh(provider, exchange.reply)
}

const unavailable = (provider: Provider, reason: string, what: string): BehalfError =>
  new BehalfError('unavailable', `${provider.name} could not refresh the token: ${reason}.`, {
    hint: `${what}; try again in a moment.`,
  })
