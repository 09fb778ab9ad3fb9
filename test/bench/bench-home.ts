import {randomBytes} from 'node:crypto'
import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'

import {createSystemClock} from '../../src/config/system-clock.js'
import {accountKey, type NewAccount} from '../../src/model/account.js'
import {originsOf, type Provider} from '../../src/model/provider.js'
import {Secret} from '../../src/model/secret.js'
import {HOUR_MS} from '../../src/model/time.js'
import {issueUserTokens, recordGrant} from '../../src/sandbox/oauth/issue-tokens.js'
import type {Sandbox} from '../../src/sandbox/start-sandbox.js'
import {openJsonStore} from '../../src/store/json-store.js'
import {makeTwitch} from '../support/make-twitch.js'
import {makeTemporaryFolder, removeFolder} from '../support/temporary-folder.js'

/** A folder with a store of bots, all logged in at the sandbox. */
export interface BenchHome {
  /** The environment in which `behalf` uses that store and nothing else. */
  readonly env: NodeJS.ProcessEnv
  readonly accounts: NewAccount[]
  remove(): Promise<void>
}

/**
 * @param lifeMs how much longer the access tokens live
 * @param options `apiUrl`: where the API is, if not at the sandbox; `scopes`: of the bots beyond the usual ones.
 */
export async function makeBenchHome(
  sandbox: Sandbox,
  count: number,
  lifeMs: number,
  {apiUrl, scopes = []}: {apiUrl?: string; scopes?: readonly string[]} = {},
): Promise<BenchHome> {
  const path = await makeTemporaryFolder()
  const env = {
    HOME: path,
    PATH: process.env.PATH,
    BEHALF_STORE: join(path, 'store.json'),
    BEHALF_SECRET_FILE: join(path, 'secret.key'),
  }
  await writeFile(env.BEHALF_SECRET_FILE, randomBytes(32).toString('base64url'), {mode: 0o600})
  const twitch = makeTwitch(sandbox.url, sandbox.confidentialClient)
  const provider = {
    ...twitch,
    ...(apiUrl !== undefined && {apiUrl}),
    scopes: {...twitch.scopes, bot: [...(twitch.scopes.bot ?? []), ...scopes]},
  }
  const accounts = await Promise.all(
    Array.from({length: count}, (_, index) => logIn(sandbox, provider, benchLogin(index), lifeMs)),
  )
  const store = await openJsonStore({
    path: env.BEHALF_STORE,
    secret: {kind: 'file', path: env.BEHALF_SECRET_FILE},
    clock: createSystemClock(),
  })
  await store.providers.put(provider)
  // Together they share a few writes.
  await Promise.all(accounts.map((account) => store.accounts.put(account)))
  await store.close()
  return {env, accounts, remove: () => removeFolder(path)}
}

/** The login of a bot; the sandbox must have been seeded with it. */
export const benchLogin = (index: number): string => `bench_bot_${String(index)}`

async function logIn(sandbox: Sandbox, provider: Provider, login: string, lifeMs: number): Promise<NewAccount> {
  const {state, confidentialClient: client} = sandbox
  const userId = login.replace('bench_bot_', '9')
  const scopes = provider.scopes.bot ?? []
  recordGrant(state, client.id, userId, scopes)
  const authorization = {clientId: client.id, userId, scopes, claims: {idToken: [], userinfo: []}}
  const tokens = await issueUserTokens(state, client, authorization)
  const now = Date.now()
  return {
    key: accountKey(provider.name, userId),
    provider: provider.name,
    userId,
    login,
    role: 'bot',
    grantId: randomBytes(16).toString('base64url'),
    clientId: client.id,
    origins: originsOf(provider),
    credential: {
      kind: 'oauth2',
      accessToken: new Secret(tokens.access_token),
      tokenType: 'bearer',
      ...(tokens.refresh_token !== undefined && {refreshToken: new Secret(tokens.refresh_token)}),
      scopes,
      issuedAt: now - HOUR_MS,
      expiresAt: now + lifeMs,
      refreshTokenIssuedAt: now - HOUR_MS,
    },
    state: {kind: 'ok'},
    addedAt: now - HOUR_MS,
    // Twitch wants this every hour; without it each command would ask first.
    lastValidatedAt: now,
  }
}
