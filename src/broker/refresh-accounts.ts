import {describeAccount, findEstrangement, loginCommandFor, type AccountStatus} from '../model/account-status.js'
import {isOAuth2Account, type Account, type LoginNeededReason} from '../model/account.js'
import {BehalfError} from '../model/behalf-error.js'
import type {Provider} from '../model/provider.js'
import type {EpochMs} from '../model/time.js'
import {isAlive, nextRefreshAt, remainingMs} from '../model/token-life.js'
import {explainLoginNeed, type TokenDeps} from './get-fresh-token.js'
import {loadProvider, misconfiguredError} from './load-provider.js'
import {refreshAccount} from './refresh-account.js'
import type {RefreshResult} from './refresh-attempt.js'
import {isValidationDue, validateAccount} from './validate-account.js'

export interface RefreshReport {
  results: AccountRefresh[]
  /** Providers that refused the client: one entry each, whatever the number of accounts. */
  misconfigured: {provider: string; reason: string; hint: string}[]
}

export interface AccountRefresh {
  account: AccountStatus
  outcome: 'fresh' | 'validated' | 'login-needed' | Exclude<RefreshResult['kind'], 'gone'>
  /** Whether the access token in hand can still be used. */
  alive: boolean
  /** Why, and what was noticed (scopes that went missing, a new login name). */
  detail?: string
  /** The command that mends it. */
  hint?: string
}

/** So many accounts are refreshed together. */
const CONCURRENCY = 16

/** One pass: refreshes what is due, validates what must be (design 7, rule 6). Reports instead of throwing. */
export async function refreshAccounts(
  deps: TokenDeps,
  input: {accounts: Account[]; withinMs: number; force: boolean},
): Promise<RefreshReport> {
  const misconfigured = new Map<string, RefreshReport['misconfigured'][number]>()
  const results: AccountRefresh[] = []
  const waiting = [...input.accounts]
  const work = async (): Promise<void> => {
    for (let account = waiting.shift(); account; account = waiting.shift()) {
      // A client that has just been refused is not sent once more for each account that is forced.
      const force = input.force && !misconfigured.has(account.provider)
      const entry = await refreshOne(deps, account, {...input, force})
      if (!entry) continue
      results.push(entry.refresh)
      if (entry.refresh.outcome !== 'misconfigured' || !entry.provider) continue
      const error = misconfiguredError(entry.provider, entry.refresh.detail ?? '')
      const {name} = entry.provider
      misconfigured.set(name, {provider: name, reason: entry.refresh.detail ?? '', hint: error.hint ?? ''})
    }
  }
  await Promise.all(Array.from({length: CONCURRENCY}, work))
  results.sort((a, b) => (a.account.key < b.account.key ? -1 : 1))
  return {results, misconfigured: [...misconfigured.values()]}
}

interface Entry {
  refresh: AccountRefresh
  provider?: Provider
}

async function refreshOne(
  deps: TokenDeps,
  account: Account,
  input: {withinMs: number; force: boolean},
): Promise<Entry | undefined> {
  try {
    const provider = await loadProvider(deps, account.provider)
    const result = await passOver(deps, account, provider, input)
    if (result.kind === 'gone') return undefined
    return {refresh: describeResult(result, provider, deps.clock.now()), provider}
  } catch (error) {
    if (!(error instanceof BehalfError) || error.code.startsWith('store-')) throw error
    const refresh: AccountRefresh = {
      account: describeAccount(account, undefined, deps.clock.now()),
      outcome: 'unavailable',
      alive: isAlive(account.credential, deps.clock.now()),
      detail: error.message,
      ...(error.hint !== undefined && {hint: error.hint}),
    }
    return {refresh}
  }
}

type PassResult =
  | RefreshResult
  | {kind: 'fresh'; account: Account}
  | {kind: 'login-needed'; account: Account; reason: LoginNeededReason}
  | {kind: 'validated'; account: Account; noticed: string[]}

async function passOver(
  deps: TokenDeps,
  account: Account,
  provider: Provider,
  {withinMs, force}: {withinMs: number; force: boolean},
): Promise<PassResult> {
  const {key, state} = account
  const now = deps.clock.now()
  const estrangement = findEstrangement(account, provider)
  if (estrangement) return {kind: 'login-needed', account, reason: estrangement}
  if (state.kind === 'login-needed') return {kind: 'login-needed', account, reason: state.reason}
  if (!isOAuth2Account(account)) return {kind: 'fresh', account}
  const {credential} = account
  if (force) {
    return refreshAccount(deps, {key, cause: 'forced', seen: credential.accessToken, urgency: 'demand'})
  }
  const due =
    (nextRefreshAt(account) ?? Infinity) <= now ||
    remainingMs(credential, now) <= withinMs ||
    account.doubt?.hasReply === true
  if (due) return refreshAccount(deps, {key, cause: 'due', withinMs, urgency: 'schedule'})
  if (!isValidationDue(account, provider, now)) return {kind: 'fresh', account}
  const validation = await validateAccount(deps, account, provider)
  if (validation.kind === 'dead') {
    return refreshAccount(deps, {key, cause: 'refused', seen: credential.accessToken, urgency: 'schedule'})
  }
  if (validation.kind === 'unavailable') return validation
  return {kind: 'validated', account: validation.account, noticed: validation.noticed}
}

function describeResult(result: Exclude<PassResult, {kind: 'gone'}>, provider: Provider, now: EpochMs): AccountRefresh {
  const {account, kind} = result
  const detail = explain(result)
  const needsLogin = kind === 'rejected' || kind === 'login-needed'
  return {
    account: describeAccount(account, provider, now),
    outcome: kind,
    alive: isAlive(account.credential, now),
    ...(detail !== undefined && {detail}),
    ...(needsLogin && {hint: loginCommandFor(account)}),
  }
}

function explain(result: Exclude<PassResult, {kind: 'gone'}>): string | undefined {
  if (result.kind === 'login-needed') return explainLoginNeed(result.account, result.reason)
  if ('reason' in result) return result.reason
  const noticed =
    result.kind === 'refreshed'
      ? [
          ...(result.lostScopes.length === 0 ? [] : [`these scopes are gone: ${result.lostScopes.join(' ')}`]),
          ...(result.warning === undefined ? [] : [result.warning]),
        ]
      : result.kind === 'validated'
        ? result.noticed
        : []
  return noticed.length === 0 ? undefined : noticed.join('; ')
}
