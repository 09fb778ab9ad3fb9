import {z} from 'zod'

import type {ProviderInput} from '../../broker/build-provider.js'
import {BehalfError} from '../../model/behalf-error.js'
import {DIALECTS} from '../../model/provider.js'
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
}

type Fields = z.output<typeof anyFields>
const pkce = z.boolean()
const anyFields = z.object({...fields, pkce}).partial()

/** In a form there are texts alone. */
const formPkce = z
  .enum(['true', 'false', '1', '0'])
  .transform((value) => value === 'true' || value === '1')
  .openapi({type: 'string', enum: ['true', 'false', '1', '0']})

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

export const settingsBody = bodyOf({...fields, pkce}, {...fields, pkce: formPkce}, 'ProviderSettings')

const name = text.describe('what to call it from now on')
export const changesBody = bodyOf({...fields, name, pkce}, {...fields, name, pkce: formPkce}, 'ProviderChanges')

/** What a new provider cannot do without, unless a preset or an issuer says it. */
const REQUIRED = [
  'client_id',
  'client_secret',
  'provider_scope',
  'authorisation_base_url',
  'token_grabber_base_url',
  'user_info_base_url',
] as const

/** @throws BehalfError `invalid-input`, naming each field that is missing. */
export function requireFields(given: Fields, {isPreset}: {isPreset: boolean}): void {
  const isDescribed = isPreset || given.issuer !== undefined
  const isPublic = given.auth_method === 'none'
  const required = isDescribed ? (['client_id'] as const) : REQUIRED
  const missing = required.filter((field) => given[field] === undefined && !(field === 'client_secret' && isPublic))
  if (missing.length === 0) return
  throw new BehalfError('invalid-input', `These fields are missing: ${missing.join(', ')}.`, {
    hint: isDescribed ? 'See /openapi.json.' : 'Name a preset or an issuer instead of the URLs, if there is one.',
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
    callbackUrl: given.callback_url,
    authMethod: given.auth_method,
    pkce: given.pkce,
    replay: given.refresh_replay === undefined ? undefined : parseReplayMode(given.refresh_replay),
  }
  const said = Object.entries(settings).filter(([, value]) => value !== undefined)
  return {...(Object.fromEntries(said) as Partial<ProviderInput>), name: providerName, overHttp: true}
}
