import {BehalfError} from '../../model/behalf-error.js'

/** What a request of the passthrough is about, as its target says. */
export interface CallTarget {
  provider: string
  /** The path behind the provider's name, decoded. */
  segments: readonly string[]
  endsWithSlash: boolean
  /** As it came, without `?`; undefined where there is none. */
  query: string | undefined
}

const PASSED_THROUGH = /^\/api\/(?!(?:v1|login|callback)\/)[^/?#]+\//
const TARGET = /^\/api\/([^/?#]+)\/([^?#]*)(?:\?([^#]*))?$/

/** Whether a path, with or without a query, is the passthrough's: below `/api/<provider>/`. */
export const isPassedThrough = (path: string): boolean => PASSED_THROUGH.test(path)

/**
 * Takes a request target of the front door apart, which is a path and a query. The path is decoded once (design 9, passthrough paths).
 * @throws BehalfError `invalid-input` for a path that two servers could read differently.
 */
export function parseCallTarget(target: string): CallTarget {
  const [, provider, path, query] = TARGET.exec(target) ?? []
  if (provider === undefined || path === undefined) throw unclearPath()
  if (path === '') return {provider, segments: [], endsWithSlash: true, query}
  const endsWithSlash = path.endsWith('/')
  const segments = (endsWithSlash ? path.slice(0, -1) : path).split('/').map(decodeSegment)
  return {provider, segments, endsWithSlash, query}
}

/** The path of decoded segments, each encoded in the one way that cannot be taken for anything else. */
export const encodePath = (segments: readonly string[]): string =>
  segments.map((segment) => `/${encodeSegment(segment)}`).join('')

/**
 * The query without `format=json`, by which clients of TAU choose how TAU itself answers (Django REST framework);
 * Helix has no such parameter. All else stays as it was written.
 */
export function withoutTauFormat(query: string | undefined): string | undefined {
  if (!query?.includes('format=json')) return query
  const kept = query.split('&').filter((pair) => pair !== 'format=json')
  return kept.length === 0 ? undefined : kept.join('&')
}

/** Letters, digits and what else RFC 3986 lets stand for itself, and percent-encoded bytes. */
const ENCODED = /^[A-Za-z0-9\-._~!$&'()*+,;=:@%]+$/

function decodeSegment(segment: string): string {
  if (!ENCODED.test(segment)) throw unclearPath()
  if (!segment.includes('%')) {
    if (segment === '.' || segment === '..') throw unclearPath()
    return segment
  }
  const decoded = tryDecode(segment)
  if (decoded === undefined || decoded === '.' || decoded === '..' || /[/\\%\p{Cc}]/u.test(decoded)) throw unclearPath()
  return decoded
}

function tryDecode(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment)
  } catch {
    return undefined
  }
}

/**
 * A semicolon is encoded although it need not be: some servers cut a segment off at one, and `..;` becomes a dot segment.
 */
const encodeSegment = (segment: string): string =>
  /^[A-Za-z0-9\-._~]+$/.test(segment)
    ? segment
    : encodeURIComponent(segment).replace(/%(?:24|26|2B|2C|3A|3D|40)/g, decodeURIComponent)

const unclearPath = (): BehalfError =>
  new BehalfError(
    'invalid-input',
    'The path is not clear: it has an empty segment, a dot segment, or something in it that must not be encoded there.',
  )
