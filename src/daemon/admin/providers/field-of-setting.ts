import {BehalfError} from '../../../model/behalf-error.js'
import {URL_FIELDS} from './provider-fields.js'

/** Which field of a form an error of the broker is about, as far as it names the setting. */
export function fieldOfSetting({code, message}: BehalfError): string | undefined {
  if (code === 'unknown-scope') return 'scopes'
  const [, flag] = /^(?:--)?([a-z][a-z_-]*) is not a URL/.exec(message) ?? []
  if (flag !== undefined) return FIELD_OF[flag.replaceAll('_', '-')]
  if (message.includes('needs a client id')) return 'client_id'
  return /provider name|is reserved/.test(message) ? 'name' : undefined
}

/** Flags are typed at a terminal: of what the broker advises, a page leaves them out. @throws the error that it is given. */
export function throwForPage(error: unknown): never {
  if (!(error instanceof BehalfError) || !/(?:^|\s|`)--?\w/.test(error.hint ?? '')) throw error
  throw new BehalfError(error.code, error.message, {cause: error})
}

/** A URL is named by its flag, or over HTTP by its field of the API. */
const FIELD_OF: Readonly<Partial<Record<string, string>>> = {
  issuer: 'issuer',
  'callback-url': 'callback_url',
  'authorisation-base-url': 'authorize_url',
  'token-grabber-base-url': 'token_url',
  'user-info-base-url': 'userinfo_url',
  ...Object.fromEntries(URL_FIELDS.map((field) => [field.replaceAll('_', '-'), field])),
}
