import {HTTPException} from 'hono/http-exception'

import {BehalfError} from '../../model/behalf-error.js'
import {isFormType} from '../../model/form-body.js'

/** A member of a flat JSON object, behind its `{` or the comma before it. */
const MEMBER = /\s*("[^"\\]*(?:\\.[^"\\]*)*")\s*:\s*("[^"\\]*(?:\\.[^"\\]*)*"|[-+.\w]+)\s*[,}]/y

const IS_JSON = /^\s*application\/json\s*(?:;|$)/i

/**
 * What a request says, as texts by their names: in its query and in its body, which is a form, a flat JSON object, or
 * nothing. A name may come more than once if it always says the same; who reads the first and who reads the last would
 * otherwise do different things.
 * @param request.query as it was sent, without `?`.
 * @throws BehalfError `invalid-input`; HTTPException 415 for a body that is neither.
 */
export function readFields(request: {
  query: string
  contentType: string | undefined
  body: string
}): Map<string, string> {
  const fields = new Map<string, string>()
  for (const [name, value] of [...parsePairs(request.query, 'query'), ...parseBody(request)]) {
    const known = fields.get(name)
    if (known !== undefined && known !== value) {
      throw new BehalfError('invalid-input', `The request says \`${shorten(name)}\` more than once, and differently.`)
    }
    fields.set(name, value)
  }
  return fields
}

function parseBody({contentType, body}: {contentType: string | undefined; body: string}): [string, string][] {
  // Of a request without a body clients name a type all the same.
  if (body === '') return []
  if (isFormType(contentType)) return parsePairs(body, 'body')
  if (IS_JSON.test(contentType ?? '')) return parseFlatObject(body)
  throw new HTTPException(415)
}

/** @param place for messages. */
function parsePairs(text: string, place: string): [string, string][] {
  const pairs = text.split('&').filter((pair) => pair !== '')
  return pairs.map((pair) => {
    const [, name = '', value = ''] = /^([^=]*)=?(.*)$/s.exec(pair) ?? []
    return [decode(name, place), decode(value, place)]
  })
}

/** `URLSearchParams` would silently make U+FFFD of what is not UTF-8, and one user of two. */
function decode(text: string, place: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    throw malformed(place, 'it is not encoded as UTF-8')
  }
}

/** `JSON.parse` alone would take the last of several members with one name. */
function parseFlatObject(body: string): [string, string][] {
  const members: [string, string][] = []
  let isOver = Object.keys(parseObject(body)).length === 0
  MEMBER.lastIndex = body.indexOf('{') + 1
  while (!isOver) {
    const [, name = '', value] = MEMBER.exec(body) ?? []
    if (value === undefined) throw malformed('body', 'only texts and numbers can stand in it')
    members.push(readMember(JSON.parse(name) as string, JSON.parse(value)))
    isOver = body[MEMBER.lastIndex - 1] === '}'
  }
  return members
}

function parseObject(body: string): object {
  let value: unknown
  try {
    value = JSON.parse(body)
  } catch {
    throw malformed('body', 'it is no JSON')
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  throw malformed('body', 'it is no JSON object')
}

/** A number that JavaScript cannot hold has become another one by now. */
function readMember(name: string, value: unknown): [string, string] {
  if (typeof value === 'string' || typeof value === 'boolean' || Number.isSafeInteger(value)) {
    return [name, String(value)]
  }
  const what = typeof value === 'number' ? 'no whole number that is small enough' : 'neither a text nor a number'
  throw malformed('body', `\`${shorten(name)}\` is ${what}`)
}

const shorten = (name: string): string => name.slice(0, 40)

const malformed = (place: string, why: string): BehalfError =>
  new BehalfError('invalid-input', `The ${place} cannot be read: ${why}.`)
