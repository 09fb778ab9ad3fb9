import type {IncomingMessage} from 'node:http'

import type {DaemonSettings} from '../daemon-deps.js'
import {checkFraming, checkHost, checkOrigin, describeRequest, readTarget, type Refusal} from './door-rules.js'

/** Some clients can be told of a server and a port, and of no path. */
const CHAT_PATHS = ['/irc', '/']

/** Whether a request wants the WebSocket of the IRC gateway (RFC 6455 4.1). */
export function asksForChat(request: IncomingMessage): boolean {
  const [path] = (readTarget(describeRequest(request))?.path ?? '').split('?')
  return CHAT_PATHS.includes(path ?? '') && request.headers.upgrade?.toLowerCase() === 'websocket'
}

/** Why it is not let in; undefined: it is. */
export function refuseChat(
  request: IncomingMessage,
  settings: Pick<DaemonSettings, 'listen' | 'publicUrl' | 'corsOrigins'>,
): Refusal | undefined {
  const described = describeRequest(request)
  const host = readTarget(described)?.host
  return (
    checkFraming(described) ??
    checkHost(host, described, settings) ??
    // No browser asks before it opens a WebSocket, and its page may write: the rules are those of what is unsafe.
    checkOrigin(host, {...described, method: 'POST'}, settings)
  )
}
