import {z} from 'zod'

import type {ProviderView} from '../../broker/view-provider.js'
import {CREDENTIAL_KINDS} from '../../model/credential.js'
import {DIALECTS} from '../../model/provider.js'
import {describeReplayMode} from '../../model/replay-text.js'

const AUTH_METHODS = ['post', 'basic', 'none'] as const

const shownUrl = z.string().optional()

/** A provider as it is shown: of its client secret no more than whether there is one. */
export const providerFields = {
  name: z.string(),
  preset: z.string().optional().describe('the one it was made from'),
  dialect: z.enum(DIALECTS).describe('which service’s departures from the standards are expected'),
  credential_kinds: z.array(z.enum(CREDENTIAL_KINDS)).describe('what accounts of it may hold; the first is usual'),
  client_id: z.string().describe('empty where the service knows no clients'),
  confidential: z.boolean().describe('whether there is a client secret, which is never shown'),
  credentials_from: z.enum(['store', 'environment']),
  provider_scope: z.string().describe('what a login of a user asks for, with spaces between'),
  scopes: z.partialRecord(z.enum(['owner', 'bot', 'user']), z.array(z.string())).describe('the same for each role'),
  authorisation_base_url: shownUrl,
  token_grabber_base_url: shownUrl,
  user_info_base_url: shownUrl,
  request_token_url: shownUrl,
  device_url: shownUrl,
  revoke_url: shownUrl,
  validate_url: shownUrl,
  api_url: shownUrl,
  issuer: shownUrl,
  register_url: shownUrl.describe('where a person registers the application'),
  addresses_from: z.enum(['terminal', 'http']).describe('what came over HTTP leads to no private network'),
  callback_url: z.string().describe('the redirect URI to register'),
  auth_method: z.enum(AUTH_METHODS),
  pkce: z.boolean(),
  refresh_replay: z.string().describe('safe, grace:SECONDS, probe or last-resort'),
  otp_header: z.string().optional().describe('the header that carries a one-time code'),
  api_key_header: z.string().optional().describe('the header that carries an API key'),
  api_key_prefix: z.string().optional().describe('what stands before the key in it'),
  identity_user_id: z.string().optional().describe('where the answer of `user_info_base_url` has the id'),
  identity_login: z.string().optional(),
  identity_display_name: z.string().optional(),
  accounts: z.int().describe('how many there are'),
  misconfigured: z.string().optional().describe('why the service refused the client'),
}

export const provider = z.strictObject(providerFields).meta({id: 'Provider'})

export function providerJson(view: ProviderView) {
  const optional = {
    preset: view.preset,
    authorisation_base_url: view.authorizeUrl,
    token_grabber_base_url: view.tokenUrl,
    user_info_base_url: view.userinfoUrl,
    request_token_url: view.requestTokenUrl,
    device_url: view.deviceUrl,
    revoke_url: view.revokeUrl,
    validate_url: view.validateUrl,
    api_url: view.apiUrl,
    issuer: view.issuer,
    register_url: view.registerUrl,
    otp_header: view.otpHeader,
    api_key_header: view.apiKey?.header,
    api_key_prefix: view.apiKey?.prefix,
    identity_user_id: view.identity?.userId,
    identity_login: view.identity?.login,
    identity_display_name: view.identity?.displayName,
    misconfigured: view.misconfigured,
  }
  return {
    name: view.name,
    dialect: view.dialect,
    credential_kinds: view.credentialKinds,
    client_id: view.clientId,
    confidential: view.confidential,
    credentials_from: view.credentialsFrom,
    provider_scope: (view.scopes.user ?? view.scopes.owner ?? []).join(' '),
    scopes: view.scopes,
    addresses_from: view.addressesFrom ?? 'terminal',
    callback_url: view.callbackUrl,
    auth_method: view.authMethod,
    pkce: view.pkce,
    refresh_replay: describeReplayMode(view.replay),
    accounts: view.accounts,
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
  }
}
