import {originsOf, type Provider, type Role} from '../../src/model/provider.js'
import {accountKey, type Account} from '../../src/model/account.js'
import {Secret} from '../../src/model/secret.js'
import {HOUR_MS} from '../../src/model/time.js'
import {issueUserTokens, recordGrant} from '../../src/sandbox/oauth/issue-tokens.js'
import type {Client} from '../../src/sandbox/records.js'
import type {Sandbox} from '../../src/sandbox/start-sandbox.js'
import {makeTwitch} from './make-twitch.js'
import {makeHome, type ProgramHome} from './program-home.js'

export interface StockedAccount {
  /** One of the sandbox's. */
  login: string
  role?: Role
  /** Of a chat user: the role is `user` then. */
  subject?: string
  /** Default: what the provider asks for in that role. */
  scopes?: readonly string[]
  /** Of the access token; negative: over for that long. Default: four hours. */
  lifeMs?: number
}

/**
 * A home where the sandbox is the provider `twitch` and these accounts are logged in, without the commands that
 * would take a second each. Everything goes through behalf's own store.
 */
export async function stockHome(
  sandbox: Sandbox,
  accounts: StockedAccount[],
  options: {home?: ProgramHome; client?: Client; callbackUrl?: string} = {},
): Promise<ProgramHome> {
  const {callbackUrl, client = sandbox.confidentialClient, home = await makeHome()} = options
  const provider = {...makeTwitch(sandbox.url, client), ...(callbackUrl !== undefined && {callbackUrl})}
  const store = await home.openStore()
  try {
    await store.providers.put(provider)
    for (const account of accounts) await store.accounts.put(await logIn(sandbox, client, provider, account))
  } finally {
    await store.close()
  }
  return home
}

/** An account as it is kept after a login; its tokens are the sandbox’s. */
export async function logIn(
  sandbox: Sandbox,
  client: Client,
  provider: Provider,
  stocked: StockedAccount,
): Promise<Account> {
  const {login, subject, role = subject === undefined ? 'bot' : 'user', lifeMs = 4 * HOUR_MS} = stocked
  const {state} = sandbox
  const user = state.findUserByLogin(login)
  if (user === undefined) throw new Error(`The sandbox knows no ${login}`)
  const scopes = [...(stocked.scopes ?? provider.scopes[role] ?? [])]
  const claims = {idToken: [], userinfo: []}
  recordGrant(state, client.id, user.id, scopes)
  const tokens = await issueUserTokens(state, client, {clientId: client.id, userId: user.id, scopes, claims})

  const expiresAt = state.clock.now() + lifeMs
  const issuedAt = Math.min(state.clock.now(), expiresAt - HOUR_MS)
  const issued = state.accessTokens.get(tokens.access_token)
  if (issued) issued.expiresAt = expiresAt
  return {
    key: accountKey(provider.name, user.id, subject),
    provider: provider.name,
    userId: user.id,
    login,
    displayName: user.displayName,
    role,
    ...(subject !== undefined && {subject}),
    grantId: `grant-of-${login}`,
    clientId: client.id,
    origins: originsOf(provider),
    credential: {
      kind: 'oauth2',
      accessToken: new Secret(tokens.access_token),
      refreshToken: new Secret(tokens.refresh_token ?? ''),
      tokenType: 'bearer',
      scopes,
      issuedAt,
      expiresAt,
    },
    state: {kind: 'ok'},
    addedAt: issuedAt,
    lastValidatedAt: state.clock.now(),
    version: 1,
  }
}
