import type {AccountOutline} from './account-outline.js'
import type {Account, LoginNeededReason} from './account.js'
import type {CredentialKind} from './credential.js'
import {originsOf, type Provider, type Role} from './provider.js'
import {replayModeFor} from './replay-mode.js'
import {quoteWord} from './shell-words.js'
import {nextAttemptAt} from './token-life.js'
import type {EpochMs} from './time.js'
import {isUnfinishedImport} from './unfinished-import.js'

/** An account as people and programs may see it: without secrets. */
export interface AccountStatus {
  key: string
  provider: string
  login: string
  displayName?: string
  userId: string
  role: Role
  subject?: string
  /**
   * `expired`: the access token is over, and can be refreshed. `in-doubt`: a refresh was sent and no answer came.
   * `unfinished`: an import that has begun; whose tokens they are is not known yet.
   */
  state: 'ok' | 'expired' | 'in-doubt' | 'login-needed' | 'unfinished'
  /** Why a login is needed. */
  reason?: LoginNeededReason
  detail?: string
  /** What is kept for it. */
  credential: CredentialKind
  /** None but of OAuth 2: other credentials do not tell theirs. */
  scopes: string[]
  addedAt: EpochMs
  /** When its access token was issued, where it is known when that ends. */
  issuedAt?: EpochMs
  expiresAt?: EpochMs
  lastRefreshAt?: EpochMs
  nextRefreshAt?: EpochMs
  lastValidatedAt?: EpochMs
  lastFailure?: {at: EpochMs; summary: string}
}

/** Rule 10: why the account's tokens must not be used with the provider as it is configured now. */
export function findEstrangement(
  account: Pick<Account, 'clientId' | 'origins'>,
  provider: Provider,
): LoginNeededReason | undefined {
  if (account.clientId !== provider.clientId) return 'client-changed'
  const origins = originsOf(provider)
  const names = ['token', 'revoke', 'validate', 'userinfo', 'api'] as const
  return names.some((name) => account.origins[name] !== origins[name]) ? 'origin-changed' : undefined
}

/** What is to be said of an account. `provider` is undefined when its configuration is gone. */
export function describeAccount(account: AccountOutline, provider: Provider | undefined, now: EpochMs): AccountStatus {
  const {credential, lastFailure} = account
  const estranged = provider && findEstrangement(account, provider)
  const reason = estranged ?? (account.state.kind === 'login-needed' ? account.state.reason : undefined)
  const detail = account.state.kind === 'login-needed' ? account.state.detail : undefined
  const {scopes, expiresAt} = credential.kind === 'oauth2' ? credential : {scopes: [], expiresAt: undefined}
  const expired = expiresAt !== undefined && expiresAt <= now
  const next = reason === undefined ? nextAttemptAt(account, now) : undefined
  return {
    key: account.key,
    provider: account.provider,
    login: account.login,
    ...(account.displayName !== undefined && {displayName: account.displayName}),
    userId: account.userId,
    role: account.role,
    ...(account.subject !== undefined && {subject: account.subject}),
    state: describeState(account, provider, {needsLogin: reason !== undefined, expired}),
    ...(reason !== undefined && {reason}),
    ...(detail !== undefined && {detail}),
    credential: credential.kind,
    scopes,
    addedAt: account.addedAt,
    ...(expiresAt !== undefined && {issuedAt: credential.issuedAt, expiresAt}),
    ...(account.lastRefresh && {lastRefreshAt: account.lastRefresh.at}),
    ...(next !== undefined && {nextRefreshAt: next}),
    ...(account.lastValidatedAt !== undefined && {lastValidatedAt: account.lastValidatedAt}),
    ...(lastFailure && {lastFailure: {at: lastFailure.at, summary: lastFailure.summary}}),
  }
}

function describeState(
  account: AccountOutline,
  provider: Provider | undefined,
  {needsLogin, expired}: {needsLogin: boolean; expired: boolean},
): AccountStatus['state'] {
  if (isUnfinishedImport(account)) return 'unfinished'
  if (needsLogin) return 'login-needed'
  if (isInDoubt(account, provider)) return 'in-doubt'
  return expired ? 'expired' : 'ok'
}

/** Rule 12: nothing is doubtful about an old copy of a token that can be used again. */
function isInDoubt({credential, doubt}: AccountOutline, provider: Provider | undefined): boolean {
  if (credential.kind !== 'oauth2') return false
  const isSafe = provider !== undefined && replayModeFor({credential}, provider).kind === 'safe'
  return doubt !== undefined && !(doubt.cause === 'old-copy' && isSafe)
}

/** The command that mends an account which needs a login. */
export function loginCommandFor(account: Pick<Account, 'provider' | 'role' | 'login' | 'subject'>): string {
  const provider = account.provider === 'twitch' ? '' : ` --provider ${account.provider}`
  if (account.role === 'owner') return `behalf login${provider}`
  if (account.role === 'bot') return `behalf bot add${provider} --expect ${quoteWord(account.login)}`
  return `behalf user link ${quoteWord(account.subject ?? account.login)}${provider}`
}
