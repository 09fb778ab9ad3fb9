import type {IncomingHttpHeaders, ServerResponse} from 'node:http'

import type {Dispatcher} from 'undici'

import type {ApiAnswer} from '../../broker/call-as-account.js'
import type {Dialect} from '../../model/provider.js'
import type {Presence} from '../doors/presence.js'
import {headersToCaller} from './forwarded-headers.js'
import {isTokenRefused, MAX_REFUSAL_BYTES} from './judge-refusal.js'

/** What became of an exchange: its answer has been passed on, or is held back. */
export interface ExchangeEnd extends ApiAnswer {
  /** A 401, which may be repeated with another token. */
  held?: HeldAnswer
}

export interface HeldAnswer {
  status: number
  headers: IncomingHttpHeaders
  body: Buffer
}

export interface ExchangeParts {
  dialect: Dialect
  response: ServerResponse
  presence: Presence
  /** How long a caller may take no more of the answer. */
  stallMs: number
}

/** An answer of this size goes out in one piece with its head. */
const SMALL_BYTES = 16 * 1024

/** The caller went away: nobody is told anything. */
export class CallerGone extends Error {
  override readonly name = 'CallerGone'
}

/**
 * One exchange with an API, as undici drives it: the answer goes to the caller piece by piece, no faster than it is
 * taken. Only a 401 is read first.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  /** Rejects with undici’s error, or a {@link CallerGone}. */
  readonly ended: Promise<ExchangeEnd>
  readonly #parts: ExchangeParts
  #resolve!: (end: ExchangeEnd) => void
  #reject!: (error: Error) => void
  #hasBegun = false
  /** What the API says of its answer's length. */
  #length: string | undefined
  /** The whole body, where it came in one small piece: head and body go out as one then, in one system call. */
  #whole: string | undefined
  #held: {status: number; headers: IncomingHttpHeaders; chunks: Buffer[]; size: number} | undefined

  constructor(parts: ExchangeParts) {
    this.#parts = parts
    this.ended = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
  }

  /** Whether the API has begun to answer. */
  get hasBegun(): boolean {
    return this.#hasBegun
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#parts.presence.whenGone(() => {
      controller.abort(new CallerGone())
    })
  }

  onResponseStarted(): void {
    this.#hasBegun = true
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    this.#hasBegun = true
    if (status < 200) return
    this.#length = headers['content-length']
    if (status === 401) this.#held = {status, headers, chunks: [], size: 0}
    else writeHead(this.#parts.response, status, headers)
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    const held = this.#held
    if (held) {
      held.chunks.push(chunk)
      held.size += chunk.length
      if (held.size <= MAX_REFUSAL_BYTES) return
      this.#held = undefined
      writeHead(this.#parts.response, held.status, held.headers)
      for (const earlier of held.chunks) this.#write(controller, earlier)
      return
    }
    if (chunk.length <= SMALL_BYTES && this.#length === String(chunk.length)) this.#whole = chunk.toString('latin1')
    else this.#write(controller, chunk)
  }

  onResponseEnd(): void {
    this.#parts.presence.whenGone(undefined)
    if (!this.#held) {
      this.#parts.response.end(this.#whole, 'latin1')
      this.#resolve({tokenRefused: false})
      return
    }
    const {status, headers, chunks} = this.#held
    const body = Buffer.concat(chunks)
    const tokenRefused = isTokenRefused(this.#parts.dialect, headers, body)
    this.#resolve({tokenRefused, held: {status, headers, body}})
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#parts.presence.whenGone(undefined)
    this.#reject(error)
  }

  #write(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    const {response, stallMs} = this.#parts
    if (response.write(chunk) || controller.paused) return
    controller.pause()
    const timer = setTimeout(() => {
      response.destroy()
      // An answer that waits for its turn has no connection yet that would end.
      controller.abort(new CallerGone())
    }, stallMs)
    const goOn = (): void => {
      clearTimeout(timer)
      response.off('close', goOn).off('drain', goOn)
      controller.resume()
    }
    response.once('drain', goOn).once('close', goOn)
  }
}

/** Passes on an answer that was held back. */
export function sendHeld(response: ServerResponse, {status, headers, body}: HeldAnswer): void {
  writeHead(response, status, headers)
  response.end(body)
}

const writeHead = (response: ServerResponse, status: number, headers: IncomingHttpHeaders): unknown =>
  response.writeHead(status, headersToCaller(headers, response.getHeader('vary')))
