import {once} from 'node:events'
import {join} from 'node:path'

import {createSystemClock} from '../../src/config/system-clock.js'
import {readSettings} from '../../src/config/settings.js'
import {openRedisStore} from '../../src/store/redis/redis-store.js'
import {makeReply} from '../contract/store-harness.js'
import {KEY, renew} from '../contract/store-lock-support.js'

/**
 * A process that has begun a refresh: `redis-lock-child.ts URL FOLDER KEY_PATH LEASE_MS`. It says `ready`, and then
 * what became of each step that it is told on its input: `held`, `begin`, or `commit` (the reply came).
 */
const [url = '', folder = '', keyPath = '', leaseMs = ''] = process.argv.slice(2)

const {store: place} = readSettings({}, {XDG_DATA_HOME: folder, BEHALF_STORE: url})
if (place.kind !== 'redis') throw new Error(`${url} is no Redis`)
const store = await openRedisStore({
  place: {...place, localPath: join(folder, 'child')},
  secret: {kind: 'default-key-file', path: keyPath},
  clock: createSystemClock(),
  leaseMs: Number(leaseMs),
})
const lock = await store.accounts.lock(KEY, {waitMs: 10_000})
await lock.begin()

const steps: Record<string, () => Promise<string>> = {
  held: async () => String(await lock.isHeld()),
  begin: () =>
    lock.begin().then(
      () => 'begun',
      (error: unknown) => String(error),
    ),
  async commit() {
    await lock.recordReply(makeReply())
    return (await lock.commit(renew('late'))).kind
  },
}

process.stdout.write('ready\n')
for (;;) {
  const [line] = (await once(process.stdin, 'data')) as [Buffer]
  const answer = await steps[line.toString().trim()]?.()
  process.stdout.write(`${String(answer)}\n`)
}
