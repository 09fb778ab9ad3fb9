import type {DocumentBase} from './document-base.js'
import {waitsForState, openFlow, sealFlow} from './flow-record.js'
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

    async take(state) {
      const document = await base.read()
      if (document.sections.flows.size === 0) return undefined
      const fingerprint = (await base.openKeys(document)).fingerprint(state.reveal())
      const found = Array.from(document.sections.flows).find(([, record]) => waitsForState(record, fingerprint))
      if (found === undefined) return undefined
      const [id] = found
      return base.change((draft, keys) => {
        const record = draft.get('flows', id)
        if (!waitsForState(record, fingerprint)) return undefined
        const flow = openFlow(record, id, keys)
        draft.delete('flows', id)
        return flow
      })
    },

    async list() {
      const document = await base.read()
      if (document.sections.flows.size === 0) return []
      const keys = await base.openKeys(document)
      return Array.from(document.sections.flows, ([id, record]) => openFlow(record, id, keys)).sort(
        (a, b) => a.createdAt - b.createdAt,
      )
    },

    async remove(id) {
      if (!(await base.read()).sections.flows.has(id)) return false
      return base.change((draft) => draft.delete('flows', id))
    },
  }
}
