import type {Duplex} from 'node:stream'
import {setTimeout as wait} from 'node:timers/promises'

import {BehalfError} from '../../model/behalf-error.js'
import {SECOND_MS} from '../../model/time.js'
import type {DaemonDeps} from '../daemon-deps.js'
import {HTTP_STATUSES, isOurFault} from '../http-statuses.js'
import type {ChatEvent} from '../observe/activity.js'
import {AccountPaces, limitPace} from './account-paces.js'
import {ChatWatch, type WatchedChat} from './chat-watch.js'
import {HalfOpen} from './half-open.js'
import {IrcConnection, type IrcEnd} from './irc-connection.js'
import {LoginAttempts} from './login-attempts.js'
import {openChat, type ChatDeps, type ChatRequest} from './open-chat.js'
import {TokenSeats} from './token-seats.js'

export type IrcGatewayDeps = Pick<
  DaemonDeps,
  'store' | 'clock' | 'providerClient' | 'random' | 'providers' | 'log' | 'metrics' | 'activity'
> & {settings: Pick<DaemonDeps['settings'], 'irc'>}

/** What a test may make shorter. */
export interface IrcLimits {
  registrationMs: number
  connectMs: number
  loginMs: number
  checkEveryMs: number
  goodbyeMs: number
  halfOpen: {perAddress: number; total: number}
}

const LIMITS: IrcLimits = {
  registrationMs: 20 * SECOND_MS,
  connectMs: 5 * SECOND_MS,
  loginMs: 10 * SECOND_MS,
  // Design 8: within 10 s.
  checkEveryMs: 5 * SECOND_MS,
  goodbyeMs: 2 * SECOND_MS,
  halfOpen: {perAddress: 256, total: 1024},
}

/** Where a client comes from. */
export interface IrcOrigin {
  /** Those of one address are limited together. */
  address: string
  /** For the log. */
  door: 'tcp' | 'websocket'
}

export interface IrcGateway {
  /** Takes a connection over, until it ends: bytes of IRC both ways. */
  handleConnection(peer: Duplex, origin: IrcOrigin): void
  /** Takes nobody any more, asks all to come again later, and ends those that stay. */
  close(): Promise<void>
}

/**
 * Lets IRC clients speak as accounts whose tokens they never see (design 9).
 * @param options `ca`: who may have signed the chat server's certificate, in PEM; default: those whom Node trusts.
 */
export function createIrcGateway(
  deps: IrcGatewayDeps,
  {limits: given, ca}: {limits?: Partial<IrcLimits>; ca?: string} = {},
): IrcGateway {
  const limits = {...LIMITS, ...given}
  const {upstream, messages} = deps.settings.irc
  const chatDeps: ChatDeps = {
    ...deps,
    upstream,
    limits,
    ...(ca !== undefined && {ca}),
    paces: new AccountPaces(deps, limitPace(messages)),
    seats: new TokenSeats(),
  }
  const halfOpen = new HalfOpen<IrcConnection>(limits.halfOpen)
  const attempts = new LoginAttempts(deps.clock)
  const watch = new ChatWatch(deps, limits.checkEveryMs)
  const all = new Set<IrcConnection>()
  let isClosing = false

  const open = (origin: IrcOrigin) => (request: ChatRequest) =>
    openChat(chatDeps, {
      ...request,
      // Only who has the secret is counted: whoever knows an id, which is none, would keep its holder out.
      onAuthenticated(apiToken) {
        request.onAuthenticated(apiToken)
        if (attempts.take(`${origin.address} ${apiToken.id}`)) return
        throw new BehalfError('refused', 'It tries to log in too often.')
      },
    })

  return {
    handleConnection(peer, origin) {
      if (isClosing) {
        peer.destroy()
        return
      }
      const beganMs = performance.now()
      let chat: WatchedChat | undefined
      const connection: IrcConnection = new IrcConnection(peer, {
        clock: deps.clock,
        metrics: deps.metrics.chat,
        registrationMs: limits.registrationMs,
        open: open(origin),
        events: {
          onLogin: () => halfOpen.delete(connection),
          onOpen(opened) {
            chat = {caller: opened.caller, end: (error) => connection.cut(error)}
            watch.add(chat)
            deps.metrics.chat.countConnection(1)
            tell(deps, origin, {event: 'opened', end: {caller: opened.caller}, beganMs})
          },
          onEnd(end) {
            all.delete(connection)
            halfOpen.delete(connection)
            if (chat) {
              watch.delete(chat)
              deps.metrics.chat.countConnection(-1)
            } else if (end.error) {
              deps.metrics.chat.countRefusal(end.error.code)
            }
            noteEnd(deps, origin, {end, beganMs, wasOpen: chat !== undefined})
          },
        },
      })
      all.add(connection)
      halfOpen
        .add(connection, origin.address)
        ?.refuse(new BehalfError('unavailable', 'Too many connections wait to say who they are.'))
    },
    async close() {
      isClosing = true
      watch.close()
      for (const connection of all) connection.sayGoodbye()
      const until = performance.now() + limits.goodbyeMs
      while (all.size > 0 && performance.now() < until) await wait(LOOK_EVERY_MS)
      for (const connection of all) connection.destroy()
    },
  }
}

const LOOK_EVERY_MS = 20

function noteEnd(
  deps: IrcGatewayDeps,
  origin: IrcOrigin,
  {end, beganMs, wasOpen}: {end: IrcEnd; beganMs: number; wasOpen: boolean},
): void {
  const {error} = end
  if (error) {
    const {apiToken, caller} = end
    const level = error.code === 'internal' ? 'error' : 'info'
    deps.log[level](wasOpen ? 'irc-cut' : 'irc-refused', {
      ...origin,
      apiTokenId: apiToken?.id,
      actedAs: caller?.account.key,
      error,
    })
  }
  if (error || wasOpen) tell(deps, origin, {event: wasOpen ? 'closed' : 'refused', end, beganMs})
}

/** A line when someone has been let in, and one when that has ended; one for who is known and refused. */
function tell(
  {log, activity}: IrcGatewayDeps,
  {door}: IrcOrigin,
  {event, end, beganMs}: {event: ChatEvent['event']; end: IrcEnd; beganMs: number},
): void {
  const {caller, error} = end
  const apiToken = caller?.apiToken ?? end.apiToken
  const durationMs = performance.now() - beganMs
  const code = error && {code: error.code}
  activity.noteChat({
    event,
    ...(apiToken && {apiToken}),
    ...(caller && {account: caller.account}),
    ...(event === 'closed' && {durationMs}),
    ...code,
    ...(error && !isOurFault(error.code) && {message: error.message}),
  })
  if (!apiToken) return
  const status = event === 'opened' ? 101 : error ? HTTP_STATUSES[error.code] : 200
  const actedAs = caller && {actedAs: caller.account.key}
  log.audit({apiTokenId: apiToken.id, ...actedAs, method: 'IRC', path: `/irc/${door}`, status, ...code, durationMs})
}
