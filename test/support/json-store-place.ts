import {join} from 'node:path'

import type {SealingSecretSource} from '../../src/config/settings.js'
import {openJsonStore} from '../../src/store/json-store.js'
import type {Store} from '../../src/store/store.js'
import {createFakeClock, type FakeClock} from './fake-clock.js'
import {makeTemporaryFolder, removeFolder} from './temporary-folder.js'

/** A temporary folder with a JSON store in it, and with the key file that seals it. */
export interface JsonStorePlace {
  readonly folder: string
  readonly path: string
  readonly keyPath: string
  readonly secret: SealingSecretSource
  readonly clock: FakeClock
  /** Opens another instance, as another process would. */
  open(options?: {path?: string; secret?: SealingSecretSource; writeWaitMs?: number}): Promise<Store>
  /** Closes what was opened. */
  close(): Promise<void>
  /** Closes what was opened and deletes the folder. */
  dispose(): Promise<void>
}

export async function makeJsonStorePlace(): Promise<JsonStorePlace> {
  const folder = await makeTemporaryFolder()
  const path = join(folder, 'data', 'store.json')
  const keyPath = join(folder, 'config', 'secret.key')
  const secret = {kind: 'default-key-file', path: keyPath} as const
  const clock = createFakeClock()
  const opened: Store[] = []
  const close = async (): Promise<void> => {
    for (const store of opened) await store.close()
  }
  return {
    folder,
    path,
    keyPath,
    secret,
    clock,
    async open(options) {
      const store = await openJsonStore({path, secret, clock, ...options})
      opened.push(store)
      return store
    },
    close,
    async dispose() {
      await close()
      await removeFolder(folder)
    },
  }
}
