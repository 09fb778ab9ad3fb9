import assert from 'node:assert/strict'

import {Ajv2020, type ValidateFunction} from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'

import {createApi} from '../../src/daemon/api/api.js'

/** What came back, with its body as it was and, where it is JSON, as a value. */
export interface SeenAnswer extends GivenAnswer {
  json: unknown
}

export interface GivenAnswer {
  method: string
  /** Path and query. */
  target: string
  status: number
  headers: Headers
  text: string
}

interface Described {
  content?: Record<string, {schema?: object}>
}

interface OpenApiDocument {
  paths: Record<string, Record<string, {responses: Record<string, Described>}>>
  components: object
}

let known: {document: OpenApiDocument; ajv: Ajv2020} | undefined
const compiled = new Map<string, ValidateFunction>()

/** Holds an answer against what `/openapi.json` says of its route, status and body; gives it back with its JSON. */
export async function expectDescribed(answer: GivenAnswer): Promise<SeenAnswer> {
  const {document, ajv} = (known ??= await load())
  const {method, target, status, headers, text} = answer
  const name = `${method} ${target} → ${String(status)}`
  const type = headers.get('content-type')?.split(';')[0] ?? ''
  const json: unknown = type === 'application/json' && text !== '' ? JSON.parse(text) : undefined
  const path = findPath(document, new URL(target, 'http://localhost').pathname)
  const operation =
    path === undefined ? undefined : document.paths[path]?.[method === 'HEAD' ? 'get' : method.toLowerCase()]
  if (path === undefined || !operation) {
    assert.ok([404, 405].includes(status), `${name}: the route is not described`)
    return {...answer, json}
  }
  const described = operation.responses[String(status)] ?? operation.responses.default
  assert.ok(described, `${name}: the status is not described`)
  const types = Object.keys(described.content ?? {})
  if (text === '') {
    assert.ok(types.length === 0 || method === 'HEAD', `${name}: a body is described`)
    return {...answer, json}
  }
  assert.ok(types.includes(type) || types.includes('*/*'), `${name}: ${type} is not described`)
  if (json !== undefined && types.includes(type)) {
    const pointer = [
      path,
      method.toLowerCase(),
      'responses',
      status in operation.responses ? String(status) : 'default',
    ]
    const validate = validatorOf(ajv, pointer, type)
    assert.ok(validate(json), `${name}: ${ajv.errorsText(validate.errors)} in ${text.slice(0, 500)}`)
  }
  return {...answer, json}
}

/** The document, as it is served. */
export async function readOpenApiDocument(): Promise<Record<string, unknown>> {
  const unused = {get: () => () => assert.fail('the document needs nothing')}
  const app = createApi(Object.create(new Proxy({}, unused), ACTIVITY) as never)
  const response = await app.fetch(new Request('http://localhost/openapi.json'), {
    incoming: {url: '/openapi.json', headers: {}},
  } as never)
  return (await response.json()) as Record<string, unknown>
}

const ACTIVITY = {activity: {value: {noteCall: () => undefined}}}

async function load(): Promise<NonNullable<typeof known>> {
  const document = (await readOpenApiDocument()) as unknown as OpenApiDocument
  const ajv = new Ajv2020({strict: false, allErrors: true})
  addFormats.default(ajv)
  ajv.addSchema({$id: 'api', ...document})
  return {document, ajv}
}

function validatorOf(ajv: Ajv2020, [path = '', ...rest]: string[], type: string): ValidateFunction {
  const pointer = ['paths', path, ...rest, 'content', type, 'schema'].map(escapePointer).join('/')
  const validate = compiled.get(pointer) ?? ajv.compile({$ref: `api#/${pointer}`})
  compiled.set(pointer, validate)
  return validate
}

const escapePointer = (text: string): string => encodeURIComponent(text.replaceAll('~', '~0').replaceAll('/', '~1'))

/** What is written out comes before a template (OpenAPI 3.1, 4.8.8.2). */
function findPath({paths}: OpenApiDocument, pathname: string): string | undefined {
  const fitting = Object.keys(paths).filter((path) => patternOf(path).test(pathname))
  return fitting.sort((a, b) => a.split('{').length - b.split('{').length)[0]
}

/** The last part of a call that is passed through may have more segments than one. */
const patternOf = (path: string): RegExp =>
  new RegExp(
    `^${path
      .replaceAll('.', '\\.')
      .replace('{path}', '.+')
      .replaceAll(/\{.+?\}/g, '[^/]+')}$`,
  )
