import type {MiddlewareHandler} from 'hono'

import type {AdminDeps} from './admin-deps.js'
import type {AdminEnv} from './admin-env.js'

export const requireSession =
  ({clock}: Pick<AdminDeps, 'clock'>): MiddlewareHandler<AdminEnv> =>
  async (context, next) => {
    const now = clock.now()
    context.set('session', {id: 'madeup01', csrfToken: 'made-up', now, endsAt: now + 1000})
    await next()
  }
