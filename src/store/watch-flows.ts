import type {Flow, FlowOutcome} from '../model/flow.js'
import type {FlowStore} from './store.js'

/** A flow store that tells of each flow that ends through it, once its outcome is stored. */
export function watchFlows(flows: FlowStore, onEnd: (flow: Flow, outcome: FlowOutcome) => void): FlowStore {
  return {
    ...flows,
    async update(id, change) {
      let outcome: FlowOutcome | undefined
      const flow = await flows.update(id, (current) => {
        const next = change(current)
        outcome = current.outcome === undefined ? next?.outcome : undefined
        return next
      })
      if (flow && outcome) onEnd(flow, outcome)
      return flow
    },
  }
}
