import {findEstrangement} from '../model/account-status.js'
import type {OAuth2Account} from '../model/account.js'
import type {RefreshAnswer} from '../model/refresh.js'
import {replayModeFor} from '../model/replay-mode.js'
import {isAlive} from '../model/token-life.js'
import type {AccountLock} from '../store/store.js'
import type {BrokerDeps} from './broker-deps.js'
import {findMisconfiguration, loadProvider} from './load-provider.js'
import type {ExchangeContext, RefreshResult, Wish} from './refresh-attempt.js'
import {decideDoubt} from './replay-policy.js'
import {giveUp, settleAnswer} from './settle-answer.js'

type Deps = Pick<BrokerDeps, 'store' | 'providerClient' | 'clock' | 'random' | 'providers'>

/** Under the account's lock: settles doubt, and sends at most once. */
export async function exchangeToken(
  deps: Deps,
  lock: AccountLock,
  account: OAuth2Account,
  wish: Wish,
): Promise<RefreshResult> {
  const provider = await loadProvider(deps, account.provider)
  const {refreshToken} = account.credential
  if (!refreshToken) return endWithoutRefreshToken(deps, lock, account, wish)
  const context = {lock, account, provider, refreshToken, wish}

  const estrangement = findEstrangement(account, provider)
  if (estrangement) return {kind: 'login-needed', account, reason: estrangement}
  if (account.state.kind === 'login-needed') return {kind: 'login-needed', account, reason: account.state.reason}
  const misconfiguration = wish.cause === 'forced' ? undefined : await findMisconfiguration(deps, provider)
  if (misconfiguration !== undefined) return {kind: 'misconfigured', account, reason: misconfiguration}

  return (await settleDoubt(deps, context)) ?? (await sendToken(deps, context))
}

/** Nothing can renew this account: it needs a login as soon as its access token is of no use. */
async function endWithoutRefreshToken(
  deps: Deps,
  lock: AccountLock,
  account: OAuth2Account,
  wish: Wish,
): Promise<RefreshResult> {
  const now = deps.clock.now()
  const useless = wish.cause === 'refused' || !isAlive(account.credential, now)
  if (!useless) return {kind: 'superseded', account}
  if (account.state.kind === 'login-needed') return {kind: 'login-needed', account, reason: account.state.reason}
  return giveUp(lock, 'no-refresh-token', 'the provider gave no refresh token', now)
}

/**
 * Rule 2: a recorded reply that was not saved is judged and saved by whoever takes the lock next.
 * Undefined: there is none, or none that tells anything; then the doubt is settled by rule 5.
 */
export async function finishLeftOver(
  deps: Deps,
  lock: AccountLock,
  account: OAuth2Account,
): Promise<RefreshResult | undefined> {
  const {refreshToken} = account.credential
  if (!lock.reply || !refreshToken) return undefined
  const provider = await loadProvider(deps, account.provider)
  // Rule 10: it waits; what it brought must not be asked about where it does not belong.
  if (findEstrangement(account, provider)) return undefined
  const answer = await deps.providerClient.judgeRefresh(provider, lock.reply)
  const tells =
    answer.kind === 'refreshed' ||
    answer.kind === 'rejected' ||
    (answer.kind === 'in-doubt' && answer.refreshToken !== undefined && !answer.refreshToken.equals(refreshToken))
  if (!tells) return undefined
  return settleAnswer(deps, {lock, account, provider, refreshToken, wish: {cause: 'due', urgency: 'demand'}}, answer)
}

/** Rule 5. Undefined: the token may be sent. */
async function settleDoubt(deps: Deps, context: ExchangeContext): Promise<RefreshResult | undefined> {
  const {account, provider, wish, lock} = context
  const {doubt} = account
  if (!doubt) return undefined
  const mode = replayModeFor(account, provider)
  const refused = wish.cause === 'refused'
  const step = decideDoubt({mode, doubt, account, now: deps.clock.moment(), urgency: wish.urgency, refused})
  if (step.kind === 'send') return undefined
  if (step.kind === 'wait') return {kind: 'in-doubt', account, reason: step.reason, sent: false}

  const {kind} = await deps.providerClient.validate(provider, account.credential.accessToken)
  if (kind === 'live') return undefined
  if (kind !== 'dead') {
    return {kind: 'in-doubt', account, reason: 'the provider cannot be asked about the token in hand', sent: false}
  }
  return giveUp(lock, 'lost-reply', 'a refresh was processed, and its reply was lost', deps.clock.now())
}

/** Rule 2, steps (a) to (d), then what the answer means. */
async function sendToken(deps: Deps, context: ExchangeContext): Promise<RefreshResult> {
  const {lock, provider, refreshToken} = context
  await lock.begin()
  const exchange = await deps.providerClient.sendRefresh(provider, refreshToken, () => lock.isHeld())
  if (exchange.kind === 'not-sent') return settleAnswer(deps, context, {...exchange, kind: 'unavailable'})
  if (exchange.kind === 'no-reply') return settleAnswer(deps, context, {...exchange, kind: 'in-doubt'})
  const recorded = exchange.reply.status === 200 && (await recordReply(lock, exchange.reply))
  const answer: RefreshAnswer = await deps.providerClient.judgeRefresh(provider, exchange.reply)
  return settleAnswer(deps, context, answer, recorded)
}

/** False when the reply could not be made durable: then only saving it in the store can. */
async function recordReply(lock: AccountLock, reply: Parameters<AccountLock['recordReply']>[0]): Promise<boolean> {
  try {
    await lock.recordReply(reply)
    return true
  } catch {
    return false
  }
}
