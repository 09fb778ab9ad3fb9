import type {ProviderView} from '../compose.js'
import type {ReplayMode} from '../model/provider.js'
import {SECOND_MS} from '../model/time.js'
import type {OutputStream} from './surroundings.js'
import {renderDetails, renderTable} from './table.js'

export function providerJson(provider: ProviderView): Record<string, unknown> {
  const optional = {
    preset: provider.preset,
    issuer: provider.issuer,
    authorize_url: provider.authorizeUrl,
    device_url: provider.deviceUrl,
    revoke_url: provider.revokeUrl,
    validate_url: provider.validateUrl,
    userinfo_url: provider.userinfoUrl,
    api_url: provider.apiUrl,
    register_url: provider.registerUrl,
    misconfigured: provider.misconfigured,
  }
  return {
    name: provider.name,
    dialect: provider.dialect,
    client_id: provider.clientId,
    confidential: provider.confidential,
    credentials_from: provider.credentialsFrom,
    token_url: provider.tokenUrl,
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
    callback_url: provider.callbackUrl,
    auth_method: provider.authMethod,
    pkce: provider.pkce,
    refresh_replay: describeReplay(provider.replay),
    scopes: provider.scopes,
    accounts: provider.accounts,
  }
}

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
    provider.clientId,
    provider.confidential ? 'yes' : 'none',
    String(provider.accounts),
    provider.misconfigured === undefined ? 'ok' : 'misconfigured',
  ])
  return renderTable(columns, rows, stream)
}

export function providerDetails(provider: ProviderView): string {
  return renderDetails([
    ['name', provider.name],
    ['preset', provider.preset],
    ['dialect', provider.dialect],
    ['client id', `${provider.clientId} (from the ${provider.credentialsFrom})`],
    ['client secret', provider.confidential ? 'yes, sealed' : 'none'],
    ['redirect URI', provider.callbackUrl],
    ['issuer', provider.issuer],
    ['authorize', provider.authorizeUrl],
    ['token', provider.tokenUrl],
    ['device', provider.deviceUrl],
    ['revoke', provider.revokeUrl],
    ['validate', provider.validateUrl],
    ['userinfo', provider.userinfoUrl],
    ['API', provider.apiUrl],
    ['authentication', provider.authMethod],
    ['PKCE', provider.pkce ? 'yes' : 'no'],
    ['refresh replay', describeReplay(provider.replay)],
    ...Object.entries(provider.scopes).map(([role, scopes]): [string, string] => [`scopes, ${role}`, scopes.join(' ')]),
    ['accounts', String(provider.accounts)],
    ['misconfigured', provider.misconfigured],
  ])
}

const describeReplay = (replay: ReplayMode): string =>
  replay.kind === 'grace' ? `grace:${String(replay.graceMs / SECOND_MS)}` : replay.kind
