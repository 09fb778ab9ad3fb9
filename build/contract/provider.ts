import {z} from 'zod'

import {CREDENTIAL_KINDS} from '../../src/model/credential.js'
import {DIALECTS} from '../../src/model/provider.js'

const scopesByRole = z
  .partialRecord(z.enum(['owner', 'bot', 'user']), z.array(z.string()))
  .describe('what a login asks for by itself, by role')

const providerFields = {
  name: z.string().describe('what it is called here'),
  dialect: z.enum(DIALECTS).describe('how it departs from the standards'),
  credential_kinds: z.array(z.enum(CREDENTIAL_KINDS)).min(1).describe('what its accounts hold, the usual first'),
  client_id: z.string().describe('of the registered application; empty where the service knows none'),
  confidential: z.boolean().describe('whether there is a client secret'),
  credentials_from: z.enum(['store', 'environment']).describe('where id and secret come from'),
  addresses_from: z.literal('http').optional().describe('its URLs came over HTTP, and lead to no private network'),
  token_url: z.string().optional().describe('where tokens are handed out'),
  preset: z.string().optional().describe('the preset it was made from'),
  issuer: z.string().optional().describe('OpenID Connect issuer'),
  request_token_url: z.string().optional().describe('where OAuth 1.0a begins a login'),
  authorize_url: z.string().optional().describe('where people allow access'),
  device_url: z.string().optional().describe('where device codes come from'),
  revoke_url: z.string().optional().describe('where tokens are revoked'),
  validate_url: z.string().optional().describe('where tokens are checked'),
  userinfo_url: z.string().optional().describe('where it is asked whose a token is'),
  api_url: z.string().optional().describe('the API'),
  api_key_header: z.string().optional().describe('the header that an API key goes in'),
  api_key_prefix: z.string().optional().describe('what stands before the key in it'),
  otp_header: z.string().optional().describe('the header that carries a one-time code'),
  identity: z
    .strictObject({user_id: z.string(), login: z.string(), display_name: z.string()})
    .partial()
    .optional()
    .describe('where the userinfo answer names someone, with dots between members'),
  device_token_url: z.string().optional().describe('where device codes are exchanged, if not at the token URL'),
  token_body: z.literal('json').optional().describe('how token requests are sent, if not as a form'),
  request_headers: z.record(z.string(), z.string()).optional().describe('what is sent with every request'),
  userinfo_method: z.literal('POST').optional().describe('how the userinfo URL is asked, if not by GET'),
  revoke_by: z.literal('bearer').optional().describe('access tokens authorize their own revocation'),
  scope_parameter: z.string().optional().describe('what scopes are called at the authorization page, if not scope'),
  refresh_token_life_days: z.int().optional().describe('after which an unused refresh token lapses'),
  register_url: z.string().optional().describe('where applications are registered'),
  misconfigured: z.string().optional().describe('why it refused the client'),
  callback_url: z.string().describe('the redirect URI to register'),
  auth_method: z.enum(['post', 'basic', 'none']).describe('how the client secret is sent'),
  pkce: z.boolean().describe('whether logins use PKCE'),
  refresh_replay: z
    .string()
    .regex(/^(?:safe|grace:\d+(?:\.\d+)?|probe|last-resort)$/)
    .describe('`safe`, `grace:SECONDS`, `probe` or `last-resort`'),
  scopes: scopesByRole,
  accounts: z.int().nonnegative().describe('how many accounts it has'),
}

export const provider = z.strictObject(providerFields).meta({id: 'Provider'})

export const providers = z
  .strictObject({providers: z.array(provider).describe('ordered by name')})
  .meta({id: 'ProviderList'})

export const changedProvider = z
  .strictObject({
    ...providerFields,
    login_needed: z.int().nonnegative().describe('how many of its accounts need a login now'),
  })
  .meta({id: 'ChangedProvider', extends: 'Provider'})

export const removedProvider = z
  .strictObject({
    ...providerFields,
    removed_accounts: z.int().nonnegative().describe('how many accounts were forgotten with it'),
  })
  .meta({id: 'RemovedProvider', extends: 'Provider'})

export const presets = z
  .strictObject({
    presets: z
      .array(
        z
          .strictObject({
            name: z.string().describe('for `--preset`'),
            title: z.string().describe('what the service is called'),
            register_url: z.string().optional().describe('where applications are registered'),
            logins: z.array(z.enum(['browser', 'paste', 'device'])).describe('how one can log in'),
            credentials: z.array(z.enum(CREDENTIAL_KINDS)).min(1).describe('what its accounts hold'),
            scopes: scopesByRole,
            options: z
              .array(
                z.strictObject({
                  name: z.string().describe('for `--preset-option`'),
                  about: z.string().describe('what to give'),
                  default: z.string().optional().describe('what it is unless told otherwise'),
                }),
              )
              .describe('what differs in its addresses from one customer to the next'),
            refresh: z
              .strictObject({
                refresh_token: z
                  .enum(['new', 'same', 'none', 'unknown'])
                  .describe('what comes with a refresh; `none`: there is no refresh'),
                access_token_hours: z.int().optional().describe('how long an access token usually lives'),
              })
              .optional()
              .describe('how its tokens are renewed'),
            verified: z.boolean().describe('whether it was held against the service’s documentation'),
            checked_on: z.string().optional().describe('the day of that, as in 2026-11-22'),
            sources: z.array(z.string()).describe('where that documentation is'),
            unverified: z.array(z.string()).describe('settings that are not confirmed there'),
            note: z.string().optional().describe('what to know about it'),
          })
          .meta({id: 'Preset'}),
      )
      .describe('ordered by name'),
  })
  .meta({id: 'PresetList'})
