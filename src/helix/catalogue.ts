import {readFileSync} from 'node:fs'

import type {HelixEndpoint} from '../model/helix-endpoint.js'

let loaded: {all: readonly HelixEndpoint[]; byKey: ReadonlyMap<string, HelixEndpoint>} | undefined

/** Every endpoint of the Twitch API, in the order of its reference. Read from disk on first use. */
export function listEndpoints(): readonly HelixEndpoint[] {
  return loadCatalogue().all
}

/** The endpoint of a method and a path (with its leading slash, without `/helix` and query). */
export function findEndpoint(method: string, path: string): HelixEndpoint | undefined {
  return loadCatalogue().byKey.get(`${method.toUpperCase()} ${path}`)
}

/** Endpoints whose starred parameters are alternatives: one of them is needed, not all. */
const ALTERNATIVES: ReadonlySet<string> = new Set([
  'GET /clips',
  'GET /games',
  'GET /streams/markers',
  'GET /teams',
  'GET /videos',
])

/** The query parameters a call must have: `all` of the one list, and at least one of `oneOf` unless it is empty. */
export function requiredQuery(endpoint: HelixEndpoint): {all: string[]; oneOf: string[]} {
  const starred = endpoint.query.filter((entry) => entry.includes('*')).map(parameterName)
  return ALTERNATIVES.has(`${endpoint.method} ${endpoint.path}`) ? {all: [], oneOf: starred} : {all: starred, oneOf: []}
}

/** The name of a `query` entry without its marks: `id*[]` is `id`. */
export const parameterName = (entry: string): string => entry.replace(/\*?(\[\])?$/, '')

function loadCatalogue(): NonNullable<typeof loaded> {
  if (loaded === undefined) {
    const all = readEndpoints()
    loaded = {all, byKey: new Map(all.map((endpoint) => [`${endpoint.method} ${endpoint.path}`, endpoint]))}
  }
  return loaded
}

/** The data's only reader: the build copies the file next to the bundle. A test checks its shape. */
function readEndpoints(): HelixEndpoint[] {
  return JSON.parse(readFileSync(new URL('./endpoints.json', import.meta.url), 'utf8')) as HelixEndpoint[]
}
