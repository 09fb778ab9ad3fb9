import {API_REQUEST_HEADERS} from '../model/api-request-headers.js'
import {decodePath, encodePath} from '../model/api-path.js'
import {BehalfError} from '../model/behalf-error.js'
import type {Provider} from '../model/provider.js'
import type {ApiReply, ApiRequest} from '../providers/provider-client.js'
import {callWithCredential} from './call-with-credential.js'
import {findActingAccount, type ActorInput} from './find-acting-account.js'
import type {TokenDeps} from './get-fresh-token.js'
import {loadProvider} from './load-provider.js'

export interface ApiInput extends ActorInput {
  /** In capitals. */
  method: string
  /** Below the provider's API URL, with or without a leading slash and a query string. */
  path: string
  query?: readonly (readonly [string, string])[]
  /** Those that may be said to an API (`API_REQUEST_HEADERS`), names in any case. */
  headers?: readonly (readonly [string, string])[]
  body?: Uint8Array
  signal?: AbortSignal
}

/** The API's answer, whatever it is, and what a person may want to know of the call. */
export interface ApiAnswer extends Omit<ApiReply, 'tokenRefused'> {
  /** The account needs a login, and the API's own 401 is what is answered. */
  loginNeeded?: {message: string; hint: string}
  warning?: string
  /** Whose API answered. */
  provider: string
}

/** CONNECT and TRACE are about the connection, and would answer with what was sent (RFC 9110 9.3.6, 9.3.8). */
const REFUSED_METHODS = new Set(['CONNECT', 'TRACE'])

/**
 * Calls the API of any provider as an account, whatever its credential is (design 5).
 * @throws BehalfError `invalid-input` for a path that leaves the API, a header that may not be sent, and what cannot be
 * signed; `configuration` for a provider without an API URL; what finding the account and its credential throw;
 * `unavailable`.
 */
export async function callApi(deps: TokenDeps, input: ApiInput): Promise<ApiAnswer> {
  const account = await findActingAccount(deps, input)
  const provider = await loadProvider(deps, account.provider)
  const request: ApiRequest = {
    method: readMethod(input.method),
    url: buildUrl(provider, input),
    headers: addOwnHeaders(readHeaders(input.headers ?? [], provider), provider),
    ...(input.body && {body: input.body}),
    ...(input.signal && {signal: input.signal}),
  }
  const {origin} = new URL(request.url)
  let refused: ApiReply | undefined
  const call = await callWithCredential(deps, provider, account.key, async ({apiOrigin, credential, ...sentOnce}) => {
    refused?.body.destroy()
    if (apiOrigin !== origin) throw leavesHome(provider)
    refused = await deps.providerClient.sendCall(provider, credential, {...request, ...sentOnce})
    return refused
  })
  const {answer, ...rest} = call
  const {tokenRefused: _judged, ...reply} = answer
  return {...reply, ...rest, provider: provider.name}
}

function readMethod(method: string): string {
  if (/^[A-Z]+$/.test(method) && !REFUSED_METHODS.has(method)) return method
  throw new BehalfError('invalid-input', `“${method.slice(0, 40)}” is no method that an API is called with.`)
}

/** A path is decoded once and encoded again, so that what was checked is what is sent. */
function buildUrl({name, apiUrl}: Provider, {path: typed, query = []}: ApiInput): string {
  if (apiUrl === undefined) {
    throw new BehalfError('configuration', `The provider ${name} has no API URL.`, {
      hint: `behalf provider update ${name} --api-url URL`,
    })
  }
  const [, path = '', typedQuery = ''] = /^\/?([^?]*)(?:\?(.*))?$/s.exec(typed) ?? []
  const written = encodeOthers(path)
  const segments = written === '' ? [] : decodePath(written.replace(/\/$/, ''))
  if (segments === undefined || /^[a-z][a-z0-9+.-]*:/i.test(path) || /[\s\p{Cc}#]/u.test(typed)) throw leavesApi(typed)
  const pairs = query.map((pair) => pair.map(encodeURIComponent).join('='))
  const asked = [encodeOthers(typedQuery), ...pairs].filter((part) => part !== '').join('&')
  const end = written.endsWith('/') ? '/' : ''
  return `${apiUrl.replace(/\/$/, '')}${encodePath(segments)}${end}${asked === '' ? '' : `?${asked}`}`
}

/** What is typed may hold letters that a URL may not. */
const encodeOthers = (text: string): string => text.replace(/\P{ASCII}+/gu, encodeURIComponent)

function readHeaders(
  given: readonly (readonly [string, string])[],
  {requestHeaders = {}}: Provider,
): [string, string][] {
  return given.map(([name, value]) => {
    const lower = name.toLowerCase()
    if (!API_REQUEST_HEADERS.has(lower) && !Object.hasOwn(requestHeaders, lower)) {
      throw new BehalfError('invalid-input', `The header ${name.slice(0, 40)} is not one that is sent to an API.`, {
        hint: `These are: ${[...API_REQUEST_HEADERS].join(', ')}.`,
      })
    }
    if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) {
      throw new BehalfError('invalid-input', `The header ${lower} holds something that a header cannot.`)
    }
    return [lower, value]
  })
}

/** Those that the service wants with every request, and who calls; a caller's own win. */
function addOwnHeaders(headers: readonly [string, string][], provider: Provider): [string, string][] {
  const own = {'user-agent': 'behalf', accept: '*/*', ...provider.requestHeaders}
  const said = new Set(headers.map(([name]) => name))
  return [...headers, ...Object.entries(own).filter(([name]) => !said.has(name))]
}

const leavesApi = (path: string): BehalfError =>
  new BehalfError('invalid-input', `“${path.slice(0, 200)}” is not a path below the API.`, {
    hint: 'Name it without the API’s URL, such as users/me?fields=id.',
  })

const leavesHome = ({name}: Provider): BehalfError =>
  new BehalfError('login-needed', `The account was authorized for another API URL than ${name} has now.`)
