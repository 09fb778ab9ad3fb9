import {Flags, type Interfaces} from '@oclif/core'

import type {ProviderInput} from '../compose.js'
import {BehalfError} from '../model/behalf-error.js'
import type {AuthMethod, Dialect, ReplayMode} from '../model/provider.js'
import type {Secret} from '../model/secret.js'
import {SECOND_MS} from '../model/time.js'
import {splitWords} from './split-words.js'

const DIALECTS: Record<Dialect, true> = {
  rfc: true,
  twitch: true,
  google: true,
  github: true,
  discord: true,
  spotify: true,
  webex: true,
}
const AUTH_METHODS: Record<AuthMethod, true> = {post: true, basic: true, none: true}

const url = (summary: string) => Flags.string({helpValue: 'URL', summary})
const keysOf = <T extends string>(record: Record<T, true>): T[] => Object.keys(record) as T[]

/** Flags that describe a provider. */
export const providerFlags = {
  preset: Flags.string({
    helpValue: 'NAME',
    summary: 'Start from what behalf knows of this service, such as twitch, google or github.',
  }),
  issuer: url('Ask this OpenID Connect issuer for its addresses.'),
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
  dialect: Flags.option({options: keysOf(DIALECTS)})({
    summary: 'Which service’s departures from the standards to expect.',
  }),
  'callback-url': url('The redirect URI, exactly as registered at the service.'),
  pkce: Flags.boolean({allowNo: true, summary: 'Protect the login with PKCE, or not (--no-pkce).'}),
  'auth-method': Flags.option({options: keysOf(AUTH_METHODS)})({
    summary: 'How the client secret is sent: in the form, in a header, or not at all.',
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

type ProviderFlags = Interfaces.InferredFlags<typeof providerFlags>

/** What the flags say, and nothing where they say nothing. `clientSecret` comes from a file, stdin or a prompt. */
export function providerInputOf(
  name: string,
  flags: ProviderFlags,
  credentials: {clientId?: string | undefined; clientSecret?: Secret | undefined},
): ProviderInput {
  const given = {
    preset: flags.preset,
    issuer: flags.issuer,
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
    replay: flags['refresh-replay'],
  }
  return {name, ...withoutUndefined(given)}
}

type Defined<T> = {[Key in keyof T]?: Exclude<T[Key], undefined>}

const withoutUndefined = <T extends object>(fields: T): Defined<T> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<T>

/** `safe`, `grace:30`, `probe`, `last-resort`. */
export function parseReplayMode(text: string): ReplayMode {
  if (text === 'safe' || text === 'probe' || text === 'last-resort') return {kind: text}
  const [, seconds] = /^grace:(\d{1,6})$/.exec(text) ?? []
  if (seconds !== undefined && Number(seconds) > 0) return {kind: 'grace', graceMs: Number(seconds) * SECOND_MS}
  throw new BehalfError('invalid-input', `“${text.slice(0, 40)}” is not a way to take a repeated refresh token.`, {
    hint: 'Use safe, grace:SECONDS, probe or last-resort.',
  })
}
