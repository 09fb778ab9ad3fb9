/** A call of a provider's API, as scopes see it. */
export interface ScopedCall {
  provider: string
  /** The provider has the Twitch dialect: scopes that begin with `helix` are about its API too. */
  isHelix: boolean
  /** As it is sent: case counts. */
  method: string
  /** The path below the API URL, decoded; none for the API URL itself. */
  segments: readonly string[]
}

/**
 * Whether a scope of an API token lets its holder make this call (design 8). It runs before every call that is passed
 * through, so nothing is compiled or kept.
 * @param scope one that `checkTokenScopes` has let through.
 */
export function allowsCall(scope: string, call: ScopedCall): boolean {
  const rest = restAfterResource(scope, call)
  if (rest === undefined) return false
  if (rest === '') return true
  if (rest === ':read') return isReading(call.method)
  if (rest === ':write') return !isReading(call.method)
  const slash = rest.indexOf(':/')
  const method = rest.slice(1, slash)
  return (method === '*' || method === call.method) && matchesPath(rest.slice(slash + 2).split('/'), call.segments)
}

/**
 * Whether a scope allows all that another one does, so that its holder holds the other one too: `helix` covers
 * `helix:GET:/users`. Scopes of different resources never cover each other, and neither do two together.
 */
export function coversScope(held: string, asked: string): boolean {
  if (held === asked) return true
  const [mine, theirs] = [parseResource(held), parseResource(asked)]
  if (!mine || mine.resource !== theirs?.resource) return false
  return coversMethods(mine.methods, theirs.methods) && coversPath(mine.path, theirs.path)
}

/** Whether the path lies within the pattern: `*` is one segment, `**` at the end none or more. Case counts. */
export function matchesPath(pattern: readonly string[], segments: readonly string[]): boolean {
  const isOpen = pattern.at(-1) === '**'
  const fixed = isOpen ? pattern.length - 1 : pattern.length
  if (isOpen ? segments.length < fixed : segments.length !== fixed) return false
  for (let place = 0; place < fixed; place += 1) {
    if (pattern[place] !== '*' && pattern[place] !== segments[place]) return false
  }
  return true
}

const isReading = (method: string): boolean => method === 'GET' || method === 'HEAD'

/** What stands behind `helix` or `api:<provider>`; undefined where the scope is not about this call's API. */
function restAfterResource(scope: string, call: ScopedCall): string | undefined {
  if (call.isHelix && (scope === 'helix' || scope.startsWith('helix:'))) return scope.slice('helix'.length)
  const own = `api:${call.provider}`
  return scope === own || scope.startsWith(`${own}:`) ? scope.slice(own.length) : undefined
}

interface Resource {
  resource: string
  methods: string
  path: readonly string[]
}

/** Undefined for a scope that is one word. `read` and `write` stand for their methods. */
function parseResource(scope: string): Resource | undefined {
  const [, resource, methods, path] = /^(helix|api:[^:]+)(?::([^:]+)(?::\/(.*))?)?$/.exec(scope) ?? []
  if (resource === undefined) return undefined
  return {resource, methods: methods ?? '*', path: path === undefined ? ['**'] : path.split('/')}
}

function coversMethods(held: string, asked: string): boolean {
  if (held === '*' || held === asked) return true
  if (asked === '*' || asked === 'read' || asked === 'write') return false
  return held === 'read' ? isReading(asked) : held === 'write' && !isReading(asked)
}

/** `*` and `**` of the asked path are covered by the same, or by a `**` before them. */
function coversPath(held: readonly string[], asked: readonly string[]): boolean {
  const isOpen = held.at(-1) === '**'
  const fixed = isOpen ? held.length - 1 : held.length
  const askedFixed = asked.at(-1) === '**' ? asked.length - 1 : asked.length
  if (isOpen ? askedFixed < fixed : asked.at(-1) === '**' || askedFixed !== fixed) return false
  return matchesPath(held.slice(0, fixed), asked.slice(0, fixed))
}
