import {BehalfError} from '../model/behalf-error.js'
import type {Flow} from '../model/flow.js'
import type {DocumentBase} from './document-base.js'
import {hasState, openFlow, sealFlow} from './flow-record.js'
import type {FlowStore} from './store.js'

/** Pending flows of the JSON store. */
export function createJsonFlows(base: DocumentBase): FlowStore {
  return {
    async put(flow) {
      await base.change((draft, keys) => {
        draft.set('flows', flow.id, sealFlow(flow, keys))
      })
    },

    async get(id) {
      const document = await base.read()
      const record = document.sections.flows.get(id)
      return record === undefined ? undefined : openFlow(record, id, await base.openKeys(document))
    },

    async find(state) {
      const document = await base.read()
      const {flows} = document.sections
      if (flows.size === 0) return undefined
      const keys = await base.openKeys(document)
      const fingerprint = keys.fingerprint(state.reveal())
      for (const [id, record] of flows) {
        if (hasState(record, fingerprint)) return openFlow(record, id, keys)
      }
      return undefined
    },

    async update(id, change) {
      if (!(await base.read()).sections.flows.has(id)) return undefined
      return base.change((draft, keys) => {
        const record = draft.get('flows', id)
        const changed = record === undefined ? undefined : change(openFlow(record, id, keys))
        if (changed !== undefined) draft.set('flows', id, sealFlow(changed, keys))
        return changed
      })
    },

    async list() {
      const document = await base.read()
      if (document.sections.flows.size === 0) return []
      const keys = await base.openKeys(document)
      const open = ([id, record]: [string, unknown]): Flow[] => {
        try {
          return [openFlow(record, id, keys)]
        } catch (error) {
          if (error instanceof BehalfError && error.code === 'store-damaged') return []
          throw error
        }
      }
      return Array.from(document.sections.flows)
        .flatMap(open)
        .sort((a, b) => a.createdAt - b.createdAt)
    },

    async remove(id) {
      if (!(await base.read()).sections.flows.has(id)) return false
      return base.change((draft) => draft.delete('flows', id))
    },

    collectedAt: async () => (await base.read()).flowsCollectedAt,

    async noteCollected(at) {
      await base.change((draft) => {
        draft.noteFlowsCollected(at)
      })
    },
  }
}
