import type {IncomingMessage} from 'node:http'

import {BehalfError} from '../../model/behalf-error.js'
import type {AdminDeps} from './admin-deps.js'

type Settings = Pick<AdminDeps['settings'], 'publicUrl'>

/**
 * A form may be sent by a page of the admin page alone, which stands at the public address or at the address of the
 * request. Browsers name the origin with every POST; new ones also say that it is the same, down to the port, which
 * `SameSite` does not look at. What names no origin is no browser, and has an API to talk to.
 * @returns whether the browser speaks to us over TLS.
 * @throws BehalfError `refused`.
 */
export function checkOwnOrigin(
  {headers, headersDistinct}: IncomingMessage,
  {publicUrl}: Settings,
): {isSecure: boolean} {
  const origins = headersDistinct.origin ?? []
  const [site = 'same-origin', ...otherSites] = headersDistinct['sec-fetch-site'] ?? []
  const [origin] = origins
  const isOwn =
    origin !== undefined && (origin === publicUrl || origin === `http://${(headers.host ?? '').toLowerCase()}`)
  if (isOwn && origins.length === 1 && site === 'same-origin' && otherSites.length === 0) {
    return {isSecure: origin.startsWith('https:')}
  }
  throw new BehalfError('refused', 'This form was not sent by a page of behalf. Nothing was done.')
}

/** Whether a request names the public address, and that has TLS. A proxy may name another, and then nothing is known. */
export function isAtPublicAddress({headers}: Pick<IncomingMessage, 'headers'>, {publicUrl}: Settings): boolean {
  return publicUrl?.startsWith('https:') === true && new URL(publicUrl).host === headers.host?.toLowerCase()
}
