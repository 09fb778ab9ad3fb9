import type {IncomingMessage} from 'node:http'

import type {ErrorCode} from '../../model/behalf-error.js'
import type {DaemonDeps} from '../daemon-deps.js'

/** What is told of a call when it has ended, as far as it is known by then. */
export interface CallNote {
  /** One that is known: anyone can make a name up. */
  provider?: string
  apiTokenId?: string
  actedAs?: string
  /** Why it failed here. */
  code?: ErrorCode
}

/** Tells the metrics of a call, and the audit if its caller is known. */
export function reportCall(
  {log, metrics}: Pick<DaemonDeps, 'log' | 'metrics'>,
  request: IncomingMessage,
  {provider, apiTokenId, actedAs, code}: CallNote,
  {status, durationMs}: {status: number; durationMs: number},
): void {
  if (provider !== undefined) {
    const statusClass = `${String(Math.floor(status / 100))}xx`
    metrics.observePassthrough({provider, statusClass, seconds: durationMs / 1000})
  }
  if (apiTokenId === undefined) return
  const more = {...(actedAs !== undefined && {actedAs}), ...(code && {code})}
  log.audit({apiTokenId, ...more, method: request.method ?? '', path: pathOf(request), status, durationMs})
}

/** Without the query, which may hold anything. */
export const pathOf = ({url = ''}: IncomingMessage): string => url.split('?', 1)[0] ?? ''
