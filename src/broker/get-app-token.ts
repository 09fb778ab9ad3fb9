import {BehalfError} from '../model/behalf-error.js'
import {isConfidential, originsOf, type AppToken, type Provider} from '../model/provider.js'
import type {Secret} from '../model/secret.js'
import type {EpochMs} from '../model/time.js'
import type {BrokerDeps} from './broker-deps.js'
import {clearMisconfigured, findMisconfiguration, flagMisconfigured, misconfiguredError} from './load-provider.js'

/** Part of an app token's life after which it is renewed. */
const RENEW_PART = 0.8

type Deps = Pick<BrokerDeps, 'store' | 'providerClient' | 'clock'>

/**
 * The application's own token (client credentials, RFC 6749 4.4), kept sealed and renewed at 80 % of its life;
 * while it lives it is handed out although renewing it failed.
 * @param refused The token that the API has refused; it is not handed out again.
 * @throws BehalfError `configuration` for a public client, `provider-misconfigured`, `unavailable`.
 */
export async function getAppToken(deps: Deps, provider: Provider, refused?: Secret): Promise<Secret> {
  if (!isConfidential(provider)) {
    throw new BehalfError('configuration', `${provider.name} is a public client: it has no app token.`, {
      hint: `Register a confidential client, then: behalf provider update ${provider.name} --client-secret-file -`,
    })
  }
  const kept = (await deps.store.providers.getState(provider.name))?.appToken
  const now = deps.clock.now()
  const usable = kept && isUsable(kept, provider, now) && !refused?.equals(kept.accessToken) ? kept : undefined
  if (usable && !isDue(usable, now)) return usable.accessToken
  try {
    return await renewToken(deps, provider)
  } catch (error) {
    if (usable && error instanceof BehalfError) return usable.accessToken
    throw error
  }
}

async function renewToken(deps: Deps, provider: Provider): Promise<Secret> {
  const reason = await findMisconfiguration(deps, provider)
  if (reason !== undefined) throw misconfiguredError(provider, reason)
  const appToken = await requestToken(deps, provider)
  await deps.store.providers.updateState(provider.name, (state) => ({...state, appToken}))
  await clearMisconfigured(deps, provider)
  return appToken.accessToken
}

/** Rule 10 for the application's token: it goes to the API that it was asked for. */
const isUsable = (token: AppToken, provider: Provider, now: EpochMs): boolean =>
  token.clientId === provider.clientId &&
  token.tokenUrl === provider.tokenUrl &&
  token.apiOrigin === originsOf(provider).api &&
  (token.expiresAt === undefined || now < token.expiresAt)

const isDue = ({issuedAt, expiresAt}: AppToken, now: EpochMs): boolean =>
  expiresAt !== undefined && now >= issuedAt + (expiresAt - issuedAt) * RENEW_PART

async function requestToken(deps: Deps, provider: Provider): Promise<AppToken> {
  const {clientId, tokenUrl} = provider
  if (tokenUrl === undefined) {
    throw new BehalfError('configuration', `${provider.name} has no token endpoint: it has no app token.`)
  }
  try {
    const grant = await deps.providerClient.requestAppToken(provider)
    const {api} = originsOf(provider)
    return {
      accessToken: grant.accessToken,
      clientId,
      tokenUrl,
      ...(api !== undefined && {apiOrigin: api}),
      issuedAt: grant.issuedAt,
      ...(grant.expiresAt !== undefined && {expiresAt: grant.expiresAt}),
    }
  } catch (error) {
    if (error instanceof BehalfError && error.code === 'provider-misconfigured') {
      await flagMisconfigured(deps, provider, error.message)
    }
    throw error
  }
}
