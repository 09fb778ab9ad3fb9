import type {IncomingHttpHeaders, IncomingMessage, ServerResponse} from 'node:http'
import {Transform, type Readable} from 'node:stream'

import {announcesMoreThan, bodyTooLarge, readBody} from '../doors/limit-body.js'

/** The body of a request, on its way to the API. */
export interface CallBody {
  /** Undefined: the request has none, or its length is not known in advance. */
  readonly contentLength: number | undefined
  /** What is to be sent, for the first time or again. */
  open(): Buffer | Readable | null
  /** Whether it can be sent again: it has come whole, and was kept. */
  readonly isRepeatable: boolean
}

/** A body of this size is read before anything is sent: no slow client holds a connection to the API for it. */
const SMALL_BYTES = 64 * 1024
/** Of a larger one so much is kept, to be sent again when the token is refused. */
const KEPT_BYTES = 1024 * 1024

export const NO_BODY: CallBody = {contentLength: undefined, open: () => null, isRepeatable: true}

/** A body that has come whole before anything is sent, because it is signed. @throws BehalfError `body-too-large`. */
export async function receiveSignedBody(request: IncomingMessage, response: ServerResponse): Promise<CallBody> {
  if (announcesMoreThan(request.headers, KEPT_BYTES)) throw bodyTooLarge(KEPT_BYTES)
  if (request.headers.expect !== undefined) response.writeContinue()
  const whole = await readBody(request, KEPT_BYTES)
  return {contentLength: undefined, open: () => whole, isRepeatable: true}
}

/** Whether there is one to wait for. */
export const hasBody = ({'content-length': length, 'transfer-encoding': coding}: IncomingHttpHeaders): boolean =>
  coding !== undefined || (length !== undefined && length !== '0')

/** @throws BehalfError `body-too-large`. */
export async function receiveBody(
  request: IncomingMessage,
  response: ServerResponse,
  maxBytes: number,
): Promise<CallBody> {
  const {'content-length': length, expect} = request.headers
  if (announcesMoreThan(request.headers, maxBytes)) throw bodyTooLarge(maxBytes)
  if (expect !== undefined) response.writeContinue()
  if (length !== undefined && Number(length) <= SMALL_BYTES) {
    const whole = await readBody(request, maxBytes)
    return {contentLength: undefined, open: () => whole, isRepeatable: true}
  }
  return streamBody(request, length === undefined ? undefined : Number(length), maxBytes)
}

function streamBody(request: IncomingMessage, contentLength: number | undefined, maxBytes: number): CallBody {
  let kept: Buffer[] | undefined = []
  let size = 0
  let isWhole = false
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length
      if (size > maxBytes) {
        done(bodyTooLarge(maxBytes))
        return
      }
      if (size > KEPT_BYTES) kept = undefined
      kept?.push(chunk)
      done(null, chunk)
    },
    flush(done) {
      isWhole = true
      done()
    },
  })
  // Whoever reads it hears of this; until then there is nobody.
  stream.on('error', () => undefined)
  let isOpen = false
  return {
    contentLength,
    open() {
      if (isOpen) return Buffer.concat(kept ?? [])
      isOpen = true
      return request.pipe(stream)
    },
    get isRepeatable() {
      return isWhole && kept !== undefined
    },
  }
}
