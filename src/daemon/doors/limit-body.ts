import type {Readable} from 'node:stream'

import {BehalfError} from '../../model/behalf-error.js'

/** What is said of a body beyond the limit; HTTP 413. */
export const bodyTooLarge = (maxBytes: number): BehalfError =>
  new BehalfError('body-too-large', `The body is larger than ${String(maxBytes)} bytes.`)

/** Whether the headers alone say that the body is larger. */
export const announcesMoreThan = (headers: {'content-length'?: string | undefined}, maxBytes: number): boolean =>
  Number(headers['content-length'] ?? 0) > maxBytes

/** The whole body. @throws BehalfError `body-too-large`; reads no further then. */
export async function readBody(body: Readable, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body.iterator({destroyOnReturn: false}) as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > maxBytes) throw bodyTooLarge(maxBytes)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
