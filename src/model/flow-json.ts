import {accountJson} from './account-json.js'
import type {FlowView} from './flow-view.js'
import {isoTime} from './iso-time.js'

/** A flow as programs get it, from a command and over HTTP. */
export function flowJson(flow: FlowView): Record<string, unknown> {
  const {waitsFor, account, missingScopes, cannotRefresh, failure} = flow
  return {
    flow_id: flow.id,
    provider: flow.provider,
    role: flow.role,
    ...(flow.subject !== undefined && {subject: flow.subject}),
    state: flow.state,
    ...(waitsFor !== undefined && {waits_for: waitsFor}),
    created_at: isoTime(flow.createdAt),
    expires_at: isoTime(flow.expiresAt),
    ...(account && {account: accountJson(account)}),
    ...(flow.created !== undefined && {created: flow.created}),
    ...(missingScopes !== undefined && {missing_scopes: missingScopes}),
    ...(cannotRefresh !== undefined && {cannot_refresh: cannotRefresh}),
    ...(failure && {reason: failure.message, reason_code: failure.code}),
  }
}
