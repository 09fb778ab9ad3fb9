import type {BrokerDeps} from './broker/broker-deps.js'
import {collectFlows} from './broker/collect-flows.js'
import {listFlows} from './broker/read-flow.js'
import type {FlowView} from './model/flow-view.js'

export type {FlowView}

/** What is done about the logins that were begun. */
export interface FlowActions {
  /** Oldest first. */
  listFlows(): Promise<FlowView[]>
  /** Forgets those that have expired, with `force` all. @returns what each of them was. */
  collectFlows(options: {force: boolean}): Promise<FlowView[]>
}

/** Loaded when it is first used. */
export const bindFlowActions = (deps: BrokerDeps): FlowActions => ({
  listFlows: () => listFlows(deps),
  collectFlows: (options) => collectFlows(deps, options),
})
