import {findEndpoint} from '../../../helix/catalogue.js'
import {isActingScope} from '../../../model/api-token-scope.js'
import type {ApiTokenView} from '../../../model/api-token.js'

/** What the scopes allow that are one word; each goes on from “it may”. */
const WORDS: Readonly<Record<string, string>> = {
  chat: 'read and write in chat, over IRC',
  'token:read': 'read the provider’s own tokens of its accounts',
  'flow:start': 'ask chat users to connect their accounts',
  'points:read': 'see points',
  'points:write': 'give and take points',
  'account:read': 'see how its accounts are',
  'metrics:read': 'read the metrics',
  introspect: 'ask what other API tokens are worth',
  admin: 'look after providers, accounts and API tokens',
}

/**
 * What a scope of an API token lets its holder do, in words that go on from “it may”.
 * @param scope one that `checkTokenScopes` has let through.
 */
export function describeScope(scope: string): string {
  const word = WORDS[scope]
  if (word !== undefined) return word
  const [, provider, rest = ''] = /^(?:helix|api:([^:]+))(?::(.+))?$/.exec(scope) ?? []
  const api = provider === undefined ? 'the Twitch API' : `the API of ${provider}`
  if (rest === '') return `make every call of ${api}`
  if (rest === 'read') return `read from ${api}`
  if (rest === 'write') return `change things through ${api}`
  const [method = '', path = ''] = rest.split(':')
  const name = provider === undefined ? findEndpoint(method, path)?.name : undefined
  const call = `${method === '*' ? 'any method on' : method} ${path}`
  return name === undefined ? `call ${call} of ${api}` : `call ${name} (${call})`
}

/** What is said of an API token before there is one. */
export type Power = Pick<ApiTokenView, 'scopes' | 'as' | 'asAny'> & {
  defaultAs?: string
  /** In words, such as `30 d`. */
  life?: string
}

/** What an API token can do, in one sentence or two. */
export function describePower({scopes, as, asAny, defaultAs, life}: Power): string {
  if (scopes.length === 0) return 'It may do nothing yet: choose what the program shall do.'
  const isOfNone = !asAny && as.length === 0 && scopes.some(isActingScope)
  const named = isOfNone ? ', as nobody yet' : as.length > 0 ? `, as ${joinWords(as)}` : ''
  const whom = asAny ? ', as the owner and every bot, now and later' : named
  const end = life === undefined ? '' : `, for ${life}`
  const byDefault = defaultAs === undefined ? '' : ` Where a request does not say who acts, ${defaultAs} does.`
  const missing = isOfNone ? ' Choose an account that it may act as.' : ''
  return `It may ${joinWords(scopes.map(describeScope))}${whom}${end}.${byDefault}${missing}`
}

/** `a`, `a and b`, `a, b and c`; what is endless is counted. */
function joinWords(words: readonly string[]): string {
  const shown = words.length > MOST_NAMED ? [...words.slice(0, MOST_NAMED), countMore(words)] : words
  const last = shown.at(-1) ?? ''
  return shown.length < 2 ? last : `${shown.slice(0, -1).join(', ')} and ${last}`
}

const MOST_NAMED = 12

const countMore = (words: readonly string[]): string => `${String(words.length - MOST_NAMED)} more`
