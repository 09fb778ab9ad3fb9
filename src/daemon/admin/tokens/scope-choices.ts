import {listEndpoints} from '../../../helix/catalogue.js'
import {answersWithoutScope} from '../../../helix/endpoint-scopes.js'
import type {HelixEndpoint} from '../../../model/helix-endpoint.js'
import type {Provider} from '../../../model/provider.js'

/** A scope that can be ticked. */
export interface ScopeChoice {
  scope: string
  label: string
  /** What it allows, and what it needs. */
  hint: string
}

export interface ScopeGroup {
  title: string
  choices: ScopeChoice[]
}

/** What programs mostly do. `admin` and `token:read` are given at the terminal alone (design 8). */
const TWITCH: ScopeGroup = {
  title: 'Twitch',
  choices: [
    {
      scope: 'helix:read',
      label: 'Read from the Twitch API',
      hint: 'Streams, users, followers: every call that changes nothing.',
    },
    {
      scope: 'helix:write',
      label: 'Change things through the Twitch API',
      hint: 'Send messages, start polls, ban: every other call.',
    },
    {scope: 'chat', label: 'Chat over IRC', hint: 'The account needs the Twitch scopes chat:read and chat:edit.'},
  ],
}

const BEHALF: ScopeGroup = {
  title: 'behalf itself',
  choices: [
    {scope: 'points:read', label: 'See points', hint: 'Balances, history and the top.'},
    {scope: 'points:write', label: 'Give and take points', hint: 'Add, remove and set.'},
    {scope: 'account:read', label: 'See accounts', hint: 'How those are that it may act as; no secrets.'},
    {scope: 'flow:start', label: 'Connect chat users', hint: 'Asks them to log in, and sees how far they are.'},
    {scope: 'metrics:read', label: 'Read the metrics', hint: 'What Prometheus collects.'},
    {
      scope: 'introspect',
      label: 'Ask about API tokens',
      hint: 'Whether one that somebody shows is valid, and for what.',
    },
  ],
}

/** What can be ticked besides single endpoints. @param providers those that are set up. */
export function listScopeGroups(providers: readonly Pick<Provider, 'name' | 'dialect' | 'apiUrl'>[]): ScopeGroup[] {
  const others = providers.filter(({dialect, apiUrl}) => dialect !== 'twitch' && apiUrl !== undefined)
  const choices = others.flatMap(({name}) => [
    {scope: `api:${name}:read`, label: `Read from ${name}`, hint: 'Every call of its API that changes nothing.'},
    {scope: `api:${name}:write`, label: `Change things at ${name}`, hint: 'Every other call of its API.'},
  ])
  return [TWITCH, BEHALF, ...(choices.length > 0 ? [{title: 'Other providers', choices}] : [])]
}

/** A choice for each endpoint of the Twitch API that behalf can call, by category. */
export function listEndpointGroups(): ScopeGroup[] {
  const groups = new Map<string, ScopeChoice[]>()
  for (const endpoint of listEndpoints()) {
    if (endpoint.tokenTypes.includes('extension-jwt') || endpoint.deprecated) continue
    const choices = groups.get(endpoint.category) ?? []
    groups.set(endpoint.category, choices)
    choices.push(choiceOf(endpoint))
  }
  const titles = [...groups.keys()].sort()
  return titles.map((title) => ({title, choices: groups.get(title) ?? []}))
}

const endpointScopeOf = ({method, path}: Pick<HelixEndpoint, 'method' | 'path'>): string => `helix:${method}:${path}`

function choiceOf(endpoint: HelixEndpoint): ScopeChoice {
  const {method, path, name, summary} = endpoint
  return {
    scope: endpointScopeOf(endpoint),
    label: `${name}: ${method} ${path}`,
    hint: `${summary}. ${describeNeed(endpoint)}`,
  }
}

function describeNeed(endpoint: HelixEndpoint): string {
  const {scopes, tokenTypes} = endpoint
  const isForApp = tokenTypes.includes('app') && !tokenTypes.includes('user')
  if (isForApp) return 'Called with the application’s own token.'
  if (scopes.length === 0) return 'The account needs no Twitch scope.'
  const need =
    scopes.length === 1 ? `the Twitch scope ${scopes.join()}` : `one of the Twitch scopes ${scopes.join(', ')}`
  return answersWithoutScope(endpoint) ? `Tells less without ${need}.` : `The account needs ${need}.`
}
