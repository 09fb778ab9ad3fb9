import {isIPv4} from 'node:net'

import {BehalfError} from '../model/behalf-error.js'
import type {Provider} from '../model/provider.js'

/**
 * Checks that secrets may be sent to a URL: `https`, or `http` on this machine alone.
 * @param what Names the URL in the message: "The token URL of twitch".
 * @throws BehalfError `configuration`
 */
export function parseEndpointUrl(text: string, what: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined) throw new BehalfError('configuration', `${what} is not a URL.`)
  if (url.username !== '' || url.password !== '') {
    throw new BehalfError('configuration', `${what} must not hold a user name or password.`)
  }
  if (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname))) {
    url.hash = ''
    return url
  }
  throw new BehalfError('configuration', `${what} must be https (http is for this machine alone): ${url.origin}`)
}

/** @throws BehalfError `configuration` where the service has none, as one of API keys. */
export function requireTokenUrl({name, tokenUrl}: Pick<Provider, 'name' | 'tokenUrl'>): string {
  if (tokenUrl !== undefined) return tokenUrl
  throw new BehalfError('configuration', `${name} has no token endpoint.`, {hint: `behalf provider show ${name}`})
}

/** Where it shows whether the service answers: the token endpoint, or what there is instead of one. */
export const findAnyEndpoint = ({tokenUrl, userinfoUrl, apiUrl}: Provider): string =>
  tokenUrl ?? userinfoUrl ?? apiUrl ?? ''

/** Whether a URL's host is this machine: `localhost`, 127.0.0.0/8 or ::1. */
function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || (isIPv4(hostname) && hostname.startsWith('127.'))
}
