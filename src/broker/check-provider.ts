import {BehalfError} from '../model/behalf-error.js'

const PROVIDER_NAME = /^[a-z0-9][a-z0-9-]{0,39}$/
/** Names that the HTTP interface needs for itself, and one that stands before chat users in the names of accounts. */
const RESERVED_NAMES = ['v1', 'login', 'callback', 'subject']

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

/**
 * Checks a URL of a provider: https, or http on this machine; no credentials or fragment.
 * Returns it without a trailing slash.
 * @throws BehalfError `invalid-input`, naming the flag.
 */
export function checkUrl(flag: string, text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const secure = url?.protocol === 'https:' || (url?.protocol === 'http:' && LOOPBACK.test(url.hostname))
  if (!url || !secure || url.username !== '' || url.password !== '' || url.hash !== '') {
    throw new BehalfError('invalid-input', `${flag} is not a URL that tokens may be sent to.`, {
      hint: 'Give an absolute https URL; http is allowed for localhost only.',
    })
  }
  return text.replace(/\/+$/, '')
}

/** Checks a redirect URI like a URL, and leaves it as it is: providers compare it as a string. */
export function checkRedirectUri(flag: string, text: string): string {
  checkUrl(flag, text)
  return text
}

/** @throws BehalfError `invalid-input`. */
export function checkProviderName(name: string): void {
  const reserved = RESERVED_NAMES.includes(name)
  if (PROVIDER_NAME.test(name) && !reserved) return
  throw new BehalfError(
    'invalid-input',
    `“${name.slice(0, 60)}” ${reserved ? 'is reserved' : 'is no provider name'}.`,
    {
      hint: 'Use 1 to 40 lower-case letters, digits and hyphens, beginning with no hyphen.',
    },
  )
}
