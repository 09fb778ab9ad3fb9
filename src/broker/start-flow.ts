import {BehalfError} from '../model/behalf-error.js'
import type {Flow, FlowConfirmation} from '../model/flow.js'
import type {Provider} from '../model/provider.js'
import {checkSubject} from '../model/subject.js'
import type {EpochMs} from '../model/time.js'
import type {BrokerDeps} from './broker-deps.js'
import {beginDeviceFlow, needsDeviceFlow} from './device-flow.js'
import {makeFlow, openProviderPage, speaksOAuth1, type FlowParts} from './open-flow.js'
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
  /** Begins at our start page whoever is known, so that it ends in the browser in which its button was pressed. */
  startPage?: boolean
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
  /** What to enter, or to check, at the provider's own address, where no page of ours shows it. */
  userCode?: string
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
  const {provider} = purpose
  requireLogins(provider)
  const pin = input.pin === true && speaksOAuth1(provider)
  // A chat user who is known is checked by rule 8; a PIN is brought by who saw it; who may add a bot gives the link to
  // the right person. Who a web login is for is told by the browser alone, whoever is expected.
  const isKnown = subject !== undefined && expect !== undefined
  const isGuarded = role === undefined && !isKnown && !pin
  const hasStartPage = isGuarded || (input.startPage === true && !needsDeviceFlow(provider))
  const parts: FlowParts = {
    ...(startedBy !== undefined && {startedBy}),
    ...(returnTo !== undefined && {returnTo}),
    ...(pin && {pin}),
    ...(hasStartPage && {startPage: true}),
    ...(isGuarded && subject !== undefined && {confirm: confirm ?? 'page'}),
  }
  if (needsDeviceFlow(provider)) {
    if (isGuarded) throw cannotBeGuarded(provider)
    const device = await beginDeviceFlow(deps, provider, purpose.scopes)
    const {id: flowId, expiresAt} = await keepFlow(deps, makeFlow(deps, purpose, {...parts, device}))
    return {flowId, authorizationUrl: device.verificationUri, expiresAt, userCode: device.userCode}
  }
  const flow = makeFlow(deps, purpose, parts)
  const {url, ...page} = hasStartPage
    ? {url: deps.flowPlace.startPageOf(flow)}
    : await openProviderPage(deps, flow, provider)
  await keepFlow(deps, {...flow, ...page})
  return {flowId: flow.id, authorizationUrl: url, expiresAt: flow.expiresAt}
}

async function keepFlow({store}: Pick<Deps, 'store'>, flow: Flow): Promise<Flow> {
  await store.flows.put(flow)
  return flow
}

/** @throws BehalfError `invalid-input` for a service whose credentials are handed in. */
function requireLogins({name, credentialKinds}: Provider): void {
  if (credentialKinds.some((kind) => kind === 'oauth2' || kind === 'oauth1')) return
  throw new BehalfError('invalid-input', `Nobody logs in at ${name}: its credentials are handed in.`, {
    hint: 'Hand one in with `PUT /api/v1/users/<subject>`, or `behalf user link`.',
  })
}

/** Whoever is sent a code may enter it, and nothing in their browser tells whether they are the one it was meant for. */
const cannotBeGuarded = ({name}: Provider): BehalfError =>
  new BehalfError('invalid-input', `${name} has no secret, so that its people cannot be told apart in a flow.`, {
    hint: `Give it one: behalf provider update ${name} --client-secret-file -; or, for a subject, name the user id with \`expect\`.`,
  })
