import {Readable} from 'node:stream'

import type {ApiAnswer, LibraryBroker} from '../compose-library.js'
import {BehalfError} from '../model/behalf-error.js'

/** RFC 9110 15: these never have a body. */
const WITHOUT_BODY = [204, 205, 304]

/**
 * Calls an API as an account, in the manner of `fetch`.
 * @throws BehalfError `login-needed` where the API refused a credential that nothing can renew, and what `callApi` throws.
 */
export async function callAs(
  broker: Pick<LibraryBroker, 'callApi'>,
  account: string,
  path: string,
  init: RequestInit = {},
): Promise<Response> {
  const request = readRequest(init)
  const body = request.body && new Uint8Array(await request.arrayBuffer())
  const answer = await broker.callApi({
    as: account,
    path,
    method: request.method,
    headers: [...request.headers],
    ...(body && {body}),
    ...(init.signal && {signal: init.signal}),
  })
  const {loginNeeded, status} = answer
  if (!loginNeeded) return makeResponse(answer)
  answer.body.destroy()
  throw new BehalfError('login-needed', loginNeeded.message, {hint: loginNeeded.hint, status})
}

/** Forms, texts and streams become bytes, and say what they are, as they do for `fetch`. */
function readRequest(init: RequestInit): Request {
  try {
    return new Request('http://api.invalid/', {...init, duplex: 'half'})
  } catch (error) {
    throw new BehalfError('invalid-input', `fetch cannot send that: ${error instanceof Error ? error.message : ''}.`, {
      cause: error,
    })
  }
}

function makeResponse({status, statusText, headers, body}: ApiAnswer): Response {
  const init = {status, statusText, headers}
  if (WITHOUT_BODY.includes(status)) {
    body.resume()
    return new Response(null, init)
  }
  return new Response(Readable.toWeb(body) as ReadableStream, init)
}
