/** Letters, digits and what else RFC 3986 lets stand for itself, and percent-encoded bytes. */
const ENCODED = /^[A-Za-z0-9\-._~!$&'()*+,;=:@%]+$/

/**
 * The segments of a path, without a slash before or behind it, decoded once; undefined for a path that two servers could
 * read differently (design 9, passthrough paths).
 */
export function decodePath(path: string): string[] | undefined {
  const segments: string[] = []
  for (const text of path.split('/')) {
    const segment = decodeSegment(text)
    if (segment === undefined) return undefined
    segments.push(segment)
  }
  return segments
}

/** The path of decoded segments, each encoded in the one way that cannot be taken for anything else. */
export const encodePath = (segments: readonly string[]): string =>
  segments.map((segment) => `/${encodeSegment(segment)}`).join('')

function decodeSegment(segment: string): string | undefined {
  if (!ENCODED.test(segment)) return undefined
  if (!segment.includes('%')) return segment === '.' || segment === '..' ? undefined : segment
  const decoded = tryDecode(segment)
  return decoded === undefined || decoded === '.' || decoded === '..' || /[/\\%\p{Cc}]/u.test(decoded)
    ? undefined
    : decoded
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
