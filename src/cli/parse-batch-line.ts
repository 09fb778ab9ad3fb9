import * as z from 'zod/mini'

import type {HelixInput} from '../compose.js'
import {BehalfError} from '../model/behalf-error.js'
import {HELIX_METHODS} from '../model/helix-endpoint.js'

type BatchRequest = Pick<HelixInput, 'method' | 'path' | 'query' | 'body' | 'as' | 'app'>

const HINT = 'Write GET users?login=a, POST chat/messages {"message":"…"}, or {"method":"GET","path":"users"}.'

const objectSchema = z.strictObject({
  method: z.string(),
  path: z.string(),
  query: z.exactOptional(z.record(z.string(), z.union([scalar(), z.array(scalar())]))),
  body: z.exactOptional(z.unknown()),
  as: z.exactOptional(z.string()),
  app: z.exactOptional(z.boolean()),
})

/** Values that have one way to be written in a query. */
function scalar() {
  return z.union([z.string(), z.number(), z.boolean()])
}

/**
 * Reads a request as a line of a batch has it: `METHOD PATH [JSON]`, or a JSON object. Undefined for an empty line and
 * one that begins with `#`.
 * @throws BehalfError `invalid-input`.
 */
export function parseBatchLine(text: string): BatchRequest | undefined {
  const trimmed = text.trim()
  if (trimmed === '' || trimmed.startsWith('#')) return undefined
  return trimmed.startsWith('{') ? parseObject(trimmed) : parseWords(trimmed)
}

function parseWords(text: string): BatchRequest {
  const [, method = '', path, body = ''] = /^(\S+)(?:\s+(\S+))?(?:\s+(.+))?$/s.exec(text) ?? []
  const known = toMethod(method)
  if (path === undefined) throw unreadable('no path stands behind the method')
  if (body === '') return {method: known, path, query: []}
  if (known === 'GET') throw unreadable('a GET has no body')
  try {
    JSON.parse(body)
  } catch (error) {
    throw unreadable(`what stands behind the path is not JSON: ${error instanceof Error ? error.message : ''}`)
  }
  return {method: known, path, query: [], body}
}

function parseObject(text: string): BatchRequest {
  const result = objectSchema.safeParse(parseJson(text))
  if (!result.success) throw unreadable(explainIssue(result.error.issues[0]))
  const {method, path, query = {}, body, as, app} = result.data
  const known = toMethod(method)
  if (body !== undefined && known === 'GET') throw unreadable('a GET has no body')
  if (as !== undefined && app === true) throw unreadable('as and app exclude each other')
  return {
    method: known,
    path,
    query: Object.entries(query).flatMap(([name, values]) =>
      [values].flat().map((value): [string, string] => [name, String(value)]),
    ),
    ...(body !== undefined && {body: JSON.stringify(body)}),
    ...(as !== undefined && {as}),
    ...(app !== undefined && {app}),
  }
}

/** zod/mini has no words of its own. */
function explainIssue(issue: z.core.$ZodIssue | undefined): string {
  if (issue?.code === 'unrecognized_keys') return `“${issue.keys.join('”, “')}” means nothing here`
  return `“${issue?.path.join('.') ?? ''}” is missing or has another form`
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw unreadable(`it is not JSON: ${error instanceof Error ? error.message : ''}`)
  }
}

function toMethod(text: string): BatchRequest['method'] {
  const method = HELIX_METHODS.find((known) => known === text.toUpperCase())
  if (method === undefined) throw unreadable(`“${text.slice(0, 20)}” is not GET, POST, PUT, PATCH or DELETE`)
  return method
}

const unreadable = (why: string): BehalfError =>
  new BehalfError('invalid-input', `This line is not a request: ${why}.`, {hint: HINT})
