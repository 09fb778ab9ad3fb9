import type {MiddlewareHandler} from 'hono'

import type {SandboxEnv} from './parameters.js'

/**
 * Answers 413 to bodies that are larger. Hono's own middleware answers while the client is still sending,
 * which then meets a closed connection more often than the answer; this one reads to the end first.
 */
export function limitBody(maxBytes: number): MiddlewareHandler<SandboxEnv> {
  return async (c, next) => {
    const {body} = c.req.raw
    if (body !== null) {
      const bytes = await readUpTo(body, maxBytes)
      if (bytes === undefined) return c.json({status: 413, message: 'body too large'}, 413)
      c.req.raw = new Request(c.req.raw, {body: bytes})
    }
    return next()
  }
}

/** All bytes, or undefined when there are more; reads to the end in either case. */
async function readUpTo(
  body: ReadableStream<Uint8Array>,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const chunks: Uint8Array[] = []
  let size = 0
  const reader = body.getReader()
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    size += read.value.length
    if (size <= maxBytes) chunks.push(read.value)
  }
  return size <= maxBytes ? new Uint8Array(Buffer.concat(chunks)) : undefined
}
