import {join} from 'node:path'

import type {Store} from '../../src/store/store.js'
import {openJsonStore} from '../../src/store/json-store.js'
import {createFakeClock} from '../support/fake-clock.js'
import {makeTemporaryFolder, removeFolder} from '../support/temporary-folder.js'
import {describeStore} from './store.js'

describeStore('The JSON store', async () => {
  const folder = await makeTemporaryFolder()
  const clock = createFakeClock()
  const opened: Store[] = []
  return {
    clock,
    async open() {
      const secret = {kind: 'default-key-file', path: join(folder, 'config', 'secret.key')} as const
      const store = await openJsonStore({path: join(folder, 'data', 'store.json'), secret, clock})
      opened.push(store)
      return store
    },
    async dispose() {
      for (const store of opened) await store.close()
      await removeFolder(folder)
    },
  }
})
