import {describeAccount, findEstrangement, loginCommandFor, type AccountStatus} from '../model/account-status.js'
import {nameOf} from '../model/account-name.js'
import {
  isOAuth2Account,
  providerOfKey,
  type Account,
  type AccountKey,
  type LoginNeededReason,
  type OAuth2Account,
  type RefreshCause,
} from '../model/account.js'
import {BehalfError} from '../model/behalf-error.js'
import type {CredentialKind} from '../model/credential.js'
import {formatDuration} from '../model/format-duration.js'
import type {Dialect, Provider} from '../model/provider.js'
import type {Secret} from '../model/secret.js'
import {isClockBelieved, type EpochMs} from '../model/time.js'
import {forgetImportCommand, isUnfinishedImport} from '../model/unfinished-import.js'
import {freshUntil, isAlive, isFresh, remainingMs} from '../model/token-life.js'
import type {BrokerDeps} from './broker-deps.js'
import {loadProvider, misconfiguredError} from './load-provider.js'
import {refreshAccount} from './refresh-account.js'
import type {RefreshResult} from './refresh-attempt.js'
import {satisfies} from './refresh-wish.js'

/** A provider token that can be used now. */
export interface FreshToken {
  /** Made when it is looked at: a call needs no more of it than the user id. */
  readonly account: AccountStatus
  userId: string
  accessToken: Secret
  clientId: string
  /** Where the provider’s API was when the token was granted (design 7, rule 10). */
  apiOrigin?: string | undefined
  dialect: Dialect
  expiresAt?: EpochMs
  /** Until when it would be handed out again without another look at anything but the store's revision. */
  goodUntil?: EpochMs
  /** Something the caller should know, such as a token that does not live as long as was asked. */
  warning?: string
}

export type TokenDeps = Pick<BrokerDeps, 'store' | 'providerClient' | 'clock' | 'random' | 'providers'>

/**
 * A token of this account that is fresh, and lives at least `minTtlMs`, refreshed on demand (design 7, rules 1, 6 and 10).
 * A token that still lives is handed out although its refresh failed, with a warning.
 * @param reads where it is looked whether the token in hand will do: what has been read for the same request.
 * @throws BehalfError `login-needed`, `provider-misconfigured`, `unavailable`, `lock-timeout`, `account-not-found`;
 * `usage` for an account whose credential is no token.
 */
export async function getFreshToken(
  deps: TokenDeps,
  key: AccountKey,
  minTtlMs: number,
  reads: Pick<TokenDeps, 'store' | 'providers'> = deps,
): Promise<FreshToken> {
  // In one go, for where the store is far away each look takes its time.
  const provided = loadProvider(reads, providerOfKey(key))
  const written = reads.store.lastWrittenAt()
  for (const ahead of [provided, written]) ahead.catch(() => undefined)
  const account = await loadAccount(reads, key)
  const provider = await provided
  const estrangement = findEstrangement(account, provider)
  if (estrangement) throw loginNeededError(account, estrangement)

  const cause = await findCause(deps, account, {provider, minTtlMs, writtenAt: await written})
  const dead = cause === 'refused' ? account.credential.accessToken : undefined
  const demand: Demand = {provider, minTtlMs, ...(dead && {dead})}
  if (cause === undefined) return present(deps, account, {...demand, goodUntil: freshUntil(account.credential)})
  if (account.state.kind === 'login-needed') return useWhatLives(deps, account, demand, loginNeeded(account))
  try {
    const result = await refreshAccount(deps, {
      key,
      cause,
      withinMs: minTtlMs,
      urgency: 'demand',
      ...(dead && {seen: dead}),
    })
    return presentResult(deps, result, key, demand)
  } catch (error) {
    if (!(error instanceof BehalfError)) throw error
    // Someone else may have refreshed it while this caller waited for the lock.
    return useWhatLives(deps, await loadAccount(deps, key), demand, error)
  }
}

interface Demand {
  provider: Provider
  minTtlMs: number
  /** The provider has just said that this token is dead, whatever the clock says. */
  dead?: Secret
  goodUntil?: EpochMs
}

/** @throws BehalfError `account-not-found`; `usage` where there is no token; `login-needed` for an unfinished import (rule 8). */
async function loadAccount(deps: Pick<BrokerDeps, 'store'>, key: AccountKey): Promise<OAuth2Account> {
  const account = await deps.store.accounts.get(key)
  if (!account) throw goneError(key)
  if (!isOAuth2Account(account)) throw notHandedOut(account)
  if (isUnfinishedImport(account)) throw unfinishedError(account)
  return account
}

/** Why a refresh is needed; undefined: the token in hand will do. */
async function findCause(
  deps: TokenDeps,
  account: OAuth2Account,
  {provider, minTtlMs, writtenAt}: {provider: Provider; minTtlMs: number; writtenAt: EpochMs | undefined},
): Promise<RefreshCause | undefined> {
  const now = deps.clock.now()
  if (account.doubt?.hasReply) return 'expired'
  if (!isClockBelieved(now, writtenAt)) {
    // Rule 6: this clock is not believed; only the provider can tell.
    const {kind} = await deps.providerClient.validate(provider, account.credential.accessToken)
    return kind === 'dead' ? 'refused' : undefined
  }
  if (!isFresh(account.credential, now)) return 'expired'
  return satisfies(account, minTtlMs, now) ? undefined : 'min-ttl'
}

function presentResult(deps: TokenDeps, result: RefreshResult, key: AccountKey, demand: Demand): FreshToken {
  switch (result.kind) {
    case 'refreshed':
    case 'superseded': {
      if (!isUsable(deps, result.account, demand)) throw loginNeeded(result.account)
      const warning = result.kind === 'refreshed' ? result.warning : undefined
      return present(deps, result.account, demand, warning)
    }
    case 'rejected':
      return useWhatLives(deps, result.account, demand, loginNeeded(result.account))
    case 'login-needed':
      return useWhatLives(deps, result.account, demand, loginNeededError(result.account, result.reason))
    case 'misconfigured':
      return useWhatLives(deps, result.account, demand, misconfiguredError(demand.provider, result.reason))
    case 'unavailable':
    case 'in-doubt':
      return useWhatLives(deps, result.account, demand, unavailableError(result.account, result.reason))
    case 'gone':
      throw goneError(key)
  }
}

/** The access token in hand is used while it lives, whatever became of its refresh. */
function useWhatLives(deps: TokenDeps, account: OAuth2Account, demand: Demand, error: BehalfError): FreshToken {
  if (!isUsable(deps, account, demand)) throw error
  return present(deps, account, {...demand, minTtlMs: 0}, error.message)
}

const isUsable = (deps: TokenDeps, {credential}: OAuth2Account, {dead}: Demand): boolean =>
  isAlive(credential, deps.clock.now()) && !dead?.equals(credential.accessToken)

function present(deps: TokenDeps, account: OAuth2Account, demand: Demand, trouble?: string): FreshToken {
  const {provider, minTtlMs, goodUntil} = demand
  const now = deps.clock.now()
  const leftMs = remainingMs(account.credential, now)
  const short = leftMs < minTtlMs ? `The token lives for ${formatDuration(leftMs)} only.` : undefined
  const warning = trouble ?? short
  return {
    get account() {
      return describeAccount(account, provider, now)
    },
    userId: account.userId,
    accessToken: account.credential.accessToken,
    clientId: account.clientId,
    apiOrigin: account.origins.api,
    dialect: provider.dialect,
    ...(account.credential.expiresAt !== undefined && {expiresAt: account.credential.expiresAt}),
    ...(goodUntil !== undefined && {goodUntil}),
    ...(warning !== undefined && {warning}),
  }
}

const WHY_LOGIN_NEEDED: Record<LoginNeededReason, string> = {
  rejected: 'the provider no longer accepts its refresh token',
  'lost-reply': 'a refresh was processed, and its reply was lost',
  'no-refresh-token': 'its token has ended, and the provider gave nothing to renew it with',
  'client-changed': 'it was authorized for another client id than the provider has now',
  'origin-changed': 'the provider’s URLs now lead elsewhere than when it was authorized',
}

/** What is no OAuth 2 has no refresh token that could be refused. */
export const explainLoginNeed = (account: Account, reason: LoginNeededReason): string =>
  reason === 'rejected' && !isOAuth2Account(account)
    ? 'the provider no longer accepts what it has'
    : WHY_LOGIN_NEEDED[reason]

export function loginNeededError(account: Account, reason: LoginNeededReason): BehalfError {
  return new BehalfError('login-needed', `${nameOf(account)} needs a login: ${explainLoginNeed(account, reason)}.`, {
    hint: loginCommandFor(account),
  })
}

/** For an account that is known to need one. */
export const loginNeeded = (account: Account): BehalfError =>
  loginNeededError(account, account.state.kind === 'login-needed' ? account.state.reason : 'no-refresh-token')

export const unavailableError = (account: Account, reason: string): BehalfError =>
  new BehalfError('unavailable', `The token of ${nameOf(account)} could not be refreshed: ${reason}.`, {
    hint: 'Nothing is lost; try again in a moment.',
  })

const unfinishedError = (account: Account): BehalfError =>
  new BehalfError('login-needed', `Whose tokens ${nameOf(account)} holds is not known: its import was not finished.`, {
    hint: `Run the same import again, or forget it: ${forgetImportCommand(account)}`,
  })

const CREDENTIAL_NAMES: Record<Exclude<CredentialKind, 'oauth2'>, string> = {
  oauth1: 'OAuth 1.0a tokens, which sign each request',
  'api-key': 'an API key, which is not handed out',
  basic: 'a user name and password, which are not handed out',
}

const notHandedOut = ({credential: {kind}, ...account}: Account): BehalfError =>
  new BehalfError('usage', `${nameOf(account)} has ${kind === 'oauth2' ? '' : CREDENTIAL_NAMES[kind]}.`, {
    hint: `behalf api calls with it: behalf api GET PATH --provider ${account.provider} --as ${nameOf(account)}`,
  })

export const goneError = (key: AccountKey): BehalfError =>
  new BehalfError('account-not-found', `The account ${key} is no longer there.`, {hint: 'behalf status'})
