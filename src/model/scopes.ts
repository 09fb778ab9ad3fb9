import {nearestNames} from './nearest-names.js'

/** All scopes of all lists, each once, in the order of their first mention. */
export function unionScopes(...lists: (readonly string[])[]): string[] {
  return [...new Set(lists.flat())]
}

/** What was wanted and not granted. */
export function missingScopes(wanted: readonly string[], granted: readonly string[]): string[] {
  const has = new Set(granted)
  return wanted.filter((scope) => !has.has(scope))
}

export interface UnknownScope {
  scope: string
  /** What it was most likely meant to be, nearest first. */
  nearest: string[]
}

/** The scopes that do not exist, with the nearest ones that do. */
export function findUnknownScopes(wanted: readonly string[], known: readonly string[]): UnknownScope[] {
  return missingScopes(wanted, known).map((scope) => ({scope, nearest: nearestNames(scope, known)}))
}
