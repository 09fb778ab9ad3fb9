import type {IncomingHttpHeaders} from 'node:http'
import {brotliDecompressSync, gunzipSync, inflateSync} from 'node:zlib'

import type {Dialect} from '../../model/provider.js'
import {isTokenChallenged, isTokenRefusal} from '../../model/token-refusal.js'

/** An answer 401 longer than this is not looked into. */
export const MAX_REFUSAL_BYTES = 64 * 1024

/**
 * Whether a 401 says that the *token* is invalid (design 7, rule 7): Twitch says so in the body, others in the challenge.
 */
export function isTokenRefused(dialect: Dialect, headers: IncomingHttpHeaders, body: Buffer): boolean {
  if (dialect === 'twitch') return isTokenRefusal(401, decode(headers['content-encoding'], body))
  return isTokenChallenged(headers['www-authenticate'])
}

/** What cannot be decoded says nothing. */
function decode(encoding: string | undefined, body: Buffer): string {
  const limit = {maxOutputLength: MAX_REFUSAL_BYTES}
  try {
    switch (encoding?.toLowerCase()) {
      case undefined:
      case 'identity':
        return body.toString('utf8')
      case 'gzip':
      case 'x-gzip':
        return gunzipSync(body, limit).toString('utf8')
      case 'deflate':
        return inflateSync(body, limit).toString('utf8')
      case 'br':
        return brotliDecompressSync(body, limit).toString('utf8')
      default:
        return ''
    }
  } catch {
    return ''
  }
}
