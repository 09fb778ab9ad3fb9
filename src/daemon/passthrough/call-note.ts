import type {IncomingMessage} from 'node:http'

import type {DaemonDeps} from '../daemon-deps.js'

/** What is told of a call when it has ended, as far as it is known by then. */
export interface CallNote {
  /** One that is known: anyone can make a name up. */
  provider?: string
  apiTokenId?: string
  actedAs?: string
}

/** Tells the metrics of a call, and the audit if its caller is known. */
export function reportCall(
  {log, metrics}: Pick<DaemonDeps, 'log' | 'metrics'>,
  request: IncomingMessage,
  {provider, apiTokenId, actedAs}: CallNote,
  {status, durationMs}: {status: number; durationMs: number},
): void {
  if (provider !== undefined) {
    const statusClass = `${String(Math.floor(status / 100))}xx`
    metrics.observePassthrough({provider, statusClass, seconds: durationMs / 1000})
  }
  if (apiTokenId === undefined) return
  const account = actedAs === undefined ? {} : {actedAs}
  log.audit({apiTokenId, ...account, method: request.method ?? '', path: pathOf(request), status, durationMs})
}

/** Without the query, which may hold anything. */
export const pathOf = ({url = ''}: IncomingMessage): string => url.split('?', 1)[0] ?? ''
