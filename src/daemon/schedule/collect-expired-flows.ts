import {collectFlows, isCollectionDue} from '../../broker/collect-flows.js'
import type {BrokerDeps} from '../../broker/broker-deps.js'
import type {DaemonDeps} from '../daemon-deps.js'

/** Forgets the flows that nobody finished in time, a line each, every quarter of an hour at most (design 9). */
export async function collectExpiredFlows(deps: Pick<DaemonDeps, keyof BrokerDeps | 'log'>): Promise<void> {
  if (!(await isCollectionDue(deps))) return
  for (const {id, provider, role, subject, state} of await collectFlows(deps, {force: false})) {
    deps.log.info('flow-collected', {flow: id, provider, role, ...(subject !== undefined && {subject}), fate: state})
  }
}
