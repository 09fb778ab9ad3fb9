import {showAccountOf} from '../../../broker/accounts.js'
import {chooseAccount, mayActAs} from '../../../broker/choose-account.js'
import {loadHelixProviders} from '../../../broker/load-provider.js'
import {listEndpoints, requiredQuery} from '../../../helix/catalogue.js'
import {findMissingScopes} from '../../../helix/endpoint-scopes.js'
import {nameOf, type NamedAccount} from '../../../model/account-name.js'
import type {AccountStatus} from '../../../model/account-status.js'
import {allowsCall} from '../../../model/api-token-match.js'
import {isActingScope} from '../../../model/api-token-scope.js'
import type {ApiToken} from '../../../model/api-token.js'
import {BehalfError} from '../../../model/behalf-error.js'
import type {HelixEndpoint} from '../../../model/helix-endpoint.js'
import type {AdminDeps} from '../admin-deps.js'

type Deps = Pick<AdminDeps, 'store' | 'clock' | 'providers'>

/** A call that a new API token can make as it stands, and that changes nothing. */
export interface Trial {
  /** Path and query. */
  target: string
  /** The account to name in `X-Behalf-Of`, where the token does not settle who acts. */
  actAs?: string
  /** The answer is in its headers. */
  isEmpty?: boolean
}

/** Of the scopes that are one word, where they can be tried. */
const WORD_TRIALS: readonly (readonly [scope: string, target: string])[] = [
  ['account:read', '/api/v1/accounts'],
  ['points:read', '/api/v1/points?top=10'],
  ['metrics:read', '/metrics'],
]

/**
 * The call to try a new API token with: one of the Twitch API, else of behalf; where its scopes change things only, the
 * question whether it holds them. Undefined while none of the accounts is there that it may act as.
 */
export async function planTrial(deps: Deps, apiToken: ApiToken): Promise<Trial | undefined> {
  const {scopes} = apiToken
  for (const {name} of await loadHelixProviders(deps)) {
    const trial = await planHelixTrial(deps, apiToken, name)
    if (trial) return trial
  }
  const [, target] = WORD_TRIALS.find(([scope]) => scopes.includes(scope)) ?? []
  return target === undefined ? planQuestion(deps, apiToken) : {target}
}

async function planHelixTrial(deps: Deps, apiToken: ApiToken, provider: string): Promise<Trial | undefined> {
  if (!apiToken.scopes.some((scope) => scope.startsWith('helix') || scope.startsWith(`api:${provider}`)))
    return undefined
  const actor = await findActor(deps, apiToken, provider)
  if (!actor) return undefined
  const account = await showAccountOf(deps, actor.account.key)
  const isAllowed = ({method, path}: HelixEndpoint): boolean => {
    const call = {provider, isHelix: true, method, segments: path.slice(1).split('/')}
    return apiToken.scopes.some((scope) => allowsCall(scope, call))
  }
  // Who one is oneself is the least that can be asked.
  const first = (endpoint: HelixEndpoint): number => (endpoint.path === '/users' ? 0 : 1)
  const reading = listEndpoints().filter((endpoint) => endpoint.method === 'GET' && isAllowed(endpoint))
  for (const endpoint of reading.sort((a, b) => first(a) - first(b))) {
    const query = account.state === 'login-needed' ? undefined : fillQuery(endpoint, account)
    if (query !== undefined) return {target: `/api/${provider}/helix${endpoint.path}${query}`, ...named(actor)}
  }
  return undefined
}

/** Undefined where the call needs more than the account has, or knows of itself. */
function fillQuery(endpoint: HelixEndpoint, {scopes, userId}: AccountStatus): string | undefined {
  if (!endpoint.tokenTypes.includes('user') || findMissingScopes(endpoint, scopes).length > 0) return undefined
  const {all, oneOf} = requiredQuery(endpoint)
  const [chosen] = oneOf.filter((name) => OWN_ID.has(name))
  if (!all.every((name) => OWN_ID.has(name)) || (oneOf.length > 0 && chosen === undefined)) return undefined
  const names = [...all, ...(chosen === undefined ? [] : [chosen])]
  return names.length === 0
    ? ''
    : `?${new URLSearchParams(names.map((name) => [name, userId] as [string, string])).toString()}`
}

const OWN_ID: ReadonlySet<string> = new Set(['broadcaster_id', 'moderator_id', 'user_id'])

async function planQuestion(deps: Deps, apiToken: ApiToken): Promise<Trial | undefined> {
  const [scope = ''] = apiToken.scopes
  const question: Trial = {target: `/auth/verify?${new URLSearchParams({scope}).toString()}`, isEmpty: true}
  if (!isActingScope(scope)) return question
  const actor = await findActor(deps, apiToken, /^api:([^:]+)/.exec(scope)?.[1])
  return actor && {...question, ...named(actor)}
}

interface Actor {
  account: NamedAccount
  /** Without being named. */
  isSettled: boolean
}

const named = ({account, isSettled}: Actor): Pick<Trial, 'actAs'> => (isSettled ? {} : {actAs: nameOf(account)})

/** Who acts, or would if they were named. */
async function findActor({store}: Deps, apiToken: ApiToken, provider: string | undefined): Promise<Actor | undefined> {
  const settled = await chooseAccount(store.accounts, apiToken, [], {provider, isNeeded: false}).catch(
    (error: unknown) => {
      // An account that is gone, or whose name fits several.
      if (error instanceof BehalfError && error.code !== 'store-unavailable') return undefined
      throw error
    },
  )
  if (settled) return {account: settled, isSettled: true}
  const all = await store.accounts.names()
  const account = all.find((one) => (provider === undefined || one.provider === provider) && mayActAs(apiToken, one))
  return account && {account, isSettled: false}
}
