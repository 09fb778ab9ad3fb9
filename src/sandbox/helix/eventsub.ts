import {randomUUID} from 'node:crypto'

import {z} from 'zod'

import type {EventSubscription} from '../records.js'
import {formatTime} from '../sandbox-clock.js'
import {parseBody, queryValue, requireValue, type HelixCall, type HelixHandler, type HelixReply} from './helix-call.js'
import {HelixError} from './helix-error.js'
import {paginate} from './paginate.js'

const MAX_TOTAL_COST = {app: 10_000, user: 10}
const FILTERS = ['status', 'type', 'user_id', 'subscription_id', 'conduit_id']

const subscriptionBody = z.object({
  type: z.string().min(1).max(200),
  version: z.string().min(1).max(20),
  condition: z.record(z.string(), z.string()),
  transport: z.discriminatedUnion('method', [
    z.object({
      method: z.literal('webhook'),
      callback: z.url({protocol: /^https$/}),
      secret: z.string().min(10).max(100),
    }),
    z.object({method: z.literal('websocket'), session_id: z.string().min(1)}),
    z.object({method: z.literal('conduit'), conduit_id: z.string().min(1)}),
  ]),
})

/** A record only: nothing is delivered. Webhooks and conduits need an app token, WebSockets a user's. */
function subscribe(call: HelixCall): HelixReply {
  const {type, version, condition, transport} = parseBody(call, subscriptionBody)
  checkTokenFits(call, transport.method)
  const {clientId, userId} = requireToken(call)
  const same = listOwn(call).find(
    (other) =>
      other.type === type &&
      other.version === version &&
      other.transport.method === transport.method &&
      JSON.stringify(Object.entries(other.condition).sort()) === JSON.stringify(Object.entries(condition).sort()),
  )
  if (same) throw new HelixError(409, 'subscription already exists')
  const subscription: EventSubscription = {
    id: randomUUID(),
    clientId,
    userId,
    type,
    version,
    condition,
    transport: {
      method: transport.method,
      ...(transport.method === 'webhook' && {callback: transport.callback}),
      ...(transport.method === 'websocket' && {session_id: transport.session_id}),
      ...(transport.method === 'conduit' && {conduit_id: transport.conduit_id}),
    },
    createdAt: call.state.clock.now(),
  }
  call.state.subscriptions.set(subscription.id, subscription)
  return {body: {data: [describeSubscription(subscription)], ...describeTotals(call)}}
}

function listSubscriptions(call: HelixCall): HelixReply {
  const used = FILTERS.filter((name) => queryValue(call, name) !== undefined)
  if (used.length > 1) throw new HelixError(400, 'only one filter parameter may be used')
  const value = (name: string) => queryValue(call, name)
  const found = listOwn(call).filter(
    (subscription) =>
      (value('status') ?? 'enabled') === 'enabled' &&
      (value('type') ?? subscription.type) === subscription.type &&
      (value('subscription_id') ?? subscription.id) === subscription.id &&
      (value('conduit_id') ?? subscription.transport.conduit_id) === subscription.transport.conduit_id &&
      (value('user_id') === undefined || Object.values(subscription.condition).includes(value('user_id') ?? '')),
  )
  const {data, pagination} = paginate(call, found)
  return {body: {data: data.map(describeSubscription), ...describeTotals(call), pagination: pagination ?? {}}}
}

function unsubscribe(call: HelixCall): HelixReply {
  const id = requireValue(call, 'id')
  if (!listOwn(call).some((subscription) => subscription.id === id)) {
    throw new HelixError(404, 'subscription not found')
  }
  call.state.subscriptions.delete(id)
  return {}
}

function requireToken(call: HelixCall) {
  if (call.token === undefined) throw new HelixError(401, 'OAuth token is missing')
  return call.token
}

/** Those made with the same kind of token; a user's token sees only the user's own. */
function listOwn(call: HelixCall): EventSubscription[] {
  const {clientId, userId} = requireToken(call)
  return [...call.state.subscriptions.values()].filter(
    (subscription) => subscription.clientId === clientId && subscription.userId === userId,
  )
}

function checkTokenFits(call: HelixCall, method: 'webhook' | 'websocket' | 'conduit'): void {
  const wanted = method === 'websocket' ? 'user' : 'app'
  if (requireToken(call).kind === wanted) return
  throw new HelixError(
    400,
    `invalid transport and auth combination: ${method} needs ${wanted === 'app' ? 'an app' : 'a user'} access token`,
  )
}

const describeSubscription = ({id, type, version, condition, transport, createdAt}: EventSubscription) => ({
  id,
  status: 'enabled',
  type,
  version,
  condition,
  created_at: formatTime(createdAt),
  transport: {...transport, ...(transport.method === 'websocket' && {connected_at: formatTime(createdAt)})},
  cost: 0,
})

const describeTotals = (call: HelixCall) => ({
  total: listOwn(call).length,
  total_cost: 0,
  max_total_cost: MAX_TOTAL_COST[requireToken(call).kind],
})

export const eventsubHandlers: Record<string, HelixHandler> = {
  'POST /eventsub/subscriptions': subscribe,
  'GET /eventsub/subscriptions': listSubscriptions,
  'DELETE /eventsub/subscriptions': unsubscribe,
}
