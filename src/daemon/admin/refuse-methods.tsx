import type {MiddlewareHandler} from 'hono'

import type {AdminEnv} from './admin-env.js'
import {Page} from './parts/page.js'

/** Pages are looked at, and forms are sent. */
export const refuseOtherMethods: MiddlewareHandler<AdminEnv> = async (context, next) => {
  if (['GET', 'HEAD', 'POST'].includes(context.req.method)) return next()
  return context.html(
    <Page title="Not like this">
      <p>Only GET and POST are answered here.</p>
    </Page>,
    405,
    {Allow: 'GET, HEAD, POST'},
  )
}
