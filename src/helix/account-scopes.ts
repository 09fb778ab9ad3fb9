import {readFileSync} from 'node:fs'

import {listEndpoints} from './catalogue.js'

/** What an application can ask a person for, and what it may do then. */
export interface AccountScope {
  scope: string
  /** For people. */
  meaning: string
  /** The calls of the API that it opens. */
  endpoints: {method: string; path: string; summary: string}[]
}

/** Scopes that belong together. */
export interface AccountScopeGroup {
  title: string
  scopes: AccountScope[]
}

let meanings: ReadonlyMap<string, string> | undefined

/** What a scope of an account allows, in a few words; undefined for one that is not known. */
export const meaningOfScope = (scope: string): string | undefined => loadMeanings().get(scope)

/** Every scope that Twitch gives today, by what it is about; those that it retired are left out. */
export function groupAccountScopes(): AccountScopeGroup[] {
  const groups = new Map(TITLES.map(([, title]) => [title, [] as AccountScope[]]))
  for (const [scope, meaning] of loadMeanings()) {
    const [, title] = TITLES.find(([pattern]) => pattern.test(scope)) ?? []
    if (title !== undefined && !RETIRED.test(meaning))
      groups.get(title)?.push({scope, meaning, endpoints: opens(scope)})
  }
  return Array.from(groups, ([title, scopes]) => ({title, scopes})).filter(({scopes}) => scopes.length > 0)
}

/** The first that fits counts. */
const TITLES: readonly (readonly [RegExp, string])[] = [
  [
    /^(?:chat:|user:(?:read|write):chat$|user:bot$|channel:bot$|user:manage:(?:chat_color|whispers)$|user:read:(?:whispers|emotes)$)/,
    'Chat',
  ],
  [/^(?:moderator:|moderation:|channel:moderate$|user:read:moderated_channels$)/, 'Moderation'],
  [/^(?:channel:|bits:|clips:|editor:|analytics:)/, 'The channel'],
  [/^(?:user:|openid$)/, 'The account itself'],
]

const RETIRED = /^(?:Old name|Retired)|retired/

const opens = (scope: string): AccountScope['endpoints'] =>
  listEndpoints()
    .filter(({scopes}) => scopes.includes(scope))
    .map(({method, path, summary}) => ({method, path, summary}))

/** The data's only reader: the build copies the file next to the bundle. A test holds it against what the API knows. */
function loadMeanings(): ReadonlyMap<string, string> {
  if (meanings === undefined) {
    const text = readFileSync(new URL('./scope-meanings.json', import.meta.url), 'utf8')
    meanings = new Map(Object.entries(JSON.parse(text) as Record<string, string>))
  }
  return meanings
}
