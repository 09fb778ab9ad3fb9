import {isOAuth2Account, type AccountKey, type NewOAuth2Account, type OAuth2Account} from '../model/account.js'
import type {OAuth2Credential} from '../model/credential.js'
import {originsOf, type Provider} from '../model/provider.js'
import type {TokenGrant} from '../model/refresh.js'
import {Secret} from '../model/secret.js'
import type {AccountLock} from '../store/store.js'
import type {BrokerDeps} from './broker-deps.js'
import {LOCK_WAIT_MS} from './refresh-account.js'

/** Where an import keeps its tokens until it is known whose they are. */
export interface ImportPlace {
  key: AccountKey
  /** Made of the token's fingerprint, and handed on to the account that comes of it: by this it is known again. */
  grantId: string
  provider: Provider
}

interface ImportedTokens {
  refreshToken: Secret
  scopes: string[]
  /** An access token of the same authorization that lives. */
  witness?: {accessToken: Secret; expiresAt: number}
}

/** `finished`: the account that came of an earlier import of the same token. */
export interface BegunImport {
  kind: 'begun' | 'finished'
  account: OAuth2Account
}

type Deps = Pick<BrokerDeps, 'store' | 'clock'>

/** Finds what an earlier import of the same token has left, or begins; under the lock, for two may do so at once. */
export async function beginImport(deps: Deps, place: ImportPlace, tokens: ImportedTokens): Promise<BegunImport> {
  return withLock(deps, place.key, async (lock) => {
    // The account is stored before what was begun is removed: whoever sees neither is the first.
    const finished = await findFinished(deps, place)
    if (finished) {
      if (lock.account) await lock.remove()
      return {kind: 'finished', account: finished}
    }
    if (lock.account && isOAuth2Account(lock.account)) return {kind: 'begun', account: lock.account}
    const begun = makeBegun(place, tokens, deps.clock.now())
    const {version} = await deps.store.accounts.put(begun)
    return {kind: 'begun', account: {...begun, version}}
  })
}

/** The account that an import of the same token has become. */
export async function findFinished({store}: Deps, {key, grantId}: ImportPlace): Promise<OAuth2Account | undefined> {
  const outline = (await store.accounts.outlines()).find((one) => one.grantId === grantId && one.key !== key)
  const account = outline && (await store.accounts.get(outline.key))
  return account && isOAuth2Account(account) ? account : undefined
}

function makeBegun({key, grantId, provider}: ImportPlace, tokens: ImportedTokens, now: number): NewOAuth2Account {
  const {refreshToken, scopes, witness} = tokens
  const credential: OAuth2Credential = {
    kind: 'oauth2',
    // Without one there is nothing that could be used, or asked about, while the refresh token is in doubt.
    accessToken: witness?.accessToken ?? new Secret(''),
    tokenType: 'bearer',
    refreshToken,
    scopes,
    issuedAt: now,
    expiresAt: witness?.expiresAt ?? now,
  }
  return {
    key,
    provider: provider.name,
    userId: 'unknown',
    login: 'unfinished-import',
    role: 'user',
    subject: key.slice(provider.name.length + 1),
    grantId,
    clientId: provider.clientId,
    origins: originsOf(provider),
    credential,
    state: {kind: 'ok'},
    addedAt: now,
  }
}

/** What the import was granted, once its token has been used. */
export function readGrant({credential}: OAuth2Account): TokenGrant {
  const {kind: _kind, scopes, refreshTokenIssuedAt: _at, refreshTokenStable: _stable, ...tokens} = credential
  const {accessTokenOutdated: _outdated, ...grant} = tokens
  return {...grant, ...(scopes.length > 0 && {scopes})}
}

/** The tokens live on elsewhere, or nowhere. */
export async function forgetBegun(deps: Deps, key: AccountKey): Promise<void> {
  await withLock(deps, key, async (lock) => {
    if (lock.account) await lock.remove()
  })
}

/**
 * Forgets what was begun if nothing is lost by it: the provider has refused the token, or it is as it was given and
 * surely was not used up.
 * @returns whether it is forgotten.
 */
export async function forgetUnused(deps: Deps, key: AccountKey, given: Secret): Promise<boolean> {
  return withLock(deps, key, async (lock) => {
    const {account} = lock
    if (!account || !isOAuth2Account(account)) return true
    const isUnused = !account.doubt && account.credential.refreshToken?.equals(given) === true
    if (!isUnused && account.state.kind === 'ok') return false
    await lock.remove()
    return true
  })
}

async function withLock<T>(deps: Deps, key: AccountKey, work: (lock: AccountLock) => Promise<T>): Promise<T> {
  const lock = await deps.store.accounts.lock(key, {waitMs: LOCK_WAIT_MS})
  try {
    return await work(lock)
  } finally {
    await lock.release()
  }
}
