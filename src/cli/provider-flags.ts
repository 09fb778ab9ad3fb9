import {Flags, type Interfaces} from '@oclif/core'

import type {ProviderInput} from '../compose.js'
import {BehalfError} from '../model/behalf-error.js'
import {CREDENTIAL_KINDS, type CredentialKind} from '../model/credential.js'
import {DIALECTS, needsClient, type AuthMethod, type IdentityMembers, type ReplayMode} from '../model/provider.js'
import {parseReplayMode} from '../model/replay-text.js'
import type {Secret} from '../model/secret.js'
import {splitWords} from './split-words.js'

const AUTH_METHODS: Record<AuthMethod, true> = {post: true, basic: true, none: true}

const url = (summary: string) => Flags.string({helpValue: 'URL', summary})
const keysOf = <T extends string>(record: Record<T, true>): T[] => Object.keys(record) as T[]

/** Flags that describe a provider. */
export const providerFlags = {
  preset: Flags.string({
    helpValue: 'NAME',
    summary: 'Start from what behalf knows of this service, such as twitch, google or github.',
  }),
  'preset-option': Flags.string({
    helpValue: 'NAME=VALUE',
    multiple: true,
    multipleNonGreedy: true,
    summary: 'What differs in a preset’s addresses from one customer to the next, such as subdomain=acme.',
  }),
  issuer: url('Ask this OpenID Connect issuer for its addresses.'),
  credential: Flags.option({options: CREDENTIAL_KINDS, multiple: true, multipleNonGreedy: true})({
    summary: 'What accounts of it hold; repeat it for more, the usual one first. Default: oauth2.',
  }),
  'request-token-url': url('Where OAuth 1.0a begins a login.'),
  'authorize-url': url('Where people allow access.'),
  'token-url': url('Where tokens are handed out and renewed.'),
  'device-url': url('Where codes for the device login come from.'),
  'revoke-url': url('Where tokens are revoked.'),
  'validate-url': url('Where tokens are checked.'),
  'userinfo-url': url('Where it is asked whose token it is.'),
  'api-url': url('The API; tokens are sent nowhere else.'),
  'identity-url': url('Put all of a preset’s addresses for logins below this one, as for a stand-in.'),
  'client-id': Flags.string({helpValue: 'ID', summary: 'The client id that the service gave your application.'}),
  'client-secret-file': Flags.string({
    helpValue: 'FILE',
    summary:
      'A file with the client secret, or - for stdin, at a terminal a prompt. Leave it out for a client without a secret.',
  }),
  scope: Flags.string({
    helpValue: 'SCOPE',
    multiple: true,
    multipleNonGreedy: true,
    summary: 'A permission that every login asks for. Repeat it for more.',
  }),
  dialect: Flags.option({options: DIALECTS})({
    helpValue: 'NAME',
    summary: 'Which service’s departures from the standards to expect, such as twitch or slack; rfc for none.',
  }),
  'callback-url': url('The redirect URI, exactly as registered at the service.'),
  pkce: Flags.boolean({allowNo: true, summary: 'Protect the login with PKCE, or not (--no-pkce).'}),
  'auth-method': Flags.option({options: keysOf(AUTH_METHODS)})({
    summary: 'How the client secret is sent: in the form, in a header, or not at all.',
  }),
  'api-key-header': Flags.string({
    helpValue: 'HEADER',
    summary:
      'The header that an API key goes in, such as X-Api-Key. Default: Authorization, with Bearer before the key.',
  }),
  'api-key-prefix': Flags.string({helpValue: 'WORD', summary: 'What stands before the API key in its header.'}),
  'otp-header': Flags.string({helpValue: 'HEADER', summary: 'The header that carries a one-time code.'}),
  'identity-member': Flags.string({
    helpValue: 'WHAT=PATH',
    multiple: true,
    multipleNonGreedy: true,
    summary: 'Where the userinfo answer has user-id, login or display-name, such as user-id=data.id.',
  }),
  'refresh-replay': Flags.custom<ReplayMode>({parse: (text) => Promise.resolve().then(() => parseReplayMode(text))})({
    helpValue: 'safe|grace:SECONDS|probe|last-resort',
    summary: 'What happens to a refresh token that is sent twice. Default: what is known of the service.',
  }),
}

/** For the commands that have a client checked. */
export const checkFlag = Flags.boolean({
  allowNo: true,
  summary: 'Ask the service whether it takes the client, or not (--no-check). Default: at a terminal only.',
})

/** For the commands that change a provider that is there. */
export const changeFlags = {
  ...providerFlags,
  'keep-accounts': Flags.boolean({
    default: false,
    summary: 'Trust the new addresses with the tokens that the accounts have.',
  }),
  check: checkFlag,
  yes: Flags.boolean({default: false, char: 'y', summary: 'Let accounts need a new login, without asking.'}),
}

/** Where a person can correct it; oclif's types know no flag that was left out. */
export const isCheckWanted = ({check}: {check?: boolean}, {interactive}: {interactive: boolean}): boolean =>
  check ?? interactive

/** Not for a service that knows no clients: then there is none to register, to ask for or to check. */
export const takesClient = ({credential}: {credential?: CredentialKind[] | undefined}): boolean =>
  credential === undefined || needsClient({credentialKinds: credential})

type ProviderFlags = Interfaces.InferredFlags<typeof providerFlags>

/** What the flags say, and nothing where they say nothing. `clientSecret` comes from a file, stdin or a prompt. */
export function providerInputOf(
  name: string,
  flags: ProviderFlags,
  credentials: {clientId?: string | undefined; clientSecret?: Secret | undefined},
): ProviderInput {
  const given = {
    preset: flags.preset,
    presetOptions: flags['preset-option'] && parsePresetOptions(flags['preset-option']),
    issuer: flags.issuer,
    credentialKinds: flags.credential,
    requestTokenUrl: flags['request-token-url'],
    authorizeUrl: flags['authorize-url'],
    tokenUrl: flags['token-url'],
    deviceUrl: flags['device-url'],
    revokeUrl: flags['revoke-url'],
    validateUrl: flags['validate-url'],
    userinfoUrl: flags['userinfo-url'],
    apiUrl: flags['api-url'],
    identityUrl: flags['identity-url'],
    clientId: credentials.clientId ?? flags['client-id'],
    clientSecret: credentials.clientSecret,
    scopes: flags.scope && splitWords(flags.scope),
    dialect: flags.dialect,
    callbackUrl: flags['callback-url'],
    pkce: flags.pkce,
    authMethod: flags['auth-method'],
    apiKeyHeader: flags['api-key-header'],
    apiKeyPrefix: flags['api-key-prefix'],
    otpHeader: flags['otp-header'],
    identity: flags['identity-member'] && parseIdentityMembers(flags['identity-member']),
    replay: flags['refresh-replay'],
  }
  return {name, ...withoutUndefined(given)}
}

type Defined<T> = {[Key in keyof T]?: Exclude<T[Key], undefined>}

const withoutUndefined = <T extends object>(fields: T): Defined<T> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<T>

/** @throws BehalfError `invalid-input` for one without a name or a value, or that is there twice. */
function parsePresetOptions(texts: readonly string[]): Record<string, string> {
  const options = new Map<string, string>()
  for (const text of texts) {
    const [, name, value] = /^([a-z]+)=(.+)$/s.exec(text) ?? []
    if (name === undefined || value === undefined || options.has(name)) {
      throw new BehalfError('invalid-input', `“${text.slice(0, 60)}” is not an option of a preset.`, {
        hint: 'Give each once, as in --preset-option subdomain=acme.',
      })
    }
    options.set(name, value)
  }
  return Object.fromEntries(options)
}

const MEMBERS: Record<string, keyof IdentityMembers> = {
  'user-id': 'userId',
  login: 'login',
  'display-name': 'displayName',
}

/** @throws BehalfError `invalid-input`. */
function parseIdentityMembers(texts: readonly string[]): IdentityMembers {
  const members: IdentityMembers = {}
  for (const text of texts) {
    const [, name = '', path = ''] = /^([a-z-]+)=(.+)$/s.exec(text) ?? []
    const member = MEMBERS[name]
    if (member === undefined || members[member] !== undefined) {
      throw new BehalfError('invalid-input', `“${text.slice(0, 60)}” does not say where the answer names someone.`, {
        hint: 'Give each of user-id, login and display-name once at most, as in --identity-member user-id=data.id.',
      })
    }
    members[member] = path
  }
  return members
}
