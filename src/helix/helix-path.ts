import {BehalfError} from '../model/behalf-error.js'

export interface HelixPath {
  /** Encoded, with a leading slash, relative to the API URL. */
  path: string
  /** The query string as typed, without `?`; may be empty. */
  query: string
}

/**
 * Reads a path as a person types it: with or without a leading slash, a query string, or `helix/` in front.
 * It is decoded once and encoded again, so that what was checked is what is sent.
 * @throws BehalfError `invalid-input` for anything that could lead elsewhere.
 */
export function parseHelixPath(text: string): HelixPath {
  const [typedPath = '', ...queryParts] = text.split('?')
  const query = queryParts.join('?')
  const suspicious = /^[a-z][a-z0-9+.-]*:/i.test(typedPath) || typedPath.startsWith('//') || /[\\\s\p{Cc}#]/u.test(text)
  if (suspicious) throw leavesHelix(text)
  const segments = typedPath
    .replace(/^\//, '')
    .replace(/^helix\//, '')
    .replace(/\/$/, '')
    .split('/')
    .map(decodeSegment)
  if (segments.some((segment) => segment === undefined || !isPlainSegment(segment))) throw leavesHelix(text)
  return {path: segments.map((segment) => `/${encodeURIComponent(segment ?? '')}`).join(''), query}
}

function decodeSegment(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment)
  } catch {
    return undefined
  }
}

const isPlainSegment = (segment: string): boolean =>
  segment !== '' && segment !== '.' && segment !== '..' && !/[/\\%\p{Cc}]/u.test(segment)

const leavesHelix = (text: string): BehalfError =>
  new BehalfError('invalid-input', `“${text.slice(0, 200)}” is not a path below the API.`, {
    hint: 'Name an endpoint such as `users` or `channels/followers`.',
  })
