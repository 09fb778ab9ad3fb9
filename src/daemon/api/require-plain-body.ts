import {isUtf8} from 'node:buffer'

import type {MiddlewareHandler} from 'hono'
import {HTTPException} from 'hono/http-exception'

import {BehalfError} from '../../model/behalf-error.js'
import type {ApiEnv} from './api-app.js'

/**
 * Lets through a body that is what it seems to be: not compressed (RFC 9110 15.5.16), no multipart form, which the
 * validator would take for any other form, and UTF-8 as a whole, for what is not would silently become U+FFFD.
 */
export const requirePlainBody: MiddlewareHandler<ApiEnv> = async (context, next) => {
  const type = context.req.header('content-type') ?? ''
  const coding = context.req.header('content-encoding') ?? 'identity'
  if (/^multipart\//i.test(type) || coding.toLowerCase() !== 'identity') throw new HTTPException(415)
  if (!isUtf8(await context.req.arrayBuffer())) throw new BehalfError('invalid-input', 'The body is not UTF-8.')
  await next()
}
