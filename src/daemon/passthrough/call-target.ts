import {decodePath} from '../../model/api-path.js'
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
  const segments = decodePath(endsWithSlash ? path.slice(0, -1) : path)
  if (segments === undefined) throw unclearPath()
  return {provider, segments, endsWithSlash, query}
}

/**
 * The query without `format=json`, by which clients of TAU choose how TAU itself answers (Django REST framework);
 * Helix has no such parameter. All else stays as it was written.
 */
export function withoutTauFormat(query: string | undefined): string | undefined {
  if (!query?.includes('format=json')) return query
  const kept = query.split('&').filter((pair) => pair !== 'format=json')
  return kept.length === 0 ? undefined : kept.join('&')
}

const unclearPath = (): BehalfError =>
  new BehalfError(
    'invalid-input',
    'The path is not clear: it has an empty segment, a dot segment, or something in it that must not be encoded there.',
  )
