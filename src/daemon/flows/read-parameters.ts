import {isUtf8} from 'node:buffer'

import {BehalfError} from '../../model/behalf-error.js'

/** More than any callback has; whoever mounts the pages may not limit bodies. */
const MAX_BODY_BYTES = 64 * 1024

/**
 * What a request says in its query and in its body, which is a form or a JSON object of texts.
 * @throws BehalfError `invalid-input`, `body-too-large`.
 */
export async function readParameters(request: Request): Promise<URLSearchParams> {
  const parameters = new URLSearchParams(new URL(request.url).search)
  const body = request.method === 'POST' ? await readBody(request) : ''
  if (body === '') return parameters
  const type = request.headers.get('content-type') ?? ''
  for (const [name, value] of parseBody(body, type)) parameters.append(name, value)
  return parameters
}

function parseBody(body: string, type: string): Iterable<[string, string]> {
  if (/^application\/x-www-form-urlencoded(?:;|$)/i.test(type)) return new URLSearchParams(body)
  if (!/^application\/json(?:;|$)/i.test(type)) throw malformed('it is neither a form nor JSON')
  const fields = Object.entries(parseJsonObject(body))
  return fields.map(([name, value]) => {
    if (typeof value !== 'string') throw malformed(`\`${name.slice(0, 40)}\` is no text`)
    return [name, value]
  })
}

function parseJsonObject(body: string): object {
  try {
    const parsed: unknown = JSON.parse(body)
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed
  } catch {
    // It is said below.
  }
  throw malformed('it is no JSON object')
}

async function readBody(request: Request): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  if (request.body === null) return ''
  for await (const chunk of request.body as AsyncIterable<Uint8Array>) {
    size += chunk.length
    if (size > MAX_BODY_BYTES) throw new BehalfError('body-too-large', 'The body is too large for a callback.')
    chunks.push(chunk)
  }
  const bytes = Buffer.concat(chunks)
  if (!isUtf8(bytes)) throw malformed('it is not UTF-8')
  return bytes.toString('utf8')
}

const malformed = (why: string): BehalfError => new BehalfError('invalid-input', `The body cannot be read: ${why}.`)
