import type {ChalkInstance} from 'chalk'

import {nameOf} from '../model/account-name.js'
import {loginCommandFor, type AccountStatus} from '../model/account-status.js'
import type {EpochMs} from '../model/time.js'
import {formatBriefly, formatDuration} from '../model/format-duration.js'
import type {OutputStream} from './surroundings.js'
import {renderDetails, renderTable, type Column} from './table.js'

/** A table of accounts, a row each. */
export function accountTable(
  accounts: AccountStatus[],
  now: EpochMs,
  stream: OutputStream,
  colours: ChalkInstance,
): string {
  const columns: Column[] = [
    {title: 'ACCOUNT'},
    {title: 'ROLE'},
    {title: 'STATE', paint: (state) => colours[STATE_COLOURS[state as AccountStatus['state']]](state)},
    {title: 'LEFT'},
    {title: 'REFRESHED', dropRank: 3},
    {title: 'NEXT'},
    {title: 'CHECKED', dropRank: 1},
    {title: 'SCOPES', dropRank: 2},
  ]
  const rows = accounts.map((account) => [
    nameOf(account),
    account.role,
    account.state,
    timeLeft(account, now, formatBriefly),
    account.lastRefreshAt === undefined ? '–' : `${formatBriefly(now - account.lastRefreshAt)} ago`,
    account.nextRefreshAt === undefined ? '–' : untilDue(account.nextRefreshAt, now, formatBriefly),
    account.lastValidatedAt === undefined ? '–' : `${formatBriefly(now - account.lastValidatedAt)} ago`,
    String(account.scopes.length),
  ])
  return renderTable(columns, rows, stream)
}

/** Everything about one account. */
export function accountDetails(account: AccountStatus, now: EpochMs): string {
  const ago = (at: EpochMs | undefined) => (at === undefined ? undefined : `${formatDuration(now - at)} ago`)
  const {nextRefreshAt: next, lastFailure} = account
  return renderDetails([
    ['account', nameOf(account)],
    ['name', account.displayName],
    ['user id', account.userId],
    ['role', account.role],
    ['state', describeState(account)],
    ['time left', timeLeft(account, now, formatDuration)],
    ['added', ago(account.addedAt)],
    ['last refresh', ago(account.lastRefreshAt)],
    ['next refresh', next === undefined ? undefined : untilDue(next, now, formatDuration)],
    ['last check', ago(account.lastValidatedAt)],
    ['last failure', lastFailure && `${lastFailure.summary} (${formatDuration(now - lastFailure.at)} ago)`],
    ['credential', account.credential === 'oauth2' ? undefined : account.credential],
    ['scopes', account.credential === 'oauth2' ? account.scopes.join(' ') || 'none' : undefined],
  ])
}

/** What mends an account that needs a login: `twitch/some_bot needs a login (…): behalf bot add`. */
export const mendingLine = (account: AccountStatus): string =>
  `${nameOf(account)} needs a login${account.reason === undefined ? '' : ` (${explain(account, account.reason)})`}: ${loginCommandFor(account)}`

/** What is no OAuth 2 is not refreshed. */
const explain = ({credential}: AccountStatus, reason: NonNullable<AccountStatus['reason']>): string =>
  reason === 'rejected' && credential !== 'oauth2' ? 'the provider no longer takes it' : REASONS[reason]

const REASONS: Record<NonNullable<AccountStatus['reason']>, string> = {
  rejected: 'the provider refused to refresh it',
  'lost-reply': 'the answer to a refresh got lost',
  'no-refresh-token': 'its token is over and cannot be refreshed',
  'client-changed': 'the provider’s client id has changed',
  'origin-changed': 'the provider’s addresses have changed',
}

const describeState = (account: AccountStatus): string =>
  account.reason === undefined
    ? account.state
    : `${account.state}: ${account.detail ?? explain(account, account.reason)}`

type Format = (spanMs: number) => string

const timeLeft = ({expiresAt}: AccountStatus, now: EpochMs, format: Format): string =>
  expiresAt === undefined ? 'no limit' : expiresAt <= now ? 'none' : format(expiresAt - now)

const untilDue = (at: EpochMs, now: EpochMs, format: Format): string => (at <= now ? 'due' : `in ${format(at - now)}`)

const STATE_COLOURS: Record<AccountStatus['state'], 'green' | 'yellow' | 'red'> = {
  ok: 'green',
  expired: 'yellow',
  'in-doubt': 'yellow',
  unfinished: 'yellow',
  'login-needed': 'red',
}

/** `name` as `nameOf` says it. */
export const damagedLine = (name: string): string =>
  `The record of ${name} is damaged, and the account is not there for anyone. What is wrong: behalf store check`
