import {BehalfError} from '../model/behalf-error.js'
import type {Provider} from '../model/provider.js'
import type {ProviderStore} from './store.js'
import type {DocumentBase} from './document-base.js'
import {openProvider, openProviderState, sealProvider, sealProviderState} from './provider-record.js'
import {compareText} from './compare-text.js'
import {OpenedRecords} from './opened-records.js'

/** Providers of the JSON store. */
export function createJsonProviders(base: DocumentBase): ProviderStore {
  const opened = new OpenedRecords(openProvider)
  return {
    async get(name) {
      const document = await base.read()
      const record = document.sections.providers.get(name)
      return record === undefined ? undefined : opened.get(record, name, await base.openKeys(document))
    },

    async list() {
      const document = await base.read()
      if (document.sections.providers.size === 0) return []
      const keys = await base.openKeys(document)
      const open = ([name, record]: [string, unknown]): Provider[] => {
        try {
          return [openProvider(record, name, keys)]
        } catch (error) {
          if (error instanceof BehalfError && error.code === 'store-damaged') return []
          throw error
        }
      }
      return Array.from(document.sections.providers)
        .flatMap(open)
        .sort((a, b) => compareText(a.name, b.name))
    },

    names: async () => [...(await base.read()).sections.providers.keys()].sort(compareText),

    put: (provider, isExpected) =>
      base.change((draft, keys) => {
        const {name} = provider
        const record = draft.get('providers', name)
        if (isExpected?.(record === undefined ? undefined : openProvider(record, name, keys)) === false) return false
        draft.set('providers', name, sealProvider(provider, keys))
        return true
      }),

    async remove(name) {
      const {providers, providerStates} = (await base.read()).sections
      if (!providers.has(name) && !providerStates.has(name)) return false
      return base.change((draft) => {
        draft.delete('providerStates', name)
        return draft.delete('providers', name)
      })
    },

    async getState(name) {
      const document = await base.read()
      const record = document.sections.providerStates.get(name)
      return record === undefined ? undefined : openProviderState(record, name, await base.openKeys(document))
    },

    updateState: (name, change) =>
      base.change((draft, keys) => {
        const record = draft.get('providerStates', name)
        const state = change(record === undefined ? {name} : openProviderState(record, name, keys))
        draft.set('providerStates', name, sealProviderState({...state, name}, keys))
        return {...state, name}
      }),
  }
}
