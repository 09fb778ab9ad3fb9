import {BehalfError} from '../model/behalf-error.js'
import type {FlowView} from '../model/flow-view.js'
import type {Flow} from '../model/flow.js'
import {MINUTE_MS} from '../model/time.js'
import type {BrokerDeps} from './broker-deps.js'
import {OUTCOME_WITHIN_MS} from './end-flow.js'
import {revokeHeld, takeHeld} from './held-grant.js'
import {listFlows} from './read-flow.js'

type Deps = Pick<BrokerDeps, 'store' | 'providerClient' | 'clock' | 'random' | 'providers'>

/** How often the expired flows are looked for without anyone asking, by all processes together. */
const COLLECT_EVERY_MS = 15 * MINUTE_MS

/** Whether it is time to collect: there are flows, and nobody has collected for a quarter of an hour. */
export async function isCollectionDue(deps: Pick<Deps, 'store' | 'clock'>): Promise<boolean> {
  const last = await deps.store.flows.collectedAt()
  const now = deps.clock.now()
  // A clock that was set back must not put it off for longer.
  const isEarly = last !== undefined && now >= last && now < last + COLLECT_EVERY_MS
  return !isEarly && (await deps.store.flows.list()).some((flow) => isOver(flow, now))
}

/**
 * Removes the flows that have expired, and with them what they hold: what was granted and never confirmed is revoked
 * where that ends no more than that.
 * @param options `force`: all flows, also those that wait.
 * @returns what each of them was.
 */
export async function collectFlows(deps: Deps, {force}: {force: boolean}): Promise<FlowView[]> {
  const now = deps.clock.now()
  const views = new Map((await listFlows(deps)).map((view) => [view.id, view]))
  const collected: FlowView[] = []
  for (const flow of await deps.store.flows.list()) {
    if (!force && !isOver(flow, now)) continue
    await giveBackHeld(deps, flow)
    const view = views.get(flow.id)
    if ((await deps.store.flows.remove(flow.id)) && view) collected.push(view)
  }
  await deps.store.flows.noteCollected(now)
  return collected
}

/** One whose callback was just taken is left to who took it. */
const isOver = ({expiresAt, takenAt, outcome}: Flow, now: number): boolean =>
  now >= expiresAt && (outcome !== undefined || takenAt === undefined || now >= takenAt + OUTCOME_WITHIN_MS)

async function giveBackHeld(deps: Deps, flow: Flow): Promise<void> {
  const held = await takeHeld(deps, flow)
  if (held === undefined) return
  try {
    await revokeHeld(deps, flow, held)
  } catch (error) {
    // The provider is gone, or is not to be reached: its tokens end by themselves.
    if (!(error instanceof BehalfError)) throw error
  }
}
