import {z} from 'zod'

import type {ProviderInput} from '../../broker/build-provider.js'
import {BehalfError} from '../../model/behalf-error.js'
import {CREDENTIAL_KINDS} from '../../model/credential.js'
import {DIALECTS, needsClient, type IdentityMembers} from '../../model/provider.js'
import {parseReplayMode} from '../../model/replay-text.js'
import {Secret} from '../../model/secret.js'

const text = z.string().trim().min(1).max(2000)
const words = (value: string): string[] => value.split(/[\s,]+/).filter((word) => word !== '')

const fields = {
  client_id: text.describe('what the service gave the registered application'),
  client_secret: z.string().trim().min(1).max(2000).describe('a secret; it is in no answer'),
  provider_scope: z.string().max(10_000).transform(words).openapi({type: 'string'}),
  authorisation_base_url: text.describe('where people allow access'),
  token_grabber_base_url: text.describe('where tokens are handed out and renewed'),
  user_info_base_url: text.describe('where it is asked whose token it is'),
  preset: text.describe('what is known of a service; see `behalf provider presets`'),
  issuer: text.describe('the OpenID Connect issuer that is asked for its addresses'),
  dialect: z.enum(DIALECTS),
  device_url: text,
  revoke_url: text,
  validate_url: text,
  api_url: text.describe('the API; tokens are sent nowhere else'),
  callback_url: text.describe('the redirect URI, exactly as registered'),
  auth_method: z.enum(['post', 'basic', 'none']).describe('how the client secret is sent'),
  refresh_replay: text.describe('safe, grace:SECONDS, probe or last-resort'),
  request_token_url: text.describe('where OAuth 1.0a begins a login'),
  api_key_header: text.describe('the header that an API key goes in'),
  api_key_prefix: text.describe('what stands before the key in it'),
  otp_header: text.describe('the header that carries a one-time code'),
  identity_user_id: text.describe('where the answer of `user_info_base_url` has the id, with dots: data.user.id'),
  identity_login: text,
  identity_display_name: text,
}

const credentialKind = z.enum(CREDENTIAL_KINDS)
const jsonFields = {
  ...fields,
  pkce: z.boolean(),
  credential_kinds: z.array(credentialKind).min(1).describe('what accounts of it may hold; the first is usual'),
  preset_options: z
    .record(z.string().max(60), z.string().max(200))
    .describe('what stands in the addresses of the preset as `{name}`'),
}

/** In a form there are texts alone. */
const formFields = {
  ...fields,
  pkce: z
    .enum(['true', 'false', '1', '0'])
    .transform((value) => value === 'true' || value === '1')
    .openapi({type: 'string', enum: ['true', 'false', '1', '0']}),
  credential_kinds: z
    .string()
    .transform(words)
    .pipe(z.array(credentialKind).min(1))
    .openapi({type: 'string'})
    .describe('with spaces between'),
}

type Fields = {[Name in keyof typeof jsonFields]?: z.output<(typeof jsonFields)[Name]> | undefined}

const bodyOf = <J extends z.core.$ZodLooseShape, F extends z.core.$ZodLooseShape>(
  shape: J,
  formShape: F,
  id: string,
) => ({
  content: {
    'application/json': {schema: z.strictObject(shape).partial().meta({id})},
    'application/x-www-form-urlencoded': {
      schema: z
        .strictObject(formShape)
        .partial()
        .meta({id: `${id}Form`}),
    },
  },
})

export const settingsBody = bodyOf(jsonFields, formFields, 'ProviderSettings')

const name = text.describe('what to call it from now on')
export const changesBody = bodyOf({...jsonFields, name}, {...formFields, name}, 'ProviderChanges')

/** What a new provider cannot do without, unless a preset or an issuer says it. */
const REQUIRED = [
  'client_id',
  'client_secret',
  'provider_scope',
  'authorisation_base_url',
  'token_grabber_base_url',
  'user_info_base_url',
] as const

/**
 * What a service of API keys or passwords needs is left to the broker: it knows no clients.
 * @throws BehalfError `invalid-input`, naming each field that is missing.
 */
export function requireFields(given: Fields, {isPreset}: {isPreset: boolean}): void {
  if (given.credential_kinds && !needsClient({credentialKinds: given.credential_kinds})) return
  const isDescribed = isPreset || given.issuer !== undefined
  const isPublic = given.auth_method === 'none'
  const required = isDescribed ? [] : REQUIRED
  const missing = required.filter((field) => given[field] === undefined && !(field === 'client_secret' && isPublic))
  if (missing.length === 0) return
  throw new BehalfError('invalid-input', `These fields are missing: ${missing.join(', ')}.`, {
    hint: 'Name a preset or an issuer instead of the URLs, if there is one.',
  })
}

/** Settings as the broker takes them, and nothing where they say nothing. */
export function providerInputOf(providerName: string, given: Fields): ProviderInput {
  const settings = {
    clientId: given.client_id,
    clientSecret: given.client_secret === undefined ? undefined : new Secret(given.client_secret),
    scopes: given.provider_scope,
    authorizeUrl: given.authorisation_base_url,
    tokenUrl: given.token_grabber_base_url,
    userinfoUrl: given.user_info_base_url,
    preset: given.preset,
    issuer: given.issuer,
    dialect: given.dialect,
    deviceUrl: given.device_url,
    revokeUrl: given.revoke_url,
    validateUrl: given.validate_url,
    apiUrl: given.api_url,
    requestTokenUrl: given.request_token_url,
    credentialKinds: given.credential_kinds,
    presetOptions: given.preset_options,
    apiKeyHeader: given.api_key_header,
    apiKeyPrefix: given.api_key_prefix,
    otpHeader: given.otp_header,
    identity: identityOf(given),
    callbackUrl: given.callback_url,
    authMethod: given.auth_method,
    pkce: given.pkce,
    replay: given.refresh_replay === undefined ? undefined : parseReplayMode(given.refresh_replay),
  }
  const said = Object.entries(settings).filter(([, value]) => value !== undefined)
  return {...(Object.fromEntries(said) as Partial<ProviderInput>), name: providerName, overHttp: true}
}

function identityOf(given: Fields): IdentityMembers | undefined {
  const {identity_user_id: userId, identity_login: login, identity_display_name: displayName} = given
  const identity = {
    ...(userId !== undefined && {userId}),
    ...(login !== undefined && {login}),
    ...(displayName !== undefined && {displayName}),
  }
  return Object.keys(identity).length === 0 ? undefined : identity
}
