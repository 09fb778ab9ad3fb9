import type {FreshToken} from './broker/get-fresh-token.js'
import type {RefreshReport} from './broker/refresh-accounts.js'
import type {AccountStatus} from './model/account-status.js'
import type {ApiToken} from './model/api-token.js'
import type {AuthMethod, Dialect, ReplayMode, Role} from './model/provider.js'
import type {Secret} from './model/secret.js'
import type {EpochMs} from './model/time.js'

/** What a login is to be. */
export interface LoginInput {
  /** Default: the only provider there is, else `twitch`. */
  provider?: string
  role: Role
  subject?: string
  /** Beyond the role's default scopes and what the account had. Empty: the defaults. */
  scopes: string[]
  /** Do not ask for what the account had. */
  resetScopes?: boolean
  /** `browser`: loopback callback; `paste`: the same URL, the person brings the callback back by hand. */
  method: 'browser' | 'device' | 'paste'
  /** Login or id that must come back. */
  expect?: string
  /** The owner may become someone else. */
  replaceOwner?: boolean
}

/** An authorization that waits for a person. */
export type PendingLogin =
  | {
      kind: 'redirect'
      provider: string
      authorizationUrl: string
      redirectUri: string
      expiresAt: EpochMs
      /** Ends the flow with the callback's query, once. Nothing is stored when it throws. */
      finish(callback: URLSearchParams): Promise<LoginResult>
      abandon(): Promise<void>
    }
  | {
      kind: 'device'
      provider: string
      userCode: string
      verificationUri: string
      verificationUriComplete?: string
      expiresAt: EpochMs
      /** Polls until the person has answered. Throws `login-failed` when declined or expired, `interrupted` on abort. */
      finish(signal: AbortSignal): Promise<LoginResult>
    }

export interface LoginResult {
  account: AccountStatus
  /** False when a known account was updated. */
  created: boolean
  /** Asked for, but not granted. */
  missingScopes: string[]
  /** No refresh token came: the account will need a login when its access token ends. */
  cannotRefresh: boolean
}

export interface Removal {
  account: AccountStatus
  /** False with `--keep-grant`, or where the provider has no way to revoke. */
  revoked: boolean
  /** Where a person ends the application's access by hand. */
  connectionsUrl?: string
}

export interface IssueTokenInput {
  name: string
  scopes: string[]
  as: string[]
  asAny: boolean
  defaultAs?: string
  issuedTo?: string
  expiresInMs?: number
}

/** An API token without what is secret of it; accounts by name. */
export type ApiTokenView = Omit<ApiToken, 'salt' | 'hmac' | 'as' | 'defaultAs' | 'issuedTo'> & {
  as: string[]
  defaultAs?: string
  issuedTo?: string
  state: 'active' | 'expired' | 'revoked'
}

/** What `provider add` and `provider update` take. URLs as typed; checked by the broker. */
export interface ProviderInput {
  name: string
  preset?: string
  issuer?: string
  authorizeUrl?: string
  tokenUrl?: string
  deviceUrl?: string
  revokeUrl?: string
  validateUrl?: string
  userinfoUrl?: string
  apiUrl?: string
  identityUrl?: string
  clientId?: string
  clientSecret?: Secret
  scopes?: string[]
  dialect?: Dialect
  callbackUrl?: string
  pkce?: boolean
  authMethod?: AuthMethod
  replay?: ReplayMode
  /** Rule 10: keep the accounts although an origin changes. */
  keepAccounts?: boolean
}

/** A provider without its secret. */
export interface ProviderView {
  name: string
  preset?: string
  dialect: Dialect
  issuer?: string
  authorizeUrl?: string
  tokenUrl: string
  deviceUrl?: string
  revokeUrl?: string
  validateUrl?: string
  userinfoUrl?: string
  apiUrl?: string
  clientId: string
  /** Whether there is a client secret. */
  confidential: boolean
  credentialsFrom: 'store' | 'environment'
  authMethod: AuthMethod
  pkce: boolean
  scopes: Partial<Record<Role, string[]>>
  /** The redirect URI to register. */
  callbackUrl: string
  replay: ReplayMode
  registerUrl?: string
  accounts: number
  misconfigured?: string
}

export interface HelixInput {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** As typed: with or without a leading slash, a query string, or `helix/` in front. */
  path: string
  query: [string, string][]
  /** JSON text. */
  body?: string
  as?: string
  /** Use the application's own token. */
  app?: boolean
  provider?: string
}

export interface HelixAnswer {
  status: number
  statusText: string
  headers: [string, string][]
  /** As it came; empty for 204. */
  body: string
  /** Set when the account needs a login and the API's own 401 is what is answered: exit 4. */
  loginNeeded?: {message: string; hint: string}
}

/** Everything behalf does, put together. Commands call this and nothing below it. */
export interface Behalf {
  readonly storeLocation: string
  /** `BEHALF_AS`. */
  readonly defaultAs: string | undefined
  beginLogin(input: LoginInput): Promise<PendingLogin>
  listAccounts(filter?: {role?: Role}): Promise<AccountStatus[]>
  showAccount(name: string, filter?: {role?: Role}): Promise<AccountStatus>
  /** Without a name: the owner. */
  removeAccount(input: {account?: string; role?: Role; keepGrant: boolean}): Promise<Removal>
  refreshAccounts(input: {accounts: string[]; withinMs: number; force: boolean}): Promise<RefreshReport>
  getFreshToken(input: {account: string; role?: Role; minTtlMs: number}): Promise<FreshToken>
  issueApiToken(input: IssueTokenInput): Promise<{token: Secret; apiToken: ApiTokenView}>
  listApiTokens(): Promise<ApiTokenView[]>
  revokeApiToken(id: string): Promise<ApiTokenView>
  addProvider(input: ProviderInput): Promise<ProviderView>
  updateProvider(input: ProviderInput): Promise<ProviderView & {loginNeeded: number}>
  listProviders(): Promise<ProviderView[]>
  showProvider(name: string): Promise<ProviderView>
  /** Refuses while it has accounts, unless `withAccounts`; these are then forgotten without being revoked. */
  removeProvider(name: string, options: {withAccounts: boolean}): Promise<{provider: ProviderView; accounts: number}>
  callHelix(input: HelixInput): Promise<HelixAnswer>
  close(): Promise<void>
}
