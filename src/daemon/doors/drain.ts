import type {Server} from 'node:http'
import {setTimeout as wait} from 'node:timers/promises'

import {SECOND_MS} from '../../model/time.js'

/** How long requests may go on after the end has been announced; longer while a refresh is under way that they wait for. */
const DRAIN_MS = 10 * SECOND_MS
const DRAIN_WITH_REFRESH_MS = 30 * SECOND_MS
const LOOK_EVERY_MS = 50

/** Accepts nobody any more, lets requests that run come to their end, then cuts what is left. */
export async function drain(servers: readonly Server[], isRefreshing: () => boolean): Promise<void> {
  const closed = Promise.all(servers.map(closeServer)).then(() => true)
  const begunAtMs = performance.now()
  const mayGoOn = (): boolean => performance.now() - begunAtMs < (isRefreshing() ? DRAIN_WITH_REFRESH_MS : DRAIN_MS)
  for (let isClosed = false; !isClosed && mayGoOn();) {
    // A connection that was kept for another request is idle once its answer is out.
    for (const server of servers) server.closeIdleConnections()
    isClosed = await Promise.race([closed, wait(LOOK_EVERY_MS, false)])
  }
  for (const server of servers) server.closeAllConnections()
  await closed
}

const closeServer = (server: Server): Promise<void> => new Promise((resolve) => void server.close(() => resolve()))
