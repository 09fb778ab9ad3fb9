import type {LoginNeededReason, OAuth2Account} from '../model/account.js'
import {BehalfError} from '../model/behalf-error.js'
import type {RefreshAnswer, TokenGrant} from '../model/refresh.js'
import {missingScopes} from '../model/scopes.js'
import type {EpochMs} from '../model/time.js'
import {isAlive} from '../model/token-life.js'
import type {AccountLock, CommitResult} from '../store/store.js'
import {applyGrant, applyRefreshToken, noteFailure, requireLogin} from './apply-answer.js'
import type {BrokerDeps} from './broker-deps.js'
import {clearMisconfigured, flagMisconfigured} from './load-provider.js'
import type {ExchangeContext, RefreshResult} from './refresh-attempt.js'
import {backoffUntil} from './replay-policy.js'
import {updateOAuth2Account} from './update-oauth2-account.js'

type Deps = Pick<BrokerDeps, 'store' | 'providerClient' | 'clock' | 'random'>

/** Does what an answer asks for (design 7, rules 3 and 4). `recorded`: the reply is durable in the journal. */
export async function settleAnswer(
  deps: Deps,
  context: ExchangeContext,
  answer: RefreshAnswer,
  recorded = true,
): Promise<RefreshResult> {
  switch (answer.kind) {
    case 'refreshed':
      return saveGrant(deps, context, answer.grant, recorded)
    case 'rejected':
      return acceptRejection(deps, context, answer.reason)
    case 'misconfigured':
      await context.lock.retract()
      await flagMisconfigured(deps, context.provider, answer.reason)
      return {kind: 'misconfigured', account: context.account, reason: answer.reason}
    case 'unavailable': {
      await context.lock.retract()
      const until = answer.retryAfterMs === undefined ? undefined : deps.clock.now() + answer.retryAfterMs
      const account = await saveFailure(deps, context, answer.reason, until)
      return {kind: 'unavailable', account, reason: answer.reason}
    }
    case 'in-doubt':
      return keepDoubt(deps, context, answer)
  }
}

async function saveGrant(
  deps: Deps,
  context: ExchangeContext,
  grant: TokenGrant,
  recorded: boolean,
): Promise<RefreshResult> {
  const {lock, account, wish, provider} = context
  let saved: CommitResult
  try {
    saved = await lock.commit((current) => applyGrant(current, grant, wish.cause))
  } catch (error) {
    // Rule 2: the reply is durable in the journal, so the token may be handed out; the next holder saves it.
    if (!recorded || !(error instanceof BehalfError)) throw error
    const renewed = applyGrant(account, grant, wish.cause)
    return {kind: 'refreshed', account: renewed, lostScopes: [], warning: error.message}
  }
  if (saved.kind !== 'saved') return saved
  await clearMisconfigured(deps, provider)
  const current = grant.scopes?.length ? saved.account : await askForScopes(deps, context, saved.account)
  const lostScopes = missingScopes(account.credential.scopes, current.credential.scopes)
  return {kind: 'refreshed', account: current, lostScopes}
}

/** Twitch may leave out `scope`: `/validate` knows. Elsewhere absent scopes are unchanged. */
async function askForScopes(deps: Deps, context: ExchangeContext, account: OAuth2Account): Promise<OAuth2Account> {
  if (context.provider.dialect !== 'twitch') return account
  const validation = await deps.providerClient.validate(context.provider, account.credential.accessToken)
  const scopes = validation.kind === 'live' ? validation.scopes : undefined
  if (!scopes) return account
  const updated = await updateOAuth2Account(deps, account.key, (current) =>
    current.credential.accessToken.equals(account.credential.accessToken)
      ? {...current, credential: {...current.credential, scopes}}
      : current,
  )
  return updated ?? account
}

async function acceptRejection(deps: Deps, context: ExchangeContext, reason: string): Promise<RefreshResult> {
  const {lock, account, provider} = context
  const now = deps.clock.now()
  const {credential} = account
  if (provider.dialect === 'twitch' && isAlive(credential, now)) {
    const {kind} = await deps.providerClient.validate(provider, credential.accessToken)
    if (kind === 'live' || kind === 'unavailable') {
      // The limit of 50 valid access tokens for one refresh token: over when the tokens die.
      await lock.retract()
      const summary = `${reason}, although the access token lives`
      const until = kind === 'live' ? credential.expiresAt : undefined
      const noted = await saveFailure(deps, context, summary, until)
      return {kind: 'unavailable', account: noted, reason: summary, ...(kind === 'live' && {limited: true})}
    }
  }
  const cause = account.doubt?.cause === 'lost-reply' ? 'lost-reply' : 'rejected'
  return giveUp(lock, cause, reason, now)
}

/** The account needs a login, unless it has another token by now. */
export async function giveUp(
  lock: AccountLock,
  cause: LoginNeededReason,
  reason: string,
  now: EpochMs,
): Promise<RefreshResult> {
  const saved = await lock.commit((current) => requireLogin(current, cause, reason, now))
  return saved.kind === 'saved' ? {kind: 'rejected', account: saved.account, reason} : saved
}

async function keepDoubt(
  deps: Deps,
  context: ExchangeContext,
  answer: Extract<RefreshAnswer, {kind: 'in-doubt'}>,
): Promise<RefreshResult> {
  const {lock, refreshToken} = context
  const {reason, refreshToken: found} = answer
  const account = await saveFailure(deps, context, reason)
  if (!found) return {kind: 'in-doubt', account, reason, sent: true}
  const now = deps.clock.now()
  if (!found.equals(refreshToken)) {
    const saved = await lock.commit((current) => applyRefreshToken(current, found, now))
    return saved.kind === 'saved' ? {kind: 'in-doubt', account: saved.account, reason, sent: true} : saved
  }
  const updated = await updateOAuth2Account(deps, account.key, (current) =>
    current.credential.refreshToken?.equals(found) ? applyRefreshToken(current, found, now) : current,
  )
  return updated ? {kind: 'in-doubt', account: updated, reason, sent: true} : {kind: 'gone'}
}

/** For the backoff and for people. A store that cannot be written must not hide what happened. */
async function saveFailure(
  deps: Deps,
  {account}: ExchangeContext,
  summary: string,
  notBefore?: number,
): Promise<OAuth2Account> {
  const at = deps.clock.now()
  const jitter = deps.random.fraction()
  const note = (current: OAuth2Account): OAuth2Account =>
    noteFailure(current, {
      at,
      summary,
      scheduleNotBefore: backoffUntil(at, (current.lastFailure?.count ?? 0) + 1, jitter),
      ...(notBefore !== undefined && {notBefore}),
    })
  try {
    return (await updateOAuth2Account(deps, account.key, note)) ?? account
  } catch (error) {
    if (error instanceof BehalfError) return note(account)
    throw error
  }
}
