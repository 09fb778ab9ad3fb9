import {BehalfError} from '../model/behalf-error.js'
import type {Flow, FlowConfirmation} from '../model/flow.js'
import {checkSubject} from '../model/subject.js'
import type {EpochMs} from '../model/time.js'
import type {BrokerDeps} from './broker-deps.js'
import {makeFlow, openProviderPage, speaksOAuth1} from './open-flow.js'
import {planLogin} from './plan-login.js'

/** What a program asks a person to authorize. */
export interface StartFlowInput {
  /** Default: the only provider there is, else `twitch`. */
  provider?: string
  /** The chat user whose account it will be. Neither this nor a role: a web login. */
  subject?: string
  role?: 'owner' | 'bot'
  /** Beyond the role's default scopes and what the account had. */
  scopes?: string[]
  /** For a subject: the user id at the provider that it is known to have. For a role: a login or user id. */
  expect?: string
  /** How a subject's link is confirmed where nothing is expected. Default `page`. */
  confirm?: FlowConfirmation
  /** OAuth 1.0a: the person is shown a PIN to send back in the chat, for the browser cannot come back. */
  pin?: boolean
  /** Where the browser goes in the end; checked by the caller. */
  returnTo?: string
  /** The id of the API token that asks, which alone will see the flow. */
  startedBy?: string
}

export interface StartedFlow {
  flowId: string
  /** Where the person goes: our start page, or the provider's own. */
  authorizationUrl: string
  expiresAt: EpochMs
}

/** Where our pages are to the person's browser. */
export interface FlowPlace {
  /** The URL of a flow's start page; of the same host as its redirect URI, for the cookie's sake. */
  startPageOf(flow: Flow): string
}

type Deps = Pick<BrokerDeps, 'store' | 'providerClient' | 'clock' | 'random' | 'providers'>

/**
 * Starts the authorization of a chat user, of a person at a web page, or of an owner or bot, for a program.
 * @throws BehalfError `invalid-input`, `unknown-scope`, `provider-not-found`, `configuration`.
 */
export async function startFlow(deps: Deps & {flowPlace: FlowPlace}, input: StartFlowInput): Promise<StartedFlow> {
  const {subject, role, expect, confirm, returnTo, startedBy} = input
  if (subject !== undefined && role !== undefined) {
    throw new BehalfError('invalid-input', 'A flow is for a subject or for a role, not for both.')
  }
  if (subject !== undefined) checkSubject(subject)
  const purpose = await planLogin(deps, {
    role: role ?? 'user',
    scopes: input.scopes ?? [],
    ...(input.provider !== undefined && {provider: input.provider}),
    ...(subject !== undefined && {subject}),
    // A login may look like an id, and logins can be chosen.
    ...(expect !== undefined && {expect: role === undefined ? `id:${expect.replace(/^id:/, '')}` : expect}),
  })
  const pin = input.pin === true && speaksOAuth1(purpose.provider)
  // Who is known is checked by rule 8; a PIN is brought by who saw it; who may add a bot gives the link to the right
  // person.
  const isGuarded = role === undefined && expect === undefined && !pin
  const flow = makeFlow(deps, purpose, {
    ...(startedBy !== undefined && {startedBy}),
    ...(returnTo !== undefined && {returnTo}),
    ...(pin && {pin}),
    ...(isGuarded && {startPage: true}),
    ...(isGuarded && subject !== undefined && {confirm: confirm ?? 'page'}),
  })
  const {id: flowId, expiresAt} = flow
  if (isGuarded) {
    await deps.store.flows.put(flow)
    return {flowId, authorizationUrl: deps.flowPlace.startPageOf(flow), expiresAt}
  }
  const {url, ...page} = await openProviderPage(deps, flow, purpose.provider)
  await deps.store.flows.put({...flow, ...page})
  return {flowId, authorizationUrl: url, expiresAt}
}
