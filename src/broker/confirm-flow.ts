import {BehalfError} from '../model/behalf-error.js'
import type {Flow} from '../model/flow.js'
import type {BrokerDeps} from './broker-deps.js'
import {completeLogin} from './complete-login.js'
import {failFlow, settleFlow, type FlowEnd} from './end-flow.js'
import {requireHome} from './flow-home.js'
import {findStarterGone} from './flow-starter.js'
import {grantOf, revokeHeld, takeHeld} from './held-grant.js'
import {flowNotFound} from './leave-for-provider.js'
import {loadProvider} from './load-provider.js'
import {checkBrowser, type CookieReader} from './receive-callback.js'
import {checkNotExpired, purposeOf} from './redeem-flow.js'

type Deps = Pick<BrokerDeps, 'store' | 'providerClient' | 'clock' | 'random' | 'providers'>

/** What the person did with the question, in the browser that was asked. */
export interface Confirmation {
  flowId: string
  cookieOf: CookieReader
}

/**
 * A flow of this browser, whatever has become of it.
 * @throws BehalfError `flow-not-found`, `refused` for another browser.
 */
export async function findOwnFlow(deps: Pick<Deps, 'store'>, {flowId, cookieOf}: Confirmation): Promise<Flow> {
  const flow = await deps.store.flows.get(flowId)
  if (!flow?.startPage) throw flowNotFound()
  await checkBrowser(deps, flow, cookieOf(flow))
  return flow
}

/**
 * The person has said that the account is to be connected: now it is kept.
 * @throws BehalfError `login-failed` when there is nothing to confirm any more, `refused`, `flow-not-found`.
 */
export async function confirmFlow(deps: Deps, input: Confirmation): Promise<FlowEnd> {
  const flow = await findOwnFlow(deps, input)
  if (flow.confirm !== 'page') throw nothingToConfirm()
  return keepHeld(deps, flow)
}

/**
 * The person has said that it is not. What was granted is revoked where that ends no more than that.
 * @throws BehalfError `login-failed` when there is nothing to decline any more.
 */
export async function declineFlow(deps: Deps, input: Confirmation): Promise<FlowEnd> {
  const flow = await findOwnFlow(deps, input)
  const error = new BehalfError('login-failed', 'The person declined to connect the account.')
  await giveUpHeld(deps, flow, error)
  return {kind: 'failed', flow, error}
}

/** Keeps what a flow holds. @throws BehalfError `login-failed` when it holds nothing, or has expired. */
export async function keepHeld(deps: Deps, flow: Flow): Promise<FlowEnd> {
  checkNotExpired(deps, flow)
  const error = await findStarterGone(deps, flow)
  if (error) {
    await giveUpHeld(deps, flow, error)
    return {kind: 'failed', flow, error}
  }
  const held = await takeHeld(deps, flow)
  if (held === undefined) throw nothingToConfirm()
  return settleFlow(deps, flow, async () => {
    const provider = await loadProvider(deps, flow.provider)
    requireHome(flow, provider)
    return completeLogin(deps, purposeOf(flow, provider), grantOf(held), held.who)
  })
}

/** Ends a flow without keeping what it holds. @throws BehalfError `login-failed` when it holds nothing. */
export async function giveUpHeld(deps: Deps, flow: Flow, why: BehalfError): Promise<void> {
  const held = await takeHeld(deps, flow)
  if (held === undefined) throw nothingToConfirm()
  await failFlow(deps, flow, why)
  await revokeHeld(deps, flow, held)
}

const nothingToConfirm = (): BehalfError =>
  new BehalfError('login-failed', 'There is nothing to confirm: this login has ended, or has not come so far.', {
    hint: 'Start the login again.',
  })
