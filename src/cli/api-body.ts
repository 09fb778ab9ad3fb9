import {BehalfError} from '../model/behalf-error.js'
import {readInputBytes} from './read-input.js'
import type {Surroundings} from './surroundings.js'

const LIMIT_BYTES = 16 * 1024 * 1024

/** What is sent, and what it is called. */
export interface ApiBody {
  body: Uint8Array
  contentType: string
}

interface BodyFlags {
  body?: string | undefined
  form?: string[] | undefined
}

/**
 * The body that flags ask for: a form, or what `--body` says, which is JSON unless a header says otherwise.
 * @param contentType as a header says it.
 * @throws BehalfError `invalid-input` for what should be JSON and is not, or a form field without a `=`.
 */
export async function readApiBody(
  surroundings: Surroundings,
  {body, form}: BodyFlags,
  contentType: string | undefined,
): Promise<ApiBody | undefined> {
  if (form !== undefined) {
    const text = form.map(encodeField).join('&')
    return {body: Buffer.from(text), contentType: contentType ?? 'application/x-www-form-urlencoded'}
  }
  if (body === undefined) return undefined
  const fromFile = body.startsWith('@') ? body.slice(1) : undefined
  const source = body === '-' ? '-' : fromFile
  const request = {flag: '--body', limitBytes: LIMIT_BYTES}
  const bytes = source === undefined ? Buffer.from(body) : await readInputBytes(surroundings, {...request, source})
  if (contentType === undefined) requireJson(bytes)
  return {body: bytes, contentType: contentType ?? 'application/json'}
}

function encodeField(field: string): string {
  const at = field.indexOf('=')
  if (at > 0) return [field.slice(0, at), field.slice(at + 1)].map(encodeURIComponent).join('=')
  throw new BehalfError('invalid-input', `--form “${field.slice(0, 80)}” is not NAME=VALUE, so nothing was sent.`, {
    hint: 'Write it like --form status=hello.',
  })
}

function requireJson(bytes: Buffer): void {
  try {
    JSON.parse(new TextDecoder('utf-8', {fatal: true}).decode(bytes))
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new BehalfError('invalid-input', `--body is not JSON, so nothing was sent: ${reason}.`, {
      hint: `Give JSON like '{"name":"value"}', or name what it is: -H 'content-type: text/plain'.`,
    })
  }
}

/** @throws BehalfError `invalid-input` without a colon, or without a name before it. */
export function parseHeader(text: string): [string, string] {
  const at = text.indexOf(':')
  if (at > 0) return [text.slice(0, at).trim(), text.slice(at + 1).trim()]
  throw new BehalfError('invalid-input', `--header “${text.slice(0, 80)}” is not NAME: VALUE, so nothing was sent.`, {
    hint: `Write it like -H 'accept: text/csv'.`,
  })
}
