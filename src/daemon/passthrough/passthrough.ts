import type {IncomingMessage, ServerResponse} from 'node:http'

import {callAsAccount} from '../../broker/call-as-account.js'
import {createLoginOffer, withLoginOffer} from '../../broker/offer-login.js'
import {BehalfError} from '../../model/behalf-error.js'
import {isFormType} from '../../model/form-body.js'
import type {Provider} from '../../model/provider.js'
import {MINUTE_MS, SECOND_MS} from '../../model/time.js'
import type {DaemonDeps, DaemonSettings} from '../daemon-deps.js'
import type {Presence} from '../doors/presence.js'
import {isStoreAway} from '../store-away.js'
import {hasBody, NO_BODY, receiveBody, receiveSignedBody, type CallBody} from './call-body.js'
import {pathOf, reportCall, type CallNote} from './call-note.js'
import {CallSlots, type SlotLimits} from './call-slots.js'
import {isPassedThrough} from './call-target.js'
import {CHECK_EVERY_MS, CallWatch, type WatchedCall} from './call-watch.js'
import {CallerGone, sendHeld} from './exchange.js'
import {permitCall, type PermittedCall} from './permit-call.js'
import {relayAnyKind, signsForms, takesTokensAlone} from './relay-any-kind.js'
import {createSender, type CallInHand} from './relay-call.js'
import {sendFailure} from './send-failure.js'
import {StandingCallers} from './standing-callers.js'
import {Upstreams, type UpstreamLimits} from './upstreams.js'

/** Calls of providers' APIs, for any program with an API token (design 9). */
export interface Passthrough {
  /** Whether a path, with or without a query, is below `/api/<provider>/`. */
  matches(path: string): boolean
  /** Answers the request, whatever becomes of it, and resolves once it has. Never rejects. */
  handle(request: IncomingMessage, response: ServerResponse, presence: Presence): Promise<void>
  /** Cuts the connections to the APIs. */
  close(): Promise<void>
}

export interface PassthroughLimits extends UpstreamLimits, SlotLimits {
  /** How long a caller may take nothing more of an answer. */
  stallMs: number
  /** How often it is asked whether a call that goes on would still be let in. */
  checkEveryMs: number
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
  checkEveryMs: CHECK_EVERY_MS,
}

/** What is noted of a call whose caller did not wait for the end; nobody is sent it. */
const CALLER_GONE = 499

type Deps = Omit<DaemonDeps, 'settings' | 'programEnvironment' | 'takeTurn'> & {
  settings: Pick<DaemonSettings, 'maxPassthroughBytes'>
}

export function createPassthrough(deps: Deps, limits: PassthroughLimits = LIMITS): Passthrough {
  const offerLogin = createLoginOffer(deps)
  const upstreams = new Upstreams(limits, deps.addressGuard)
  const permitting = {...deps, callers: new StandingCallers(deps)}
  const watch = new CallWatch(limits.checkEveryMs)
  /** By provider: the calls of one do not wait for those of another. */
  const slotsOf = new Map<string, CallSlots>()

  function findSlots(provider: string): CallSlots {
    const slots = slotsOf.get(provider) ?? new CallSlots(limits)
    slotsOf.set(provider, slots)
    return slots
  }

  /** Makes the call and passes the answer on. @returns the status that was sent. */
  async function pass(
    permitted: PermittedCall,
    {request, response, presence}: Omit<CallInHand, 'permitted' | 'body'>,
  ): Promise<number> {
    const {provider, account, apiToken} = permitted
    const body = hasBody(request.headers) ? await receive(provider, request, response) : NO_BODY
    const call = {permitted, request, response, presence, body}
    const relay = {upstreams, slots: findSlots(provider.name), stallMs: limits.stallMs}
    const {answer: end, loginNeeded} = takesTokensAlone(provider)
      ? await callAsAccount(deps, account.key, createSender(relay, call), permitted.tokens)
      : await relayAnyKind(deps, relay, call)
    if (end.held && loginNeeded) {
      // The API's own refusal passes (design 7, rule 7); its caller can tell that no other API token would help.
      response.setHeader('X-Behalf-Error', 'login-needed')
      const authorizationUrl = await offerLogin(account, apiToken)
      if (authorizationUrl !== undefined) response.setHeader('X-Behalf-Authorization-Url', authorizationUrl)
    }
    if (end.held) sendHeld(response, end.held)
    return response.statusCode
  }

  const receive = (provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<CallBody> =>
    signsForms(provider) && isFormType(request.headers['content-type'])
      ? receiveSignedBody(request, response)
      : receiveBody(request, response, deps.settings.maxPassthroughBytes)

  /** @returns the status that was sent. */
  async function fail(
    response: ServerResponse,
    thrown: unknown,
    permitted: PermittedCall | undefined,
    note: CallNote,
  ): Promise<number> {
    const error = toBehalfError(thrown)
    const failure = permitted ? await withLoginOffer(offerLogin, error, permitted.account, permitted.apiToken) : error
    const status = sendFailure(response, failure)
    note.code = failure.code
    // That the store cannot be reached is told of once, by the schedule.
    if (status >= 500 && !isStoreAway(failure)) {
      deps.log.warn('passthrough-failed', {path: pathOf(response.req), status, error: failure})
    }
    return status
  }

  async function handle(request: IncomingMessage, response: ServerResponse, presence: Presence): Promise<void> {
    const startedMs = performance.now()
    const note: CallNote = {}
    let permitted: PermittedCall | undefined
    let ended: BehalfError | undefined
    let status: number
    const watched: WatchedCall = {
      place: undefined,
      async check() {
        await permitCall(permitting, request, {})
      },
      end(error) {
        ended = toBehalfError(error)
        note.code = ended.code
        sendFailure(response, ended)
        presence.leave()
      },
    }
    try {
      permitted = await permitCall(permitting, request, note)
      watch.add(watched)
      status = await pass(permitted, {request, response, presence})
    } catch (error) {
      if (error instanceof CallerGone || presence.isGone) status = ended ? response.statusCode : CALLER_GONE
      else status = await fail(response, error, permitted, note)
    }
    watch.delete(watched)
    reportCall(deps, request, note, {status, durationMs: performance.now() - startedMs})
  }

  return {
    matches: isPassedThrough,
    handle,
    async close() {
      watch.close()
      await upstreams.close()
    },
  }
}

const toBehalfError = (error: unknown): BehalfError =>
  error instanceof BehalfError ? error : new BehalfError('internal', 'A call failed', {cause: error})
