import type {HelixEndpoint} from '../model/helix-endpoint.js'

/** Scopes that also give what others give. */
const IMPLIED: Readonly<Record<string, readonly string[]>> = {
  'user:edit:broadcast': ['channel:manage:broadcast', 'channel:manage:extensions'],
}

/** Endpoints that answer less without their scope, instead of refusing. */
const LENIENT: ReadonlySet<string> = new Set(['GET /channels/followers'])

/** Whether `held` gives `wanted`. */
export function coversScope(held: Iterable<string>, wanted: string): boolean {
  for (const scope of held) {
    if (scope === wanted || IMPLIED[scope]?.includes(wanted) === true) return true
  }
  return false
}

export const answersWithoutScope = ({method, path}: HelixEndpoint): boolean => LENIENT.has(`${method} ${path}`)

/** The scopes of which the endpoint needs one, where none is held; empty when the call may be made. */
export function findMissingScopes(endpoint: HelixEndpoint, held: readonly string[]): readonly string[] {
  const isEnough = answersWithoutScope(endpoint) || endpoint.scopes.some((scope) => coversScope(held, scope))
  return isEnough ? [] : endpoint.scopes
}

/**
 * Of the scopes that would do, the one that gives least: reading rather than managing; the broadcaster's own in their
 * own channel, and elsewhere that of a moderator or editor.
 */
export function chooseScope({scopes}: HelixEndpoint, isOwnChannel: boolean): string | undefined {
  const rank = (scope: string): number => {
    const isBroadcasters = scope.startsWith('channel:')
    return (scope.includes('read') ? 0 : 2) + (isBroadcasters === isOwnChannel ? 0 : 1)
  }
  return [...scopes].sort((a, b) => rank(a) - rank(b))[0]
}
