import type {IncomingMessage, ServerResponse} from 'node:http'

import {callAsAccount} from '../../broker/call-as-account.js'
import {BehalfError} from '../../model/behalf-error.js'
import {MINUTE_MS, SECOND_MS} from '../../model/time.js'
import type {DaemonDeps, DaemonSettings} from '../daemon-deps.js'
import {receiveBody} from './call-body.js'
import {pathOf, reportCall, type CallNote} from './call-note.js'
import {CallSlots, type SlotLimits} from './call-slots.js'
import {isPassedThrough} from './call-target.js'
import {CallerGone, sendHeld} from './exchange.js'
import {permitCall} from './permit-call.js'
import {Presence} from './presence.js'
import {createSender} from './relay-call.js'
import {sendFailure} from './send-failure.js'
import {Upstreams, type UpstreamLimits} from './upstreams.js'

/** Calls of providers' APIs, for any program with an API token (design 9). */
export interface Passthrough {
  /** Whether a path, with or without a query, is below `/api/<provider>/`. */
  matches(path: string): boolean
  /** Answers the request, whatever becomes of it, and resolves once it has. Never rejects. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>
  /** Cuts the connections to the APIs. */
  close(): Promise<void>
}

export interface PassthroughLimits extends UpstreamLimits, SlotLimits {
  /** How long a caller may take nothing more of an answer. */
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

/** What is noted of a call whose caller did not wait for the end; nobody is sent it. */
const CALLER_GONE = 499

type Deps = Omit<DaemonDeps, 'settings' | 'programEnvironment'> & {
  settings: Pick<DaemonSettings, 'maxPassthroughBytes'>
}

export function createPassthrough(deps: Deps, limits: PassthroughLimits = LIMITS): Passthrough {
  const upstreams = new Upstreams(limits, deps.addressGuard)
  /** By provider: the calls of one do not wait for those of another. */
  const slotsOf = new Map<string, CallSlots>()

  function findSlots(provider: string): CallSlots {
    const slots = slotsOf.get(provider) ?? new CallSlots(limits)
    slotsOf.set(provider, slots)
    return slots
  }

  /** @returns the status that was sent. */
  async function answer(request: IncomingMessage, response: ServerResponse, note: CallNote): Promise<number> {
    const presence = new Presence(response)
    try {
      const permitted = await permitCall(deps, request, note)
      const body = await receiveBody(request, response, deps.settings.maxPassthroughBytes)
      const parts = {upstreams, slots: findSlots(permitted.provider.name), stallMs: limits.stallMs}
      const send = createSender(parts, {...permitted, request, response, presence, body})
      const {answer: end, loginNeeded} = await callAsAccount(deps, permitted.accountKey, send)
      // The API's own refusal passes (design 7, rule 7); its caller can tell that no other API token would help.
      if (end.held && loginNeeded) response.setHeader('X-Behalf-Error', 'login-needed')
      if (end.held) sendHeld(response, end.held)
      return response.statusCode
    } catch (error) {
      if (error instanceof CallerGone || presence.isGone) return CALLER_GONE
      const failure =
        error instanceof BehalfError ? error : new BehalfError('internal', 'A call failed', {cause: error})
      const status = sendFailure(response, failure)
      if (status >= 500) deps.log.warn('passthrough-failed', {path: pathOf(request), status, error: failure})
      return status
    }
  }

  return {
    matches: isPassedThrough,
    async handle(request, response) {
      const startedMs = performance.now()
      const note: CallNote = {}
      const status = await answer(request, response, note)
      reportCall(deps, request, note, {status, durationMs: performance.now() - startedMs})
    },
    close: () => upstreams.close(),
  }
}
