import {z} from 'zod'

import type {ProviderInput} from '../../../broker/build-provider.js'
import {CREDENTIAL_KINDS} from '../../../model/credential.js'
import type {AuthMethod} from '../../../model/provider.js'
import {parseReplayMode} from '../../../model/replay-text.js'
import {Secret} from '../../../model/secret.js'
import type {AdminSession} from '../admin-env.js'
import {optionalField, tickField} from '../form-fields.js'

const text = optionalField(z.string().max(2000, 'That is too long.'))

/** The addresses of a provider that a form asks for, as people know them. */
export const URL_LABELS = {
  authorize_url: ['authorizeUrl', 'Authorization', 'Where people allow access.'],
  token_url: ['tokenUrl', 'Token', 'Where tokens are handed out and refreshed.'],
  userinfo_url: ['userinfoUrl', 'User info', 'Where it is asked whose token it is.'],
  device_url: ['deviceUrl', 'Device codes', 'Where logins by a code begin.'],
  revoke_url: ['revokeUrl', 'Revocation', undefined],
  validate_url: ['validateUrl', 'Validation', undefined],
  request_token_url: ['requestTokenUrl', 'Request token', 'Of OAuth 1.0a alone.'],
  api_url: ['apiUrl', 'API', 'Calls go below this; tokens are sent nowhere else.'],
} as const satisfies Record<string, readonly [keyof ProviderInput, string, string | undefined]>

export const URL_FIELDS = Object.keys(URL_LABELS) as (keyof typeof URL_LABELS)[]

/** How the secret of a client is sent. */
export const AUTH_WORDS: Readonly<Record<AuthMethod, string>> = {
  post: 'In the body (post)',
  basic: 'In a header (basic)',
  none: 'Not at all',
}

const urls = Object.fromEntries(URL_FIELDS.map((name) => [name, text])) as Record<keyof typeof URL_LABELS, typeof text>

/** What a form says of a provider. What is empty is not said. */
export const settingsFields = z.object({
  client_id: text,
  client_secret: text,
  is_public: tickField(),
  scopes: optionalField(z.string().max(10_000, 'That is too long.')),
  callback_url: text,
  auth_method: optionalField(z.enum(['post', 'basic', 'none'], 'Choose one of those.')),
  refresh_replay: text,
  ...urls,
})

export type Settings = z.output<typeof settingsFields>

/** What a new provider is told beside. */
export const newFields = settingsFields.extend({
  name: z.string().trim().min(1, 'Give it a name.').max(40, 'That is too long for a name.'),
  preset: text,
  issuer: text,
  credential: optionalField(z.enum(CREDENTIAL_KINDS, 'Choose one of those.')),
  identity_user_id: text,
})

export type NewSettings = z.output<typeof newFields>

/** Fields that stand for the options of a preset. */
export const OPTION_PREFIX = 'option.'

/** Settings as the broker takes them. */
export function inputOf(
  name: string,
  given: Partial<Settings>,
  {delegate}: Pick<AdminSession, 'delegate'>,
): ProviderInput {
  const {client_id: clientId, client_secret: secret, is_public: isPublic, scopes, callback_url: callbackUrl} = given
  const {auth_method: authMethod, refresh_replay: replay} = given
  const input: ProviderInput = {
    name,
    ...(clientId !== undefined && {clientId}),
    ...(secret !== undefined && {clientSecret: new Secret(secret)}),
    ...(isPublic && {publicClient: true}),
    ...(scopes !== undefined && {scopes: scopes.split(/[\s,]+/).filter((scope) => scope !== '')}),
    ...(callbackUrl !== undefined && {callbackUrl}),
    ...(authMethod !== undefined && {authMethod}),
    ...(replay !== undefined && {replay: parseReplayMode(replay)}),
    // Who came by the link opens the store, and may do what the terminal may (docs/decisions/0032).
    ...(delegate && {overHttp: true}),
  }
  for (const field of URL_FIELDS) {
    const url = given[field]
    if (url !== undefined) input[URL_LABELS[field][0]] = url
  }
  return input
}
