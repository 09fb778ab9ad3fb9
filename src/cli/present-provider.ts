import type {ProviderView} from '../compose.js'
import {needsClient, type IdentityMembers} from '../model/provider.js'
import {describeReplayMode} from '../model/replay-text.js'
import type {OutputStream} from './surroundings.js'
import {renderDetails, renderTable} from './table.js'

export function providerJson(provider: ProviderView): Record<string, unknown> {
  const optional = {
    preset: provider.preset,
    issuer: provider.issuer,
    request_token_url: provider.requestTokenUrl,
    authorize_url: provider.authorizeUrl,
    token_url: provider.tokenUrl,
    device_url: provider.deviceUrl,
    device_token_url: provider.deviceTokenUrl,
    revoke_url: provider.revokeUrl,
    validate_url: provider.validateUrl,
    userinfo_url: provider.userinfoUrl,
    api_url: provider.apiUrl,
    api_key_header: provider.apiKey?.header,
    api_key_prefix: provider.apiKey?.prefix,
    otp_header: provider.otpHeader,
    identity: provider.identity && identityJson(provider.identity),
    token_body: provider.tokenBody,
    request_headers: provider.requestHeaders,
    userinfo_method: provider.userinfoMethod,
    revoke_by: provider.revokeBy,
    scope_parameter: provider.scopeParameter,
    refresh_token_life_days: provider.refreshTokenLifeDays,
    addresses_from: provider.addressesFrom,
    register_url: provider.registerUrl,
    misconfigured: provider.misconfigured,
  }
  return {
    name: provider.name,
    dialect: provider.dialect,
    credential_kinds: provider.credentialKinds,
    client_id: provider.clientId,
    confidential: provider.confidential,
    credentials_from: provider.credentialsFrom,
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
    callback_url: provider.callbackUrl,
    auth_method: provider.authMethod,
    pkce: provider.pkce,
    refresh_replay: describeReplayMode(provider.replay),
    scopes: provider.scopes,
    accounts: provider.accounts,
  }
}

const identityJson = ({userId, login, displayName}: IdentityMembers): Record<string, string> => ({
  ...(userId !== undefined && {user_id: userId}),
  ...(login !== undefined && {login}),
  ...(displayName !== undefined && {display_name: displayName}),
})

const listHeaders = (headers: Record<string, string>): string =>
  Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}`)
    .join(', ')

const describeLapse = (days: number | undefined): string | undefined =>
  days === undefined ? undefined : `lapse after ${String(days)} days without use`

export function providerTable(providers: ProviderView[], stream: OutputStream): string {
  const columns = [
    {title: 'NAME'},
    {title: 'DIALECT', dropRank: 2},
    {title: 'CLIENT ID', dropRank: 3},
    {title: 'SECRET', dropRank: 1},
    {title: 'ACCOUNTS'},
    {title: 'STATE'},
  ]
  const rows = providers.map((provider) => [
    provider.name,
    provider.dialect,
    provider.clientId || '–',
    provider.confidential ? 'yes' : 'none',
    String(provider.accounts),
    provider.misconfigured === undefined ? 'ok' : 'misconfigured',
  ])
  return renderTable(columns, rows, stream)
}

export function providerDetails(provider: ProviderView): string {
  const isClient = needsClient(provider)
  return renderDetails([
    ['name', provider.name],
    ['preset', provider.preset],
    ['dialect', provider.dialect],
    ['credentials', provider.credentialKinds.join(', ')],
    ['client id', isClient ? `${provider.clientId} (from the ${provider.credentialsFrom})` : undefined],
    ['client secret', isClient ? (provider.confidential ? 'yes, sealed' : 'none') : undefined],
    ['redirect URI', isClient ? provider.callbackUrl : undefined],
    ['issuer', provider.issuer],
    ['request token', provider.requestTokenUrl],
    ['authorize', provider.authorizeUrl],
    ['token', provider.tokenUrl],
    ['device', provider.deviceUrl],
    ['device token', provider.deviceTokenUrl],
    ['revoke', provider.revokeUrl],
    ['validate', provider.validateUrl],
    ['userinfo', provider.userinfoUrl],
    ['API', provider.apiUrl],
    ['API key', provider.apiKey && `${provider.apiKey.header}: ${provider.apiKey.prefix ?? ''} …`.replace('  ', ' ')],
    ['one-time code', provider.otpHeader],
    ['user id', provider.identity?.userId],
    ['login', provider.identity?.login],
    ['display name', provider.identity?.displayName],
    ['authentication', isClient ? provider.authMethod : undefined],
    ['PKCE', isClient ? (provider.pkce ? 'yes' : 'no') : undefined],
    ['token requests', provider.tokenBody && 'JSON'],
    ['headers', provider.requestHeaders && listHeaders(provider.requestHeaders)],
    ['refresh tokens', describeLapse(provider.refreshTokenLifeDays)],
    ['refresh replay', isClient ? describeReplayMode(provider.replay) : undefined],
    ...Object.entries(provider.scopes).map(([role, scopes]): [string, string] => [`scopes, ${role}`, scopes.join(' ')]),
    ['accounts', String(provider.accounts)],
    ['addresses', provider.addressesFrom && 'set over HTTP: they lead to no private network'],
    ['misconfigured', provider.misconfigured],
  ])
}
