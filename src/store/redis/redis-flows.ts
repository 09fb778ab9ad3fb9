import {BehalfError} from '../../model/behalf-error.js'
import type {Flow} from '../../model/flow.js'
import {DAY_MS} from '../../model/time.js'
import {hasState, openFlow, sealFlow} from '../flow-record.js'
import type {StoreKeys} from '../store-keys.js'
import type {FlowStore} from '../store.js'
import {insist} from './insist.js'
import {openText} from './open-current.js'
import {parseStored} from './parse-stored.js'
import type {RedisParts} from './redis-parts.js'
import {changeText, readText, type TextPlace} from './stored-text.js'

/** A flow that nobody collects is gone by itself in the end; until then it can be seen how it ended. */
const KEEP_AFTER_END_MS = 7 * DAY_MS

const open = (text: string, id: string, storeKeys: StoreKeys): Flow =>
  openFlow(parseStored(text, 'flow', id), id, storeKeys)

/** Pending flows of the Redis store. */
export function createRedisFlows({connection, keys, clock, openKeys, noteWritten}: RedisParts): FlowStore {
  // What else begins like the key of a flow is none.
  const isId = (id: string): boolean => id !== 'maintenance' && !id.startsWith('state-')
  const keepMs = ({expiresAt}: Flow): number => Math.max(expiresAt - clock.now(), 0) + KEEP_AFTER_END_MS
  const read = (id: string): Promise<string | undefined> =>
    isId(id) ? readText(connection, {key: keys.flow(id)}) : Promise.resolve(undefined)
  const listIds = async (): Promise<string[]> =>
    (await connection.send(keys.flows, ['SMEMBERS', keys.flows])) as string[]

  /** By which it is found: a hint, there before the flow and gone after it. */
  async function pointTo(flow: Flow, storeKeys: StoreKeys): Promise<void> {
    const key = keys.flowState(storeKeys.fingerprint(flow.state.reveal()))
    await connection.send(key, ['SET', key, flow.id, 'PX', String(Math.ceil(keepMs(flow)))])
  }

  const get = (id: string): Promise<Flow | undefined> =>
    openText(
      openKeys,
      () => read(id),
      (text, storeKeys) => open(text, id, storeKeys),
    )

  return {
    get,

    async put(flow) {
      const storeKeys = await openKeys()
      const text = JSON.stringify(sealFlow(flow, storeKeys))
      await pointTo(flow, storeKeys)
      const place: TextPlace = {key: keys.flow(flow.id), keepMs: keepMs(flow)}
      await Promise.all([changeText(connection, place, () => text), noteWritten()])
      // In the list comes last what is there: so whoever finds nothing behind an id may take it off the list.
      await connection.send(keys.flows, ['SADD', keys.flows, flow.id])
    },

    async find(state) {
      const storeKeys = await openKeys()
      const fingerprint = storeKeys.fingerprint(state.reveal())
      const id = await readText(connection, {key: keys.flowState(fingerprint)})
      const text = id === undefined ? undefined : await read(id)
      if (id === undefined || text === undefined) return undefined
      return hasState(parseStored(text, 'flow', id), fingerprint) ? open(text, id, storeKeys) : undefined
    },

    async update(id, change) {
      const text = await read(id)
      if (text === undefined) return undefined
      const storeKeys = await openKeys()
      let changed: Flow | undefined
      const isWritten = await changeText(
        connection,
        {key: keys.flow(id), keepMs: keepMs(open(text, id, storeKeys))},
        (current) => {
          changed = current === undefined ? undefined : change(open(current, id, storeKeys))
          return changed && JSON.stringify(sealFlow(changed, storeKeys))
        },
        {text},
      )
      if (isWritten && changed !== undefined) await Promise.all([pointTo(changed, storeKeys), noteWritten()])
      return changed
    },

    async list() {
      const ids = await listIds()
      if (ids.length === 0) return []
      const storeKeys = await openKeys()
      const found = await Promise.all(ids.map(async (id) => ({id, text: await read(id)})))
      const gone = found.flatMap(({id, text}) => (text === undefined ? [id] : []))
      if (gone.length > 0) await connection.send(keys.flows, ['SREM', keys.flows, ...gone])
      return found
        .flatMap(({id, text}) => (text === undefined ? [] : openSound(text, id, storeKeys)))
        .sort((a, b) => a.createdAt - b.createdAt)
    },

    async remove(id) {
      const text = await read(id)
      if (text === undefined) return false
      const key = keys.flow(id)
      const wasThere = await insist(
        async (isRepeated) => (await connection.send(key, ['DEL', key])) === 1 || isRepeated,
      )
      const fingerprint = stateFingerprintIn(text)
      const hint = fingerprint === undefined ? undefined : keys.flowState(fingerprint)
      await Promise.all([
        connection.send(keys.flows, ['SREM', keys.flows, id]),
        hint === undefined ? undefined : connection.send(hint, ['DEL', hint]),
        noteWritten(),
      ])
      return wasThere
    },

    async collectedAt() {
      const at = Date.parse((await readText(connection, {key: keys.flowMaintenance})) ?? '')
      return Number.isNaN(at) ? undefined : at
    },

    async noteCollected(at) {
      const key = keys.flowMaintenance
      await openKeys()
      await Promise.all([connection.send(key, ['SET', key, new Date(at).toISOString()]), noteWritten()])
    },
  }
}

/** What is damaged is left out. */
function openSound(text: string, id: string, storeKeys: StoreKeys): Flow[] {
  try {
    return [open(text, id, storeKeys)]
  } catch (error) {
    if (error instanceof BehalfError && error.code === 'store-damaged') return []
    throw error
  }
}

/** Also of a flow that does not open. */
function stateFingerprintIn(text: string): string | undefined {
  try {
    const record: unknown = JSON.parse(text)
    const fingerprint: unknown = (record as {stateFingerprint?: unknown} | null)?.stateFingerprint
    return typeof fingerprint === 'string' ? fingerprint : undefined
  } catch {
    return undefined
  }
}
