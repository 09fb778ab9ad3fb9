import type {LoginToken} from '../../broker/issue-login-token.js'
import type {FlowEnd} from '../../broker/end-flow.js'
import type {FlowStep} from '../../broker/receive-callback.js'
import {BehalfError} from '../../model/behalf-error.js'
import {pageHeaders, renderCallbackPage, type CallbackPage} from '../../model/callback-page.js'
import type {Flow} from '../../model/flow.js'
import {isoTime} from '../../model/iso-time.js'
import {envelope} from '../api/envelope.js'
import {statusOf} from './page-texts.js'

/** A page for a browser. @param formAction Where its form may lead, redirects included. */
export const showPage = (page: CallbackPage, formAction?: string): Response =>
  new Response(renderCallbackPage(page), {status: page.status, headers: pageHeaders(formAction)})

/** Sends a browser on. The method becomes GET (RFC 9110 15.4.4), and where it came from is not told. */
export const sendTo = (url: string, headers: Record<string, string> = {}): Response =>
  new Response(null, {
    status: 303,
    headers: {Location: url, 'Cache-Control': 'no-store', 'Referrer-Policy': 'no-referrer', ...headers},
  })

/** How a flow ended, for a program in the browser's place. */
export function endJson(end: FlowEnd, token?: LoginToken): Response {
  if (end.kind === 'failed') return failureJson(end.error)
  const {account, created, missingScopes, cannotRefresh} = end.result
  const data = {
    flow_id: end.flow.id,
    state: 'done',
    provider: account.provider,
    login: account.login,
    user_id: account.userId,
    ...(end.flow.subject !== undefined && {subject: end.flow.subject}),
    created,
    missing_scopes: missingScopes,
    cannot_refresh: cannotRefresh,
    ...(token && {
      token: token.token.reveal(),
      token_scope: token.scope,
      token_expires_at: isoTime(token.expiresAt),
    }),
  }
  return json(200, envelope(`${account.login} is connected`, data))
}

/** What a flow waits for before anything is kept, for a program in the browser's place. */
export function heldJson({flow}: Extract<FlowStep, {kind: 'held'}>, confirm: {url: string; proof: string}): Response {
  const {held} = flow
  const code = held?.code?.reveal()
  const data = {
    flow_id: flow.id,
    state: 'pending',
    waits_for: code === undefined ? 'confirmation' : 'code',
    provider: flow.provider,
    ...(held && {login: held.who.login, user_id: held.who.userId}),
    ...(flow.subject !== undefined && {subject: flow.subject}),
    ...(code === undefined ? {confirm_url: confirm.url, proof: confirm.proof} : {confirmation_code: code}),
  }
  return json(200, envelope('The person has to confirm it', data))
}

export const declinedJson = ({id}: Flow): Response =>
  json(200, envelope('Nothing was stored', {flow_id: id, state: 'failed'}))

/** What is not the caller's fault only the log describes. */
export function failureJson(error: unknown): Response {
  const status = statusOf(error)
  const isCallers = error instanceof BehalfError && (status < 500 || status === 502)
  const message = isCallers ? error.message : 'This could not be done now. Nothing was stored.'
  const hint = isCallers ? error.hint : undefined
  return json(
    status,
    {code: String(status), message, error: 'true', ...(hint !== undefined && {hint})},
    {'X-Behalf-Error': error instanceof BehalfError ? error.code : 'internal'},
  )
}

export const json = (status: number, body: object, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(body), {
    status,
    headers: {
      'Content-Type': 'application/json',
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
      ...headers,
    },
  })
