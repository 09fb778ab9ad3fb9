import {BehalfError} from './behalf-error.js'
import {nearestNames} from './nearest-names.js'

/** Scopes of an API token that are one word (design 8). */
const WORDS = [
  'chat',
  'token:read',
  'flow:start',
  'points:read',
  'points:write',
  'account:read',
  'metrics:read',
  'introspect',
  'admin',
] as const

/** All that are without a provider or a path. */
export const PLAIN_TOKEN_SCOPES: readonly string[] = ['helix', 'helix:read', 'helix:write', ...WORDS]

/** `helix` or `api:<provider>`, then nothing, `:read`, `:write`, or a method and a path. */
const RESOURCE = /^(?:helix|api:[a-z0-9][a-z0-9-]*)(?::(?:read|write|(?:GET|HEAD|POST|PUT|PATCH|DELETE|\*):(\/.*)))?$/

/**
 * Checks the scopes of an API token against the grammar of design 8.
 * @throws BehalfError `unknown-scope`, with the nearest names.
 */
export function checkTokenScopes(scopes: readonly string[]): void {
  for (const scope of scopes) {
    if (!isTokenScope(scope)) throw unknownScope(scope)
  }
}

function isTokenScope(scope: string): boolean {
  if ((WORDS as readonly string[]).includes(scope)) return true
  const match = RESOURCE.exec(scope)
  return match !== null && (match[1] === undefined || isPathPattern(match[1]))
}

/** Segments of ordinary characters; `*` is one segment, `**` none or more, and last only. */
function isPathPattern(path: string): boolean {
  const segments = path.slice(1).split('/')
  return segments.every(
    (segment, index) =>
      segment === '*' ||
      (segment === '**' && index === segments.length - 1) ||
      (/^[A-Za-z0-9._~!$&'()+,;=:@-]+$/.test(segment) && segment !== '.' && segment !== '..'),
  )
}

function unknownScope(scope: string): BehalfError {
  const nearest = nearestNames(scope, PLAIN_TOKEN_SCOPES)
  const meant = nearest.length > 0 ? ` Did you mean ${nearest.join(', ')}?` : ''
  return new BehalfError('unknown-scope', `API tokens have no scope “${scope.slice(0, 100)}”.${meant}`, {
    hint: `Scopes are helix and api:PROVIDER, each also with :read, :write or :GET:/path, and ${WORDS.join(', ')}.`,
  })
}

/** Whether a scope lets its holder act as an account, and so needs one to act as. */
export const isActingScope = (scope: string): boolean => /^(?:helix|api:|chat$|token:read$|flow:start$)/.test(scope)
