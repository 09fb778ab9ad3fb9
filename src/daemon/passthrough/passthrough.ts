import type {IncomingMessage, ServerResponse} from 'node:http'

import {authorizeCaller, type Caller} from '../../broker/authorize-caller.js'
import {callAsAccount} from '../../broker/call-as-account.js'
import {loadProvider} from '../../broker/load-provider.js'
import {BehalfError} from '../../model/behalf-error.js'
import type {Provider} from '../../model/provider.js'
import {MINUTE_MS, SECOND_MS} from '../../model/time.js'
import {readCallerHeaders} from '../caller-headers.js'
import type {DaemonDeps} from '../daemon-deps.js'
import {receiveBody} from './call-body.js'
import {CallFailure} from './call-failure.js'
import {CallSlots, type SlotLimits} from './call-slots.js'
import {encodePath, isPassedThrough, parseCallTarget, withoutTauFormat, type CallTarget} from './call-target.js'
import {CallerGone, sendHeld} from './exchange.js'
import {Presence} from './presence.js'
import {createSender} from './relay-call.js'
import {sendFailure} from './send-failure.js'
import {Upstreams, type UpstreamLimits} from './upstreams.js'

/** Calls of providers’ APIs, for any program with an API token (design 9). */
export interface Passthrough {
  /** Whether a path, with or without a query, is below `/api/<provider>/`. */
  matches(path: string): boolean
  /** Answers the request, whatever becomes of it; resolves once it has. Never rejects. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>
  /** Cuts the connections to the APIs. */
  close(): Promise<void>
}

export interface PassthroughLimits extends UpstreamLimits, SlotLimits {
  stallMs: number
}

const LIMITS: PassthroughLimits = {
  connections: 64,
  atOnce: 64,
  waiting: 1024,
  waitMs: 10 * SECOND_MS,
  connectMs: 5 * SECOND_MS,
  headersMs: MINUTE_MS,
  bodyIdleMs: MINUTE_MS,
  stallMs: MINUTE_MS,
}

/** What is noted when the caller did not wait for the answer. */
const CALLER_GONE_STATUS = 499

type Deps = Omit<DaemonDeps, 'settings'> & {settings: Pick<DaemonDeps['settings'], 'maxPassthroughBytes'>}

export function createPassthrough(deps: Deps, limits: PassthroughLimits = LIMITS): Passthrough {
  const upstreams = new Upstreams(limits)
  const slotsOf = new Map<string, CallSlots>()

  function findSlots(provider: string): CallSlots {
    const slots = slotsOf.get(provider) ?? new CallSlots(limits)
    slotsOf.set(provider, slots)
    return slots
  }

  async function call(request: IncomingMessage, response: ServerResponse, note: CallNote): Promise<void> {
    const asked = await permitCall(deps, request, note)
    const presence = new Presence(response)
    const body = await receiveBody(request, response, deps.settings.maxPassthroughBytes)
    const parts = {upstreams, slots: findSlots(asked.provider.name), stallMs: limits.stallMs}
    const send = createSender(parts, {...asked, request, response, presence, body})
    const {answer} = await callAsAccount(deps, asked.accountKey, send)
    if (answer.held) sendHeld(response, answer.held)
    note.status = response.statusCode
  }

  return {
    matches: isPassedThrough,
    async handle(request, response) {
      const startedMs = performance.now()
      const note: CallNote = {status: 0}
      try {
        await call(request, response, note)
      } catch (error) {
        note.status = fail(deps, request, response, error)
      }
      report(deps, request, note, performance.now() - startedMs)
    },
    close: () => upstreams.close(),
  }
}

/** What is told of a call when it has ended. */
interface CallNote {
  status: number
  provider?: string
  caller?: Caller
}

interface AskedCall {
  provider: Provider
  origin: string
  target: string
  accountKey: string
}

/** Who calls, as whom, what, and whether they may. @throws BehalfError what {@link authorizeCaller} throws, and others. */
async function permitCall(deps: Deps, request: IncomingMessage, note: CallNote): Promise<AskedCall> {
  const {method = ''} = request
  const target = parseCallTarget(request.url ?? '')
  const provider = await loadProvider(deps, target.provider).catch((error: unknown) => error)
  const isHelix = isProvider(provider) && provider.dialect === 'twitch'
  const segments = isHelix ? target.segments.slice(1) : target.segments
  const wanted = {kind: 'call', provider: target.provider, isHelix, method, segments} as const
  note.caller = await authorizeCaller(deps, readCallerHeaders(request.headersDistinct), wanted)
  if (!isProvider(provider)) throw provider
  note.provider = provider.name
  if (isHelix && target.segments[0] !== 'helix') throw notHelix(provider)
  // An API that answers TRACE would send the provider's token back to the caller (RFC 9110 9.3.8).
  if (method === 'TRACE') throw new CallFailure(405, 'refused', 'TRACE is not passed through.')
  const {account} = note.caller
  if (!account) throw new BehalfError('internal', 'A call was permitted on behalf of nobody')
  return {provider, accountKey: account.key, ...resolveTarget(provider, target, segments)}
}

function resolveTarget(
  provider: Provider,
  {endsWithSlash, query}: CallTarget,
  segments: readonly string[],
): {origin: string; target: string} {
  if (provider.apiUrl === undefined) {
    throw new CallFailure(404, 'provider-not-found', `No API URL of ${provider.name} is known.`)
  }
  const isHelix = provider.dialect === 'twitch'
  const {origin, pathname} = new URL(provider.apiUrl)
  // A slash at the end is TAU's at Helix; elsewhere it can be part of the name.
  const slash = (endsWithSlash && !isHelix) || segments.length === 0 ? '/' : ''
  const path = `${pathname.replace(/\/$/, '')}${encodePath(segments)}${slash}`
  const kept = isHelix ? withoutTauFormat(query) : query
  return {origin, target: kept === undefined ? path : `${path}?${kept}`}
}

const isProvider = (value: unknown): value is Provider =>
  typeof value === 'object' && value !== null && !(value instanceof Error)

const notHelix = ({name}: Provider): CallFailure =>
  new CallFailure(404, 'invalid-input', `The Twitch API is below /api/${name}/helix/.`)

/** @returns the status that is noted. */
function fail(deps: Deps, request: IncomingMessage, response: ServerResponse, error: unknown): number {
  if (error instanceof CallerGone || response.destroyed) return CALLER_GONE_STATUS
  const known = error instanceof BehalfError ? error : new BehalfError('internal', 'A call failed', {cause: error})
  const status = sendFailure(request, response, known)
  if (status >= 500) deps.log.warn('passthrough-failed', {path: pathOf(request), status, error: known})
  return status
}

function report(deps: Deps, request: IncomingMessage, {status, provider, caller}: CallNote, durationMs: number): void {
  if (provider !== undefined) {
    const statusClass = `${String(Math.floor(status / 100))}xx`
    deps.metrics.observePassthrough({provider, statusClass, seconds: durationMs / 1000})
  }
  if (!caller) return
  deps.log.audit({
    apiTokenId: caller.apiToken.id,
    ...(caller.account && {actedAs: caller.account.key}),
    method: request.method ?? '',
    path: pathOf(request),
    status,
    durationMs,
  })
}

const pathOf = ({url = ''}: IncomingMessage): string => url.split('?', 1)[0] ?? ''
