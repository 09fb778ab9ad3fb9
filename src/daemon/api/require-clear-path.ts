import type {MiddlewareHandler} from 'hono'

import {BehalfError} from '../../model/behalf-error.js'
import type {ApiEnv} from './api-app.js'

/** Refuses a path with dot segments and the like: a proxy before the daemon may have read it differently. */
export const requireClearPath: MiddlewareHandler<ApiEnv> = async (context, next) => {
  const [sent] = (context.env.incoming.url ?? '').split('?')
  if (new URL(context.req.url).pathname !== sent) {
    throw new BehalfError(
      'invalid-input',
      'The path is not clear: it has a dot segment or a character that must be encoded.',
    )
  }
  await next()
}
