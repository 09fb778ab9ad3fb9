import type {IncomingMessage} from 'node:http'

import type {NamedAccount} from '../../model/account-name.js'
import type {ApiToken} from '../../model/api-token.js'
import type {ErrorCode} from '../../model/behalf-error.js'
import type {DaemonDeps} from '../daemon-deps.js'
import {tellCall} from '../observe/tell-call.js'

/** What is told of a call when it has ended, as far as it is known by then. */
export interface CallNote {
  /** One that is known: anyone can make a name up. */
  provider?: string
  apiToken?: ApiToken
  account?: NamedAccount
  /** Why it failed here. */
  code?: ErrorCode
}

/** Tells the metrics of a call, and all others who are to know. */
export function reportCall(
  deps: Pick<DaemonDeps, 'log' | 'metrics' | 'activity'>,
  request: IncomingMessage,
  {provider, ...note}: CallNote,
  {status, durationMs}: {status: number; durationMs: number},
): void {
  if (provider !== undefined) {
    const statusClass = `${String(Math.floor(status / 100))}xx`
    deps.metrics.observePassthrough({provider, statusClass, seconds: durationMs / 1000})
  }
  const {method = '', headers} = request
  const userAgent = headers['user-agent']
  const more = {...note, ...(userAgent !== undefined && {userAgent})}
  tellCall(deps, {...more, method, path: pathOf(request), status, durationMs})
}

/** Without the query, which may hold anything. */
export const pathOf = ({url = ''}: IncomingMessage): string => url.split('?', 1)[0] ?? ''
