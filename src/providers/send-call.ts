import {request as httpRequest, type IncomingMessage} from 'node:http'
import type {Socket} from 'node:net'
import {PassThrough, Readable} from 'node:stream'

import type {AddressGuard} from '../model/address-guard.js'
import {BehalfError} from '../model/behalf-error.js'
import type {CallCredential} from '../model/credential.js'
import {decodeForm, isFormType} from '../model/form-body.js'
import type {Provider} from '../model/provider.js'
import {MINUTE_MS, SECOND_MS, type Clock} from '../model/time.js'
import {isTokenChallenged, isTokenRefusal} from '../model/token-refusal.js'
import {connect} from './connect.js'
import {credentialHeaders} from './credential-headers.js'
import {describeNetworkError} from './describe-network-error.js'
import {parseEndpointUrl} from './endpoint-url.js'
import type {ApiReply, ApiRequest, AuthorizedRequest} from './provider-client.js'

export interface CallLimits {
  connectMs: number
  /** Until the answer begins, and between two pieces of it. */
  idleMs: number
}

export const CALL_IDLE_MS = MINUTE_MS

/** An answer 401 longer than this is not looked into. */
const MAX_REFUSAL_BYTES = 64 * 1024
/** RFC 9110 9.2.1: one of these that was sent in vain has changed nothing. */
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * One request to an API and its answer, on a connection of its own. `fetch` would follow redirects, decode bodies and
 * take dot segments out of paths.
 * @throws BehalfError `unavailable` when no answer came; `configuration` for a URL that nothing secret may be sent to;
 * `invalid-input` for what cannot be signed.
 */
export async function sendCall(
  {clock, limits, guard}: {clock: Clock; limits: CallLimits; guard?: AddressGuard | undefined},
  provider: Provider,
  credential: CallCredential,
  request: ApiRequest,
): Promise<ApiReply> {
  const authorization = credentialHeaders({clock}, provider, credential, describeForSigning(request))
  const url = parseEndpointUrl(request.url, `The API of ${provider.name}`)
  const socket = await connect(url, limits.connectMs, guard).catch((error: unknown) => {
    throw noAnswer(url, describeNetworkError(error))
  })
  const body = new PassThrough()
  socket.setTimeout(limits.idleMs, () => {
    // Where it is the reader that takes its time, nothing is waited for.
    if (!body.writableNeedDrain) socket.destroy(new Error(`nothing came for ${String(limits.idleMs / SECOND_MS)} s`))
  })
  if (request.signal?.aborted === true) socket.destroy()
  request.signal?.throwIfAborted()
  const incoming = await converse(socket, url, {...request, authorization}).catch((error: unknown) => {
    socket.destroy()
    request.signal?.throwIfAborted()
    const unknown = SAFE_METHODS.has(request.method) ? '' : ' Whether the call was carried out is not known.'
    throw noAnswer(url, describeNetworkError(error), unknown)
  })
  const {statusCode: status = 0, statusMessage: statusText = '', rawHeaders} = incoming
  const reply = {status, statusText, headers: pairHeaders(rawHeaders)}
  fillBody(body, incoming, url, socket)
  if (status !== 401) return {...reply, body, tokenRefused: false}
  const start = await readShort(body)
  if (start === undefined) return {...reply, body, tokenRefused: false}
  const tokenRefused = isRefusalOf(provider, credential, incoming, start)
  return {...reply, body: Readable.from([start], {objectMode: false}), tokenRefused}
}

function describeForSigning({method, url, headers, body, oneTimeCode}: ApiRequest): AuthorizedRequest {
  const isForm = headers.some(([name, value]) => name === 'content-type' && isFormType(value))
  return {
    method,
    url,
    ...(isForm && body !== undefined && {form: decodeForm(body)}),
    ...(oneTimeCode && {oneTimeCode}),
  }
}

function converse(
  socket: Socket,
  url: URL,
  {method, headers, body, signal, authorization}: ApiRequest & {authorization: Record<string, string>},
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest({
      createConnection: () => socket,
      setHost: false,
      method,
      path: url.pathname + url.search,
      headers: {
        ...Object.fromEntries(headers),
        ...authorization,
        host: url.host,
        connection: 'close',
        ...(body !== undefined && {'content-length': body.byteLength}),
      },
      ...(signal && {signal}),
    })
    outgoing.once('response', resolve)
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

/** The connection ends with the body, or when nobody wants more of it, or any. */
function fillBody(body: PassThrough, incoming: IncomingMessage, url: URL, socket: Socket): void {
  const breakOff = (reason: string): void => {
    body.destroy(noAnswer(url, `its answer broke off: ${reason}`))
  }
  incoming.once('error', (error) => {
    breakOff(describeNetworkError(error))
  })
  incoming.once('close', () => {
    if (!incoming.complete) breakOff('the connection was closed')
  })
  // Whoever reads it hears of this; until then there is nobody.
  body.on('error', () => undefined)
  body.once('close', () => socket.destroy())
  incoming.pipe(body)
}

/** The whole of a short body; undefined for a longer one, which can still be read. */
async function readShort(body: Readable): Promise<Buffer | undefined> {
  const pieces: Buffer[] = []
  let size = 0
  for await (const piece of body.iterator({destroyOnReturn: false}) as AsyncIterable<Buffer>) {
    pieces.push(piece)
    size += piece.length
    if (size > MAX_REFUSAL_BYTES) break
  }
  if (size <= MAX_REFUSAL_BYTES) return Buffer.concat(pieces)
  body.unshift(Buffer.concat(pieces))
  return undefined
}

/** Nobody asked for a compressed answer, so that the words of one can be read. */
function isRefusalOf(provider: Provider, {kind}: CallCredential, {headers}: IncomingMessage, body: Buffer): boolean {
  if (kind !== 'oauth2') return true
  if (provider.dialect === 'twitch') return isTokenRefusal(401, body.toString('utf8'))
  return isTokenChallenged(headers['www-authenticate'])
}

const pairHeaders = (raw: readonly string[]): [string, string][] =>
  raw.flatMap((name, index) => (index % 2 === 0 ? [[name, raw[index + 1] ?? '']] : []))

const noAnswer = ({host}: URL, reason: string, unknown = ''): BehalfError =>
  new BehalfError('unavailable', `${host} gave no answer (${reason}).${unknown}`, {
    hint: 'Check the network, then try again.',
  })
