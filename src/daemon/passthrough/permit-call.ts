import type {IncomingMessage} from 'node:http'

import {
  authorizeCaller,
  readForRequest,
  requireScope,
  type CallerInput,
  type Wanted,
} from '../../broker/authorize-caller.js'
import type {TokenSource} from '../../broker/call-as-account.js'
import type {TokenDeps} from '../../broker/get-fresh-token.js'
import {loadProvider} from '../../broker/load-provider.js'
import type {NamedAccount} from '../../model/account-name.js'
import {encodePath} from '../../model/api-path.js'
import type {ApiToken} from '../../model/api-token.js'
import {BehalfError} from '../../model/behalf-error.js'
import type {Provider} from '../../model/provider.js'
import {readCallerHeaders} from '../caller-headers.js'
import {hasBody} from './call-body.js'
import {CallFailure} from './call-failure.js'
import type {CallNote} from './call-note.js'
import {parseCallTarget, withoutTauFormat, type CallTarget} from './call-target.js'
import {StandingCaller, type StandingCallers} from './standing-callers.js'

/** A call that the caller may make, on behalf of an account. */
export interface PermittedCall {
  provider: Provider
  account: NamedAccount
  /** Of the caller. */
  apiToken: ApiToken
  tokens: TokenSource
  method: string
  /** Where the provider's API is. */
  origin: string
  /** Path and query below the origin, encoded. */
  target: string
}

type Deps = TokenDeps & {callers: StandingCallers}

/** A request, taken apart. */
interface AskedCall {
  request: IncomingMessage
  target: CallTarget
  /** Who makes it. */
  input: CallerInput
  /** Of the store, before anything was read of it. */
  revision: object | undefined
}

/**
 * What a request wants of an API, and whether it may: authentication comes before anything is said of the provider.
 * Nothing is waited for where the caller is known.
 * @param note is told what is known of the call, also when it is refused.
 * @throws BehalfError `invalid-input` for an unclear path, `provider-not-found`, and what {@link authorizeCaller} throws.
 */
export function permitCall(
  deps: Deps,
  request: IncomingMessage,
  note: CallNote,
): PermittedCall | Promise<PermittedCall> {
  const target = parseCallTarget(request.url ?? '')
  const input = readCallerHeaders(request.headersDistinct)
  const asked = {request, target, input, revision: deps.callers.revision}
  const caller = deps.callers.find(target.provider, input)
  if (!caller) return permitStranger(deps, asked, note)
  const {apiToken, account, provider} = caller
  note.apiToken = apiToken
  note.account = account
  requireScope(apiToken, describeCall(request.method ?? '', target, provider))
  return resolveCall(caller, asked, note)
}

async function permitStranger(deps: Deps, asked: AskedCall, note: CallNote): Promise<PermittedCall> {
  const caller = await meetCaller(deps, asked, note)
  deps.callers.keep(asked.revision, asked.target.provider, asked.input, caller)
  return resolveCall(caller, asked, note)
}

function resolveCall(caller: StandingCaller, {request, target}: AskedCall, note: CallNote): PermittedCall {
  const {method = ''} = request
  const {apiToken, account, provider} = caller
  note.provider = provider.name
  // An API that answers TRACE would send the provider's token back to the caller (RFC 9110 9.3.8).
  if (method === 'TRACE') throw new CallFailure(405, 'refused', 'TRACE is not passed through.')
  const sent = resolveTarget(provider, target)
  return {provider, account, apiToken, tokens: caller, method, origin: sent.origin, target: sent.target}
}

/** Asks who makes a call, on whose behalf, and whether they may. */
async function meetCaller(
  deps: Deps,
  {request, target, input, revision}: AskedCall,
  note: CallNote,
): Promise<StandingCaller> {
  // A store that tells one state from the next is on this machine, and nothing is gained by looking ahead.
  const reads = revision === undefined ? {...deps, store: readForRequest(deps, input)} : undefined
  const found = await loadProvider(reads ?? deps, target.provider).then(
    (provider) => ({provider}),
    (trouble: unknown) => ({trouble}),
  )
  const wanted = describeCall(request.method ?? '', target, 'provider' in found ? found.provider : undefined)
  const {apiToken, account} = await authorizeCaller(reads ?? deps, input, wanted, (known) => {
    note.apiToken = known
    // Who is known is told at once: all that can be said of accounts there would be that nobody may act.
    if ('trouble' in found) throw found.trouble
  })
  if (!account || 'trouble' in found) throw new BehalfError('internal', 'A call was permitted on behalf of nobody')
  note.account = account
  // What was read before a body is not believed after it.
  const first = hasBody(request.headers) ? undefined : reads
  return new StandingCaller(deps, {apiToken, account, provider: found.provider}, first)
}

function describeCall(method: string, target: CallTarget, provider: Provider | undefined): Wanted {
  const isHelix = provider?.dialect === 'twitch'
  const segments = isHelix ? target.segments.slice(1) : target.segments
  return {kind: 'call', provider: target.provider, isHelix, method, segments}
}

function resolveTarget(
  provider: Provider,
  {segments, endsWithSlash, query}: CallTarget,
): Pick<PermittedCall, 'origin' | 'target'> {
  const {name, dialect} = provider
  const {origin, base} = findApi(provider)
  if (dialect !== 'twitch') {
    return {origin, target: join(`${base}${encodePath(segments)}${endsWithSlash ? '/' : ''}`, query)}
  }
  // A slash at the end is TAU's, which Helix would not know.
  const [first, ...path] = segments
  if (first !== 'helix') throw new CallFailure(404, 'invalid-input', `The Twitch API is below /api/${name}/helix/.`)
  return {origin, target: join(`${base}${encodePath(path)}`, withoutTauFormat(query))}
}

/** The store gives the same provider until it is changed, and taking a URL apart is dear beside the rest of a call. */
const knownApis = new WeakMap<Provider, {origin: string; base: string}>()

function findApi(provider: Provider): {origin: string; base: string} {
  const known = knownApis.get(provider)
  if (known) return known
  const {name, apiUrl} = provider
  if (apiUrl === undefined) throw new CallFailure(404, 'provider-not-found', `No API URL of ${name} is known.`)
  const {origin, pathname} = new URL(apiUrl)
  const api = {origin, base: pathname.replace(/\/$/, '')}
  knownApis.set(provider, api)
  return api
}

const join = (path: string, query: string | undefined): string => (query === undefined ? path : `${path}?${query}`)
