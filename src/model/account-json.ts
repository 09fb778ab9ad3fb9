import type {AccountStatus} from './account-status.js'
import {isoTime, timeField} from './iso-time.js'

/** An account as programs get it, from a command and over HTTP. */
export function accountJson(account: AccountStatus): Record<string, unknown> {
  return {
    key: account.key,
    provider: account.provider,
    login: account.login,
    ...(account.displayName !== undefined && {display_name: account.displayName}),
    user_id: account.userId,
    role: account.role,
    ...(account.subject !== undefined && {subject: account.subject}),
    state: account.state,
    ...(account.reason !== undefined && {reason: account.reason}),
    ...(account.detail !== undefined && {detail: account.detail}),
    credential: account.credential,
    scopes: account.scopes,
    added_at: isoTime(account.addedAt),
    ...timeField('expires_at', account.expiresAt),
    ...timeField('last_refresh_at', account.lastRefreshAt),
    ...timeField('next_refresh_at', account.nextRefreshAt),
    ...timeField('last_validated_at', account.lastValidatedAt),
    ...(account.lastFailure && {
      last_failure: {at: isoTime(account.lastFailure.at), summary: account.lastFailure.summary},
    }),
  }
}
