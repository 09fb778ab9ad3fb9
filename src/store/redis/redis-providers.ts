import {BehalfError} from '../../model/behalf-error.js'
import type {Provider, ProviderState} from '../../model/provider.js'
import {compareText} from '../compare-text.js'
import {openProvider, openProviderState, sealProvider, sealProviderState} from '../provider-record.js'
import type {StoreKeys} from '../store-keys.js'
import type {ProviderStore} from '../store.js'
import {insist} from './insist.js'
import {openText} from './open-current.js'
import {parseStored} from './parse-stored.js'
import type {RedisParts} from './redis-parts.js'
import {changeText, readText, type TextPlace} from './stored-text.js'

/** Providers of the Redis store: a hash of their records, and one of their states. */
export function createRedisProviders({connection, keys, openKeys, noteWritten}: RedisParts): ProviderStore {
  const placeOf = (name: string) => ({key: keys.providers, field: name})
  const statePlaceOf = (name: string) => ({key: keys.providerStates, field: name})
  const open = (text: string, name: string, storeKeys: StoreKeys): Provider =>
    openProvider(parseStored(text, 'provider', name), name, storeKeys)
  const openState = (text: string, name: string, storeKeys: StoreKeys): ProviderState =>
    openProviderState(parseStored(text, 'provider state', name), name, storeKeys)
  const readOpened = <T>(place: TextPlace, open: (text: string, storeKeys: StoreKeys) => T): Promise<T | undefined> =>
    openText(openKeys, () => readText(connection, place), open)
  const removeField = (key: string, name: string): Promise<boolean> =>
    insist(async (isRepeated) => (await connection.send(key, ['HDEL', key, name])) === 1 || isRepeated)

  return {
    async get(name) {
      return readOpened(placeOf(name), (text, storeKeys) => open(text, name, storeKeys))
    },

    async list() {
      const flat = (await connection.send(keys.providers, ['HGETALL', keys.providers])) as string[]
      if (flat.length === 0) return []
      const storeKeys = await openKeys()
      const openPair = (name: string, text: string): Provider[] => {
        try {
          return [open(text, name, storeKeys)]
        } catch (error) {
          if (error instanceof BehalfError && error.code === 'store-damaged') return []
          throw error
        }
      }
      return flat
        .flatMap((name, index) => (index % 2 === 0 ? openPair(name, flat[index + 1] ?? '') : []))
        .sort((a, b) => compareText(a.name, b.name))
    },

    async names() {
      return ((await connection.send(keys.providers, ['HKEYS', keys.providers])) as string[]).sort(compareText)
    },

    async put(provider, isExpected) {
      const {name} = provider
      const storeKeys = await openKeys()
      const text = JSON.stringify(sealProvider(provider, storeKeys))
      const isWritten = await changeText(connection, placeOf(name), (current) => {
        const present = isExpected && current !== undefined ? open(current, name, storeKeys) : undefined
        return isExpected?.(present) === false ? undefined : text
      })
      if (isWritten) await noteWritten()
      return isWritten
    },

    async remove(name) {
      const [wasThere, hadState] = await Promise.all([
        removeField(keys.providers, name),
        removeField(keys.providerStates, name),
      ])
      if (wasThere || hadState) await noteWritten()
      return wasThere
    },

    async getState(name) {
      return readOpened(statePlaceOf(name), (text, storeKeys) => openState(text, name, storeKeys))
    },

    async updateState(name, change) {
      const storeKeys = await openKeys()
      let state: ProviderState = {name}
      await changeText(connection, statePlaceOf(name), (text) => {
        state = {...change(text === undefined ? {name} : openState(text, name, storeKeys)), name}
        return JSON.stringify(sealProviderState(state, storeKeys))
      })
      await noteWritten()
      return state
    },
  }
}
