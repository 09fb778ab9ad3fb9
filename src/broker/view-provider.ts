import type {Account} from '../model/account.js'
import {isConfidential, type Provider, type ReplayMode} from '../model/provider.js'
import {replayModeOf} from '../model/replay-mode.js'
import type {BrokerDeps} from './broker-deps.js'
import {callbackUrlOf, findMisconfiguration, hasAnswered} from './load-provider.js'
import {readInSlices} from './read-in-slices.js'

/** A provider without its secret. */
export interface ProviderView extends Omit<
  Provider,
  'clientSecret' | 'jwksUrl' | 'callbackUrl' | 'replay' | 'authorizeParams' | 'consentParams' | 'scopeSeparator'
> {
  /** Whether there is a client secret. */
  confidential: boolean
  /** The redirect URI to register. */
  callbackUrl: string
  replay: ReplayMode
  accounts: number
  /** It is known to have answered: it has accounts, or did so when it was asked. */
  isProven: boolean
  /** Why the provider refused the client. */
  misconfigured?: string
}

export async function viewProvider(
  deps: Pick<BrokerDeps, 'store' | 'providers'>,
  provider: Provider,
): Promise<ProviderView> {
  const {
    clientSecret: _secret,
    jwksUrl: _jwks,
    authorizeParams: _a,
    consentParams: _c,
    scopeSeparator: _s,
    ...rest
  } = provider
  const misconfigured = await findMisconfiguration(deps, provider)
  const accounts = await deps.store.accounts.count(provider.name)
  return {
    ...rest,
    confidential: isConfidential(provider),
    callbackUrl: callbackUrlOf(deps, provider),
    replay: replayModeOf(provider),
    accounts,
    isProven: accounts > 0 || (await hasAnswered(deps, provider)),
    ...(misconfigured !== undefined && {misconfigured}),
  }
}

/** @throws BehalfError `store-damaged` when the record of one of them is; those of other providers do not matter. */
export async function accountsOf(deps: Pick<BrokerDeps, 'store'>, provider: string): Promise<Account[]> {
  const keys = await deps.store.accounts.keysOf(provider)
  const accounts: Account[] = []
  for await (const account of readInSlices(keys, (key) => deps.store.accounts.get(key))) {
    if (account) accounts.push(account)
  }
  return accounts
}
