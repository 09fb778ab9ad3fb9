import {BehalfError} from '../model/behalf-error.js'
import type {CredentialKind} from '../model/credential.js'
import {DEFAULT_API_KEY_PLACE, type ApiKeyPlace, type IdentityMembers, type Provider} from '../model/provider.js'

/** What a provider can be told of the credentials that it takes, as typed. */
export interface CredentialSettings {
  /** The first is the default. */
  credentialKinds?: CredentialKind[]
  /** The header that an API key goes in. */
  apiKeyHeader?: string
  /** What stands before the key in it. */
  apiKeyPrefix?: string
  otpHeader?: string
  /** Where the userinfo answer names the person; what is not named stays as it was. */
  identity?: IdentityMembers
}

type Settings = Partial<Pick<Provider, 'credentialKinds' | 'apiKey' | 'otpHeader' | 'identity'>>

/** RFC 9110 5.6.2. */
const TOKEN = /^[!#$%&'*+.^_`|~\w-]{1,100}$/

/** Headers by which a request is framed or led elsewhere, and those that hold another credential or the caller's state. */
const NOT_FOR_CREDENTIALS =
  /^(?:host|connection|content-.*|transfer-encoding|te|trailer|upgrade|expect|cookie|x-behalf-.*|x-tau-.*|proxy-.*|sec-.*)$/i

/** @throws BehalfError `invalid-input`. */
export function checkCredentialSettings(
  given: CredentialSettings,
  present: Pick<Settings, 'apiKey' | 'identity'>,
): Settings {
  const {credentialKinds, apiKeyHeader, apiKeyPrefix, otpHeader, identity} = given
  const hasPlace = apiKeyHeader !== undefined || apiKeyPrefix !== undefined
  if (otpHeader !== undefined) checkHeader('for one-time codes', otpHeader)
  if (identity) checkMembers(identity)
  return {
    ...(credentialKinds && credentialKinds.length > 0 && {credentialKinds: [...new Set(credentialKinds)]}),
    ...(hasPlace && {apiKey: checkPlace({header: apiKeyHeader, prefix: apiKeyPrefix}, present.apiKey)}),
    ...(otpHeader !== undefined && {otpHeader}),
    ...(identity && {identity: {...present.identity, ...identity}}),
  }
}

/** A header that is named anew comes without the prefix of the one before it. */
function checkPlace(
  {header, prefix}: {header: string | undefined; prefix: string | undefined},
  present = DEFAULT_API_KEY_PLACE,
): ApiKeyPlace {
  if (header !== undefined) checkHeader('for API keys', header)
  if (prefix !== undefined && !/^[\x21-\x7e]{1,100}$/.test(prefix)) {
    throw new BehalfError('invalid-input', 'What stands before an API key is one word of plain ASCII.')
  }
  return {header: header ?? present.header, ...(prefix !== undefined && {prefix})}
}

function checkHeader(what: string, name: string): void {
  if (TOKEN.test(name) && !NOT_FOR_CREDENTIALS.test(name)) return
  throw new BehalfError('invalid-input', `“${name.slice(0, 60)}” cannot be the header ${what}.`, {
    hint: 'Name it as the service does, without its colon: X-Api-Key.',
  })
}

function checkMembers(members: IdentityMembers): void {
  for (const path of Object.values<string>({...members})) {
    if (/^[^\s.]+(?:\.[^\s.]+)*$/.test(path) && path.length <= 200) continue
    throw new BehalfError('invalid-input', `“${path.slice(0, 60)}” is no path of members.`, {
      hint: 'Name it with dots between: data.user.id.',
    })
  }
}

type Need = 'requestTokenUrl' | 'authorizeUrl' | 'tokenUrl' | 'userinfoUrl' | 'apiUrl'

/** What a provider cannot do without: OAuth 1.0a has three steps; what is handed in whole is tried before it is kept. */
const NEEDS: Record<Exclude<CredentialKind, 'oauth2'>, readonly Need[]> = {
  oauth1: ['requestTokenUrl', 'authorizeUrl', 'tokenUrl'],
  'api-key': ['userinfoUrl', 'apiUrl'],
  basic: ['userinfoUrl', 'apiUrl'],
}

const KIND_NAMES: Record<keyof typeof NEEDS, string> = {
  oauth1: 'OAuth 1.0a',
  'api-key': 'API keys',
  basic: 'user names and passwords',
}

/**
 * @param nameNeed What a setting is called where it was given.
 * @throws BehalfError `usage`, naming each setting that is missing.
 */
export function requireSettings(
  provider: Pick<Provider, 'credentialKinds'> & Partial<Record<Need, unknown>>,
  nameNeed: (need: Need) => string,
): void {
  for (const kind of provider.credentialKinds) {
    if (kind === 'oauth2') continue
    const missing = NEEDS[kind].filter((need) => provider[need] === undefined).map(nameNeed)
    if (missing.length === 0) continue
    throw new BehalfError('usage', `A provider of ${KIND_NAMES[kind]} needs ${missing.join(' and ')}.`, {
      hint: `Add ${missing.map((name) => `${name} …`).join(' ')}`,
    })
  }
}
