import type {IncomingMessage, ServerResponse} from 'node:http'
import type {Socket} from 'node:net'

import {BehalfError} from '../../model/behalf-error.js'
import type {DaemonDeps} from '../daemon-deps.js'
import {HTTP_STATUSES} from '../http-statuses.js'
import type {Passthrough} from '../passthrough/passthrough.js'
import type {UpgradeDoor} from './answer-upgrades.js'
import {BodyRoom} from './body-room.js'
import {asksForChat, refuseChat} from './chat-rules.js'
import {
  checkFraming,
  checkHost,
  checkOrigin,
  corsHeaders,
  describeRequest,
  isPreflight,
  PREFLIGHT_HEADERS,
  readTarget,
  type Refusal,
} from './door-rules.js'
import {announcesMoreThan, bodyTooLarge, readBody} from './limit-body.js'
import {OpenAnswers} from './open-answers.js'
import {refuseConnection, refuseRequest, refuseRest} from './refuse-request.js'

type Deps = Pick<DaemonDeps, 'settings' | 'log'>

/** Who answers what has come through the door. */
export interface Rooms {
  /** Takes requests raw, with the body not read yet, and limits it by itself. */
  passthrough: Pick<Passthrough, 'matches' | 'handle'>
  /** The door's own answer: whether there is a daemon. */
  answerOwn(visit: Visit): Promise<boolean>
  /** Takes over connections for chat, which are no HTTP any more. */
  chat?: (request: IncomingMessage, socket: Socket, head: Buffer) => void
  /** All others; a body has been read as a whole. */
  app(request: IncomingMessage, response: ServerResponse): unknown
}

/** A request that is let in. */
export interface Visit {
  request: IncomingMessage
  response: ServerResponse
  /** As it was sent, and still encoded. */
  path: string
  /** What stands behind the first `?`. */
  query: string
  /** Undefined on the Unix socket. */
  localAddress: string | undefined
}

export type RequestListener = (request: IncomingMessage, response: ServerResponse) => void

export interface FrontDoor extends UpgradeDoor {
  listener: RequestListener
  /** Answers what the server could not understand as a request, after the requests that came before it. */
  refuseRest: (socket: Socket, refusal: Refusal) => Promise<void>
  greet: (socket: Socket) => void
  /** From now on every answer ends its connection, also those to requests that are under way. */
  sayGoodbye(): void
  closeQuietConnections(): void
}

/**
 * The one way in, on TCP and on the socket: who may not come in is answered here, all others are shown to a room.
 * Whatever goes wrong inside is logged and, while that can be done, answered; nothing thrown gets any further.
 */
export function createFrontDoor(deps: Deps, rooms: Rooms): FrontDoor {
  const openAnswers = new OpenAnswers()
  const room = new BodyRoom(MAX_WHOLE_BODIES * deps.settings.maxBodyBytes)
  let isClosing = false
  const refuse: Refuse = (response, refusal) => {
    openAnswers.condemn(response.req.socket)
    refuseRequest(response, refusal)
  }
  const answer = async (visit: Visit): Promise<void> => {
    const {request, response} = visit
    if (await rooms.answerOwn(visit)) return
    const giveBack = await readWhole(request, response, {maxBytes: deps.settings.maxBodyBytes, room})
    try {
      await rooms.app(request, response)
    } finally {
      giveBack()
    }
  }
  const fail = (request: IncomingMessage, response: ServerResponse, error: unknown): void => {
    if (request.destroyed && !request.complete) return
    const refusal = explain(error)
    if (refusal.status >= 500) deps.log.error('request-failed', {error})
    refuse(response, refusal)
  }
  const noteBrokenRequest = (error: Error): void => deps.log.debug('request-broken', {error})
  const noteBrokenResponse = (error: Error): void => deps.log.debug('response-broken', {error})
  const listener: RequestListener = (request, response) => {
    if (openAnswers.isCondemned(request.socket)) return
    const presence = openAnswers.add(response)
    // RFC 9110 10.1.1: a client of HTTP/1.0 does not wait to be asked, and would take it for the answer.
    if (request.httpVersion === '1.0') delete request.headers.expect
    if (isClosing) response.shouldKeepAlive = false
    request.on('error', noteBrokenRequest)
    response.on('error', noteBrokenResponse)
    try {
      const visit = admit(deps, request, response, refuse)
      if (visit === undefined) return
      const isPassedThrough = rooms.passthrough.matches(visit.path)
      const answered = isPassedThrough ? rooms.passthrough.handle(request, response, presence) : answer(visit)
      answered.catch((error: unknown) => {
        fail(request, response, error)
      })
    } catch (error) {
      fail(request, response, error)
    }
  }
  return {
    listener,
    greet: (socket) => openAnswers.addConnection(socket),
    closeQuietConnections: () => openAnswers.closeQuietConnections(),
    async refuseRest(socket, refusal) {
      const unfinished = openAnswers.findUnfinished(socket)
      if (openAnswers.isCondemned(socket)) {
        // It has been answered, and waited for the rest.
        unfinished?.end()
        return
      }
      openAnswers.condemn(socket)
      if (unfinished !== undefined) {
        refuseRest(unfinished, refusal)
        return
      }
      await openAnswers.settled(socket)
      refuseConnection(socket, refusal)
    },
    async upgrade(request, socket, head) {
      if (!rooms.chat || !asksForChat(request)) return false
      // Answers to requests that came before it are still on their way.
      await openAnswers.settled(socket)
      const refusal = isClosing ? LEAVING : refuseChat(request, deps.settings)
      if (refusal) {
        refuseConnection(socket, refusal)
        return true
      }
      openAnswers.release(socket)
      rooms.chat(request, socket, head)
      return true
    },
    sayGoodbye() {
      isClosing = true
      for (const response of openAnswers) response.shouldKeepAlive = false
    },
  }
}

type Refuse = (response: ServerResponse, refusal: Refusal) => void

/** @returns undefined when the request has been answered. */
function admit(
  {settings}: Deps,
  request: IncomingMessage,
  response: ServerResponse,
  refuse: Refuse,
): Visit | undefined {
  const described = describeRequest(request)
  const target = readTarget(described)
  const refusal =
    checkFraming(described) ??
    (target === undefined ? NO_TARGET : undefined) ??
    checkHost(target?.host, described, settings) ??
    checkOrigin(target?.host, described, settings)
  if (target === undefined || refusal !== undefined) {
    refuse(response, refusal ?? NO_TARGET)
    return undefined
  }
  if (settings.corsOrigins.length > 0) {
    for (const [name, value] of Object.entries(corsHeaders(described, settings))) response.setHeader(name, value)
  }
  if (isPreflight(described)) {
    response.writeHead(204, PREFLIGHT_HEADERS).end()
    return undefined
  }
  request.url = target.path
  const mark = target.path.indexOf('?')
  const path = mark < 0 ? target.path : target.path.slice(0, mark)
  const query = mark < 0 ? '' : target.path.slice(mark + 1)
  return {request, response, path, query, localAddress: described.localAddress}
}

/**
 * Small bodies are read before anyone is asked: what is slow, or too large, reaches no route.
 * @returns what makes room for others, once the request has been answered.
 * @throws BehalfError `body-too-large`; `unavailable` while too many are being received.
 */
async function readWhole(
  request: IncomingMessage,
  response: ServerResponse,
  {maxBytes, room}: {maxBytes: number; room: BodyRoom},
): Promise<() => void> {
  if (!hasBody(request)) return () => undefined
  if (announcesMoreThan(request.headers, maxBytes)) throw bodyTooLarge(maxBytes)
  const giveBack = room.take(Number(request.headers['content-length'] ?? maxBytes))
  if (!giveBack) throw new BehalfError('unavailable', 'Too much is being received at once. Try again in a moment.')
  // A body that is cut off, and refused for it, neither ends nor fails for who reads it.
  response.once('close', giveBack)
  try {
    // Who asked first whether to send it (RFC 9110 10.1.1).
    if (request.headers.expect !== undefined) response.writeContinue()
    // Under this name the adapter of the app looks for a body that has been read.
    Object.assign(request, {rawBody: await readBody(request, maxBytes)})
    return giveBack
  } catch (error) {
    giveBack()
    throw error
  }
}

const hasBody = ({headers}: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0

/** So many bodies of the largest size are held before it is known who sends them, or more smaller ones. */
const MAX_WHOLE_BODIES = 64

const LEAVING: Refusal = {status: 503, code: 'unavailable', message: 'This daemon is stopping.'}
const NO_TARGET: Refusal = {status: 400, code: 'bad-request', message: 'There is no such place here.'}

/** What is not the caller's fault only the log describes: nobody has been asked who they are yet. */
function explain(error: unknown): Refusal {
  const code = error instanceof BehalfError ? error.code : 'internal'
  const status = HTTP_STATUSES[code]
  const isCallers = error instanceof BehalfError && status < 500
  return {status, code, message: isCallers ? error.message : 'Something went wrong inside behalf. Its log says more.'}
}
