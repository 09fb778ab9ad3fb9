import type {Behalf} from '../behalf.js'
import {toNodeHandler} from '../to-node-handler.js'
import type {Robot} from './robot.js'

/**
 * Serves behalf's pages from Hubot's own HTTP server: the callback and, beside it, what leads there and comes after it.
 * Everything else of the server is left to other scripts.
 */
export function mountPages({router, logger}: Robot, behalf: Behalf, callbackUrl: string): void {
  if (router?.use === undefined) {
    logger.warn(`behalf: Hubot runs without HTTP, so ${callbackUrl} has to lead to a daemon of the same store.`)
    return
  }
  const handler = toNodeHandler((request) => behalf.handleRedirect(request))
  const {pathname} = new URL(callbackUrl)
  router.use(pathname, handler)
  router.use(new URL('flows', callbackUrl).pathname, handler)
}
