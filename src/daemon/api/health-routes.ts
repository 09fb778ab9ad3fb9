import {createRoute} from '@hono/zod-openapi'
import {z} from 'zod'

import {Secret} from '../../model/secret.js'
import {addRoute, type ApiApp, type ApiDeps} from './api-app.js'
import {createDamageCount} from './damage-count.js'
import {refusals, refusedWithoutToken, SECURED, jsonAnswer} from './route-answers.js'
import {requireScope} from './require-caller.js'

const readiness = z
  .strictObject({
    status: z.enum(['ok', 'unavailable']),
    store: z.enum(['ok', 'unavailable']).describe('whether it can be read, opened and written'),
    schedule: z.enum(['ok', 'stopped']).describe('whether accounts are kept fresh'),
    damaged: z
      .int()
      .optional()
      .describe('how many accounts and providers have records that cannot be read; the others work'),
  })
  .meta({id: 'Readiness'})

const healthRoute = createRoute({
  method: 'get',
  path: '/healthz',
  summary: 'Whether the daemon is alive',
  responses: {200: jsonAnswer(z.strictObject({status: z.literal('ok')}), 'It is')},
})

const readinessRoute = createRoute({
  method: 'get',
  path: '/readyz',
  summary: 'Whether the store and the schedule work',
  responses: {200: jsonAnswer(readiness, 'Both work'), 503: jsonAnswer(readiness, 'One does not')},
})

const metricsRoute = createRoute({
  method: 'get',
  path: '/metrics',
  summary: 'Metrics for Prometheus',
  description: 'Scope: `metrics:read`.',
  security: SECURED,
  responses: {
    200: {description: 'Metrics', content: {'text/plain': {schema: z.string()}}},
    ...refusedWithoutToken,
    ...refusals([403]),
  },
})

/** What is asked by those who look after the daemon. */
export function addHealthRoutes(app: ApiApp, deps: ApiDeps): void {
  const look = createLook(deps)
  addRoute(app, healthRoute, (context) => context.json({status: 'ok'}))

  addRoute(app, readinessRoute, async (context) => {
    const {isStoreOpen, damaged} = await look()
    const isScheduleAlive = deps.schedule.isAlive()
    const isReady = isStoreOpen && isScheduleAlive
    return context.json(
      {
        status: isReady ? 'ok' : 'unavailable',
        store: isStoreOpen ? 'ok' : 'unavailable',
        schedule: isScheduleAlive ? 'ok' : 'stopped',
        ...(damaged > 0 && {damaged}),
      },
      isReady ? 200 : 503,
    )
  })

  addRoute(app, {...metricsRoute, middleware: requireScope(deps, 'metrics:read')}, async (context) => {
    const {contentType, text} = await deps.metrics.expose()
    return context.body(text, 200, {'Content-Type': contentType})
  })
}

interface StoreLook {
  isStoreOpen: boolean
  damaged: number
}

/** Looks at the store as it is now; one line of the log says that it has gone, and one that it is back. */
function createLook(deps: ApiDeps): () => Promise<StoreLook> {
  const {storeAsItIs: store, log} = deps
  const countDamaged = createDamageCount(deps)
  let wasOpen = true
  return async () => {
    try {
      await openKeys(store)
      await store.checkWritable()
      const damaged = await countDamaged()
      if (!wasOpen) log.info('store-available')
      wasOpen = true
      return {isStoreOpen: true, damaged}
    } catch (error) {
      if (wasOpen) log.warn('store-unavailable', {error})
      wasOpen = false
      return {isStoreOpen: false, damaged: 0}
    }
  }
}

/** Reading it is not enough: with another sealing secret nothing in it can be used. An empty store has no keys yet. */
async function openKeys(store: ApiDeps['store']): Promise<void> {
  if ((await store.lastWrittenAt()) !== undefined) await store.fingerprint(new Secret('readyz'))
}
