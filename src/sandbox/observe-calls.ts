import {setTimeout as wait} from 'node:timers/promises'

import {RESPONSE_ALREADY_SENT} from '@hono/node-server/utils/response'
import type {MiddlewareHandler} from 'hono'

import type {CallRecord} from './call-log.js'
import type {Fault} from './fault-queue.js'
import {getParameter, readParameters, type Parameters, type SandboxContext, type SandboxEnv} from './parameters.js'
import {shortHash} from './random-text.js'
import type {SandboxState} from './state.js'

/** Notes every call, and lets the faults happen that the control plane asked for. */
export function observeCalls(state: SandboxState, log: (line: string) => void): MiddlewareHandler<SandboxEnv> {
  return async (c, next) => {
    const parameters = await readParameters(c)
    const record = startRecord(state, c, parameters)
    state.calls.add(record)
    const fault = state.faults.take(c.req.method, c.req.path, parameters.all)
    if (fault === undefined || isProcessed(fault)) {
      await next()
      completeRecord(record, c)
    }
    record.outcome = fault?.kind ?? 'replied'
    // Only what the sandbox itself says: paths and names, never a query, a body or a header.
    log(`${record.method} ${record.path} ${String(record.status ?? '-')} ${record.outcome}`)
    if (fault) await breakReply(c, fault, record)
  }
}

const isProcessed = (fault: Fault): boolean => (fault.kind === 'status' ? fault.process : fault.kind !== 'drop-before')

function startRecord(state: SandboxState, c: SandboxContext, {query, form, all}: Parameters): CallRecord {
  const {kind, token} = readAuthorization(c.req.header('authorization') ?? '')
  const presented = token ?? getParameter(form, 'token')
  const grantType = getParameter(all, 'grant_type')
  const refreshToken = getParameter(all, 'refresh_token')
  const clientId = getParameter(all, 'client_id') ?? c.req.header('client-id')
  return {
    at: state.clock.now(),
    method: c.req.method,
    path: c.req.path,
    query: [...new Set(query.keys())],
    form: [...new Set(form.keys())],
    ...(grantType !== undefined && {grantType}),
    authorization: kind,
    ...(presented !== undefined && {tokenHash: shortHash(presented)}),
    ...(refreshToken !== undefined && {refreshTokenHash: shortHash(refreshToken)}),
    ...(clientId !== undefined && {clientId}),
    outcome: 'pending',
  }
}

function readAuthorization(header: string): {kind: CallRecord['authorization']; token?: string} {
  if (header === '') return {kind: 'none'}
  const [, scheme = '', token = ''] = /^(\S+) *(.*)$/.exec(header) ?? []
  const kind = scheme.toLowerCase()
  return {kind: kind === 'bearer' || kind === 'oauth' || kind === 'basic' ? kind : 'other', token}
}

function completeRecord(record: CallRecord, c: SandboxContext): void {
  const user = c.get('user')
  const clientId = c.get('clientId')
  const issued = c.get('issued')
  record.status = c.res.status
  if (user) record.user = user.login
  if (clientId !== undefined) record.clientId = clientId
  if (issued?.access !== undefined) record.issuedAccessTokenHash = shortHash(issued.access)
  if (issued?.refresh !== undefined) record.issuedRefreshTokenHash = shortHash(issued.refresh)
}

async function breakReply(c: SandboxContext, fault: Fault, record: CallRecord): Promise<void> {
  if (fault.delayMs > 0) await wait(fault.delayMs, undefined, {ref: false})
  switch (fault.kind) {
    case 'delay':
      return
    case 'drop':
    case 'drop-before':
      c.env.outgoing.destroy()
      replaceReply(c, RESPONSE_ALREADY_SENT)
      return
    case 'partial':
      await sendPart(c, fault)
      replaceReply(c, RESPONSE_ALREADY_SENT)
      return
    case 'malformed':
      replaceReply(c, Response.json(await spoilTokens(c.res)))
      return
    case 'status':
      record.status = fault.status
      replaceReply(c, makeReply(fault))
  }
}

/** Without the first step hono would mix in the headers of the answer that is replaced. */
function replaceReply(c: SandboxContext, reply: Response): void {
  c.res = undefined
  c.res = reply
}

/** The whole length is announced, a part is sent, and the connection cut. */
async function sendPart(c: SandboxContext, fault: Fault): Promise<void> {
  const body = Buffer.from(await c.res.arrayBuffer())
  const {outgoing} = c.env
  outgoing.writeHead(c.res.status, {
    ...Object.fromEntries(c.res.headers),
    'content-length': String(Math.max(body.length, 1)),
  })
  const part = body.subarray(0, Math.min(fault.bytes ?? Math.floor(body.length / 2), body.length - 1))
  await new Promise<void>((resolve) => {
    outgoing.write(part, () => {
      resolve()
    })
  })
  outgoing.destroy()
}

/** Keeps a good `refresh_token` and makes the rest unusable. */
async function spoilTokens(reply: Response): Promise<Record<string, unknown>> {
  const body: unknown = await reply.json().catch(() => ({}))
  const refreshToken =
    typeof body === 'object' && body !== null && 'refresh_token' in body ? body.refresh_token : undefined
  return {access_token: null, expires_in: {}, refresh_token: refreshToken, scope: 7, token_type: []}
}

function makeReply({status, headers, body}: Fault): Response {
  const isText = typeof body === 'string'
  const text = body === undefined || status === 204 || status === 304 ? null : isText ? body : JSON.stringify(body)
  const type = isText ? 'text/plain; charset=utf-8' : 'application/json'
  return new Response(text, {status, headers: {...(text !== null && {'content-type': type}), ...headers}})
}
