import {join} from 'node:path'

import {createSystemClock} from '../../src/config/system-clock.js'
import {openJsonStore} from '../../src/store/json-store.js'
import type {Store} from '../../src/store/store.js'
import type {CommandHome} from './command-home.js'

/** Does something to the store of a home whose commands run in this process. */
export async function withHomeStore(home: CommandHome, work: (store: Store) => Promise<void>): Promise<void> {
  const store = await openJsonStore({
    path: join(home.folder, 'store.json'),
    secret: {kind: 'default-key-file', path: join(home.folder, 'config', 'behalf', 'secret.key')},
    clock: createSystemClock(),
  })
  try {
    await work(store)
  } finally {
    await store.close()
  }
}
