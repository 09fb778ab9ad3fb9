import {findAccount, type NamedAccount} from '../model/account-name.js'
import type {AccountKey} from '../model/account.js'
import {BehalfError} from '../model/behalf-error.js'
import type {HelixRequest} from '../model/helix-call.js'
import type {HelixMethod} from '../model/helix-endpoint.js'
import type {Provider} from '../model/provider.js'
import type {BrokerDeps, HelixPort} from './broker-deps.js'
import {loadProvider, loadProviders} from './load-provider.js'

export interface HelixInput {
  method: HelixMethod
  /** As typed: with or without a leading slash, a query string, or `helix/` in front. */
  path: string
  query: [string, string][]
  /** JSON text. */
  body?: string
  /** An account name. Without one the owner acts. */
  as?: string
  /** Use the application's own token. */
  app?: boolean
  provider?: string
}

/** A call that is known to make sense, and who makes it. */
export interface HelixPlan {
  actor: {kind: 'account'; key: AccountKey} | {kind: 'app'; provider: Provider}
  request: HelixRequest
}

type Deps = BrokerDeps & {helix: HelixPort}

/** The only provider of the Twitch dialect, where there is no `twitch`. */
const DEFAULT_PROVIDER = 'twitch'

/**
 * Decides on whose behalf a call is made, and what is sent (design 5).
 * @throws BehalfError `invalid-input`, `account-not-found`, `login-needed` when the owner is meant and nobody is
 * logged in, `refused` for an endpoint that takes neither kind of token.
 */
export async function planHelixCall(deps: Deps, input: HelixInput): Promise<HelixPlan> {
  const {path, query} = deps.helix.parsePath(input.path)
  const kinds = deps.helix.findEndpoint(input.method, path)?.tokenTypes
  if (kinds?.every((kind) => kind === 'extension-jwt')) {
    throw new BehalfError(
      'refused',
      `${input.method} ${path} takes only an extension’s signed JWT, which behalf does not issue.`,
    )
  }
  const toRequest = (provider: Provider): HelixRequest => ({
    apiUrl: apiUrlOf(provider),
    method: input.method,
    path,
    query: [query, deps.helix.encodeQuery(input.query)].filter((part) => part !== '').join('&'),
    ...(input.body !== undefined && {body: input.body}),
  })
  const appOnly = kinds !== undefined && !kinds.includes('user') && kinds.includes('app')
  if (input.app || (appOnly && input.as === undefined)) {
    const provider = await chooseHelixProvider(deps, input.provider)
    return {actor: {kind: 'app', provider}, request: toRequest(provider)}
  }
  const {key, provider} = await findActor(deps, input)
  return {actor: {kind: 'account', key}, request: toRequest(await loadProvider(deps, provider))}
}

async function findActor(deps: Deps, input: HelixInput): Promise<NamedAccount> {
  const names = await deps.store.accounts.names()
  if (input.as === undefined) {
    const provider = await chooseHelixProvider(deps, input.provider)
    const owner = names.find((account) => account.provider === provider.name && account.role === 'owner')
    if (owner) return owner
    throw new BehalfError('login-needed', `Nobody is logged in at ${provider.name}.`, {
      hint: provider.name === DEFAULT_PROVIDER ? 'behalf login' : `behalf login --provider ${provider.name}`,
    })
  }
  const eligible = new Set(
    input.provider === undefined
      ? (await loadProviders(deps)).filter((one) => one.dialect === 'twitch').map((one) => one.name)
      : [(await chooseHelixProvider(deps, input.provider)).name],
  )
  return findAccount(
    names.filter((account) => eligible.has(account.provider)),
    input.as,
  )
}

async function chooseHelixProvider(deps: Deps, name: string | undefined): Promise<Provider> {
  if (name === undefined) {
    const [only, ...others] = (await loadProviders(deps)).filter((one) => one.dialect === 'twitch')
    return only && others.length === 0 ? only : loadProvider(deps, DEFAULT_PROVIDER)
  }
  const provider = await loadProvider(deps, name)
  if (provider.dialect === 'twitch') return provider
  throw new BehalfError('usage', `${name} is not Twitch: Helix is the Twitch API.`, {hint: 'Leave out --provider.'})
}

function apiUrlOf(provider: Provider): string {
  if (provider.apiUrl !== undefined) return provider.apiUrl
  throw new BehalfError('configuration', `The provider ${provider.name} has no API URL.`, {
    hint: `behalf provider update ${provider.name} --api-url https://api.twitch.tv/helix`,
  })
}
