import {readFile} from 'node:fs/promises'

import {createSystemClock} from '../../src/config/system-clock.js'
import type {StorePlace} from '../../src/config/store-place.js'
import {parseExport} from '../../src/store/move/export-format.js'
import {importStore} from '../../src/store/move/import-store.js'
import {migrateStore} from '../../src/store/move/migrate-store.js'
import {rekeyStore} from '../../src/store/move/rekey-store.js'
import {replaceKeyFile} from '../../src/store/move/replace-key-file.js'
import {openRawStore} from '../../src/store/open-raw-store.js'
import {nextKeyPathOf} from '../../src/store/sealing-secret.js'
import {Keyring} from '../../src/store/store-keys.js'

/** A process that changes a whole store, to be killed: `moving-child.ts WHAT PLACE PLACE KEY_PATH EXPORT_PATH`. */
const [what, one = '', other = '', keyPath = '', exportPath = ''] = process.argv.slice(2)
const clock = createSystemClock()
const waitMs = 5000
const keyring = new Keyring({kind: 'default-key-file', path: keyPath})
const open = (place: string) => openRawStore(JSON.parse(place) as StorePlace, clock)

const tasks: Record<string, () => Promise<unknown>> = {
  async migrate() {
    const [from, to] = [await open(one), await open(other)]
    const makeId = () => `of-${String(process.pid)}`
    await migrateStore({from, to, keyring, makeId, waitMs, report: () => undefined})
    await Promise.all([from.close(), to.close()])
  },
  async rekey() {
    const store = await open(one)
    const nextKeyring = new Keyring({kind: 'default-key-file', path: nextKeyPathOf(keyPath)})
    await rekeyStore({store, keyring, nextKeyring, waitMs})
    await replaceKeyFile(keyPath)
    await store.close()
  },
  async import() {
    const store = await open(one)
    const parsed = parseExport(await readFile(exportPath, 'utf8'), exportPath)
    await importStore({store, keyring, parsed, replace: true, now: clock.moment(), waitMs})
    await store.close()
  },
}
const task = tasks[what ?? '']
if (task === undefined) throw new Error(`Unknown task ${String(what)}`)
await open(one).then((store) => store.close())
process.stdout.write('ready\n')
await task()
process.stdout.write('done\n')
