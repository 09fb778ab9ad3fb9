import {BehalfError} from '../model/behalf-error.js'
import {awaitsCallback, type Flow} from '../model/flow.js'
import {Secret} from '../model/secret.js'
import type {BrokerDeps} from './broker-deps.js'
import {requireStarter} from './flow-starter.js'
import {loadProvider} from './load-provider.js'
import {openProviderPage} from './open-flow.js'
import {checkNotExpired} from './redeem-flow.js'

type Deps = Pick<BrokerDeps, 'store' | 'providerClient' | 'clock' | 'random' | 'providers'>

/**
 * So often a flow's button may be pressed: each time costs a write of the store and, in OAuth 1.0a, a request to the
 * provider, and nobody needs more than the link for it.
 */
const MAX_PRESSES = 20

/** A browser that goes to the provider. */
export interface Departure {
  flow: Flow
  /** What the browser has to bring back. */
  cookie: Secret
  /** The provider's authorization page. */
  url: string
}

/** A flow that has a start page, and waits. @throws BehalfError `flow-not-found`, `login-failed` when it has ended, or its starter. */
export async function findWaitingFlow(deps: Pick<Deps, 'store' | 'clock'>, id: string): Promise<Flow> {
  const flow = await deps.store.flows.get(id)
  if (!flow?.startPage) throw flowNotFound()
  if (awaitsCallback(flow)) {
    checkNotExpired(deps, flow)
    await requireStarter(deps, flow)
    return flow
  }
  throw usedAlready()
}

/**
 * The start page's button was pressed: binds the flow to this browser. Pressed in two browsers, the later one counts.
 * @throws as {@link findWaitingFlow}, and what the provider's settings make impossible.
 */
export async function leaveForProvider(deps: Deps, id: string): Promise<Departure> {
  const found = await findWaitingFlow(deps, id)
  if (!mayLeave(found)) throw usedAlready()
  const {url, ...page} = await openProviderPage(deps, found, await loadProvider(deps, found.provider))
  const cookie = new Secret(deps.random.token(24))
  const browser = await deps.store.fingerprint(cookie)
  const flow = await deps.store.flows.update(id, (current) =>
    mayLeave(current) ? {...current, ...page, browser, presses: (current.presses ?? 0) + 1} : undefined,
  )
  if (flow) return {flow, cookie, url}
  throw usedAlready()
}

const mayLeave = (flow: Flow): boolean => awaitsCallback(flow) && (flow.presses ?? 0) < MAX_PRESSES

const usedAlready = (): BehalfError =>
  new BehalfError('login-failed', 'This link has been used already.', {hint: 'Ask for a new one.'})

/** Also for what is somebody else's. */
export const flowNotFound = (): BehalfError =>
  new BehalfError('flow-not-found', 'There is no such flow.', {hint: 'It may have ended long ago. Start a new one.'})
