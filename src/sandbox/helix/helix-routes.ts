import {Hono} from 'hono'
import type {StatusCode} from 'hono/utils/http-status'

import {findEndpoint} from '../../helix/catalogue.js'
import type {HelixEndpoint} from '../../model/helix-endpoint.js'
import {readParameters, type SandboxContext, type SandboxEnv} from '../parameters.js'
import type {SandboxState} from '../state.js'
import {
  authenticate,
  checkActingUser,
  checkModerator,
  checkScopes,
  checkTokenKind,
  type Caller,
  type ReadParameter,
} from './check-call.js'
import {checkParameters} from './check-parameters.js'
import {findHandler} from './handlers.js'
import type {HelixReply} from './helix-call.js'
import {HelixError} from './helix-error.js'

/**
 * `/helix/…`: the checks in the order of facts 3.2, then the endpoint's own doing.
 * @param base What stands in front of an endpoint's path.
 */
export function createHelixRoutes(state: SandboxState, base = '/helix'): Hono<SandboxEnv> {
  const app = new Hono<SandboxEnv>()

  app.all('/*', async (c) => {
    const path = c.req.path.slice(base.length)
    const endpoint = findEndpoint(c.req.method, path)
    if (endpoint === undefined) throw new HelixError(404, '')
    if (endpoint.deprecated === true) throw new HelixError(410, 'The API is deprecated.')

    const caller = authenticate(state, endpoint, {
      authorization: c.req.header('authorization'),
      clientId: c.req.header('client-id'),
    })
    if (caller) {
      noteCaller(c, caller)
      takePoint(state, c, endpoint, caller)
      checkTokenKind(endpoint, caller)
    }
    const {query} = await readParameters(c)
    const body = endpoint.body === null ? undefined : await readJson(c)
    const read = createReader(query, body)
    if (caller) {
      checkScopes(state, endpoint, caller, read)
      checkActingUser(endpoint, caller, read)
    }
    checkParameters(endpoint, query, body)
    checkModerator(state, endpoint, read)
    const call = {state, endpoint, token: caller?.token, user: caller?.user, query, body}
    return reply(c, endpoint, findHandler(endpoint)(call))
  })

  return app
}

function noteCaller(c: SandboxContext, {token, user}: Caller): void {
  c.set('clientId', token.clientId)
  if (user) c.set('user', user)
}

/** Sending chat messages has a bucket of its own, and a larger one (facts 3.3). */
const CHAT_FACTOR = 2

function takePoint(state: SandboxState, c: SandboxContext, endpoint: HelixEndpoint, {token}: Caller): void {
  const isChat = endpoint.path === '/chat/messages'
  const key = `${isChat ? 'chat ' : ''}${token.clientId} ${token.userId ?? ''}`
  const reading = state.rateLimiter.take(key, isChat ? state.rateLimiter.limit * CHAT_FACTOR : undefined)
  // Whoever reads `Ratelimit-Reset` needs to know what time it is here.
  c.header('Date', new Date(state.clock.now()).toUTCString())
  c.header('Ratelimit-Limit', String(reading.limit))
  c.header('Ratelimit-Remaining', String(reading.remaining))
  c.header('Ratelimit-Reset', String(reading.resetAtSeconds))
  if (!reading.allowed) throw new HelixError(429, 'Request limit exceeded')
}

async function readJson(c: SandboxContext): Promise<unknown> {
  const text = await c.req.text()
  if (text.trim() === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    throw new HelixError(400, 'The request body is not valid JSON.')
  }
}

/** Parameters may be in the query or in the body, by the same names. */
function createReader(query: URLSearchParams, body: unknown): ReadParameter {
  const fields = new Map<string, unknown>(typeof body === 'object' && body !== null ? Object.entries(body) : [])
  return (name) => {
    const value = query.get(name) ?? fields.get(name)
    return typeof value === 'string' && value !== '' ? value : undefined
  }
}

function reply(c: SandboxContext, endpoint: HelixEndpoint, answer: HelixReply): Response {
  const status = (answer.status ?? endpoint.success) as StatusCode
  c.status(status)
  if (answer.text) return c.body(answer.text.value, {headers: {'Content-Type': answer.text.type}})
  if (status === 204 || answer.body === undefined) return c.body(null)
  return c.body(JSON.stringify(answer.body), {headers: {'Content-Type': 'application/json; charset=utf-8'}})
}
