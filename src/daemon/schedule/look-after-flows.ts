import type {BrokerDeps} from '../../broker/broker-deps.js'
import {collectFlows, isCollectionDue} from '../../broker/collect-flows.js'
import {pollDeviceFlows} from '../../broker/device-flow.js'
import type {DaemonDeps} from '../daemon-deps.js'
import {logFlows} from '../flows/log-flows.js'

/**
 * Asks providers about the flows that nobody comes back from, and forgets those that nobody finished in time, a line each,
 * every quarter of an hour at most (design 9).
 */
export async function lookAfterFlows(deps: Pick<DaemonDeps, keyof BrokerDeps | 'log'>): Promise<void> {
  const {onEnd} = logFlows(deps.log)
  for (const end of await pollDeviceFlows(deps)) onEnd(end)
  if (!(await isCollectionDue(deps))) return
  for (const {id, provider, role, subject, state} of await collectFlows(deps, {force: false})) {
    deps.log.info('flow-collected', {flow: id, provider, role, ...(subject !== undefined && {subject}), fate: state})
  }
}
