import type {Server} from 'node:http'
import {Server as NetServer} from 'node:net'
import {setTimeout as wait} from 'node:timers/promises'

import {SECOND_MS} from '../../model/time.js'
import type {FrontDoor} from './front-door.js'

/** How long requests may go on after the end has been announced; longer while a refresh is under way that they wait for. */
const DRAIN_MS = 10 * SECOND_MS
const DRAIN_WITH_REFRESH_MS = 30 * SECOND_MS
/** On a connection that is idle the next request may be on its way; it is answered, and told that it was the last. */
const LAST_REQUEST_MS = 0.3 * SECOND_MS
const LOOK_EVERY_MS = 20

/** Accepts nobody any more, lets requests that run come to their end, then cuts what is left. */
export async function drain(
  servers: readonly Server[],
  frontDoor: FrontDoor,
  isRefreshing: () => boolean,
): Promise<void> {
  frontDoor.sayGoodbye()
  const closed = Promise.all(servers.map(stopAccepting)).then(() => true)
  const begunAtMs = performance.now()
  for (let isClosed = false; !isClosed;) {
    isClosed = await Promise.race([closed, wait(LOOK_EVERY_MS, false)])
    const spentMs = performance.now() - begunAtMs
    if (spentMs >= (isRefreshing() ? DRAIN_WITH_REFRESH_MS : DRAIN_MS)) break
    // From then on a connection ends when its answer is out.
    if (spentMs >= LAST_REQUEST_MS) frontDoor.closeQuietConnections()
  }
  for (const server of servers) server.closeAllConnections()
  await closed
}

/** As `close` of an HTTP server, which cuts idle connections at once besides. */
const stopAccepting = (server: Server): Promise<void> =>
  new Promise((resolve) => void NetServer.prototype.close.call(server, () => resolve()))
