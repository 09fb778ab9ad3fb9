import {BehalfError} from '../model/behalf-error.js'
import {leadsTo} from '../model/callback-paths.js'
import type {Flow} from '../model/flow.js'
import type {Provider} from '../model/provider.js'
import type {Secret} from '../model/secret.js'
import type {BrokerDeps} from './broker-deps.js'
import {checkGrant, completeLogin, type Granted} from './complete-login.js'
import {failFlow, settleFlow, type FlowEnd} from './end-flow.js'
import {holdGrant} from './held-grant.js'
import {loadProvider} from './load-provider.js'
import {checkCallbackShape, checkNotExpired, findFlow, purposeOf, redeemFlow, takeFlow} from './redeem-flow.js'

type Deps = Pick<BrokerDeps, 'store' | 'providerClient' | 'clock' | 'random' | 'providers'>

/** The cookie of a flow, as the browser sent it. */
export type CookieReader = (flow: Flow) => Secret | undefined

/** What the browser, or a program in its place, came back with. */
export interface CallbackVisit {
  /** The query, or the form of a POST, as it came. */
  parameters: URLSearchParams
  cookieOf: CookieReader
  /** Where it came in. */
  path: string
  isPosted: boolean
}

/** How far a flow has come. `held`: nothing is kept before the person has confirmed it. */
export type FlowStep = FlowEnd | {kind: 'held'; flow: Flow}

/**
 * Takes the callback that ends a flow, whoever started it. What is malformed, foreign or late, or comes from another
 * browser, ends none.
 * @throws BehalfError `login-failed`, `refused` for another browser; then no flow was ended.
 */
export async function receiveCallback(deps: Deps, visit: CallbackVisit): Promise<FlowStep> {
  const {parameters} = visit
  checkCallbackShape(parameters)
  const flow = await findFlow(deps, parameters)
  const browser = await checkBrowser(deps, flow, visit.cookieOf(flow))
  // Somebody has the page loaded again.
  if (flow.held && browser !== undefined) {
    checkNotExpired(deps, flow)
    return {kind: 'held', flow}
  }
  checkPlace(flow, visit)
  const provider = await loadProvider(deps, flow.provider)
  const taken = await takeFlow(deps, flow, browser)
  return admitGranted(deps, taken, provider, () => redeemFlow(deps, taken, provider, parameters))
}

/** Ends a flow that was taken with what the provider grants, or holds that until the person has confirmed it. */
export async function admitGranted(
  deps: Deps,
  flow: Flow,
  provider: Provider,
  redeem: () => Promise<Granted>,
): Promise<FlowStep> {
  const purpose = purposeOf(flow, provider)
  if (flow.confirm === undefined) {
    return settleFlow(deps, flow, async () => completeLogin(deps, purpose, await redeem()))
  }
  try {
    const granted = await redeem()
    const who = await checkGrant(deps, purpose, granted)
    return {kind: 'held', flow: await holdGrant(deps, flow, provider, granted, who)}
  } catch (error) {
    await failFlow(deps, flow, error)
    return {kind: 'failed', flow, error}
  }
}

/**
 * Whether the browser is the one in which the start page's button was pressed: the attacker's callback in the victim's
 * browser, and the other way round, gets no further.
 * @returns the keyed hash of its cookie; undefined for a flow without a start page.
 * @throws BehalfError `refused`.
 */
export async function checkBrowser(
  deps: Pick<Deps, 'store'>,
  flow: Flow,
  cookie: Secret | undefined,
): Promise<string | undefined> {
  if (!flow.startPage) return undefined
  const browser = cookie && (await deps.store.fingerprint(cookie))
  if (browser !== undefined && browser === flow.browser) return browser
  throw new BehalfError('refused', 'This login was not begun in this browser.', {
    hint: 'Open your link here and press its button. If you were given none, close this and give its address to nobody.',
  })
}

/**
 * Each provider may have a redirect URI of its own; what comes in at another one was meant for another provider
 * (RFC 9700 4.4.2), also as a form: the provider posts it if it is asked to.
 */
function checkPlace({redirectUri}: Flow, {path, isPosted}: CallbackVisit): void {
  if (leadsTo(redirectUri, path, isPosted)) return
  throw new BehalfError('login-failed', 'This callback came to the address of another provider.', {
    hint: 'Start the login again.',
  })
}
