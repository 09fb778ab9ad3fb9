import assert from 'node:assert/strict'
import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {writeFile} from 'node:fs/promises'
import {createInterface} from 'node:readline'
import {join} from 'node:path'
import {setTimeout as wait} from 'node:timers/promises'
import {fileURLToPath} from 'node:url'

import type {StorePlace} from '../../../src/config/store-place.js'
import {exportStore} from '../../../src/store/move/export-store.js'
import {fillStore} from '../../support/fill-store.js'
import {makeMovingScene, type MovingScene} from '../../support/moving-scene.js'
import {REDIS_SERVER} from '../../support/redis-server.js'
import {showStore} from '../../support/show-store.js'
import {needing, skipWithout} from '../../support/skip-without.js'

const WITH_REDIS = 'redis-server'
const isLong = process.env.BEHALF_TEST_LONG === '1'
/** Of each kind. */
const KILLS = isLong ? 20 : 1
/** How long each takes at least. */
const SHORT_MS = 200
const ACCOUNTS = isLong ? 500 : 100
const MOVED_ACCOUNTS = isLong ? 10_000 : 100
const CHILD = fileURLToPath(new URL('../../support/moving-child.ts', import.meta.url))

describe(needing(WITH_REDIS, REDIS_SERVER !== undefined, 'a process that changes a whole store'), function () {
  this.timeout(isLong ? 7_200_000 : 90_000)

  let scene: MovingScene
  before(function () {
    skipWithout(WITH_REDIS, REDIS_SERVER !== undefined, this)
  })
  beforeEach(async () => (scene = await makeMovingScene()))
  afterEach(() => scene.dispose())

  const exportPath = () => join(scene.folder, 'made-up-export')

  /** Kills it so long after it began, if it has not come to its end. */
  async function run(
    what: string,
    places: [StorePlace, StorePlace],
    killAfterMs?: number,
  ): Promise<{tookMs: number; isDone: boolean}> {
    const args = [what, ...places.map((place) => JSON.stringify(place)), scene.keyPath, exportPath()]
    const child = spawn(process.execPath, ['--import', 'tsx', CHILD, ...args], {stdio: ['ignore', 'pipe', 'inherit']})
    const ended = once(child, 'exit')
    let startedMs = 0
    let isDone = false
    for await (const line of createInterface({input: child.stdout})) {
      isDone = line === 'done'
      if (isDone) break
      startedMs = performance.now()
      if (killAfterMs !== undefined) void wait(killAfterMs).then(() => child.kill('SIGKILL'))
    }
    const tookMs = performance.now() - startedMs
    await ended
    assert.ok(isDone || killAfterMs !== undefined)
    return {tookMs, isDone}
  }

  /** @param checkKilled of what holds before it is run again, too. */
  async function killAtRandom(
    what: string,
    places: () => [StorePlace, StorePlace],
    check: () => Promise<void>,
    checkKilled = (): Promise<void> => Promise.resolve(),
  ) {
    // A rough figure: what comes later finds the program loaded and the disk warm.
    const normalMs = isLong ? (await run(what, places())).tookMs : SHORT_MS
    if (isLong) await check()
    let hits = 0
    for (let kill = 0; kill < KILLS; kill += 1) {
      const afterMs = Math.random() * normalMs
      try {
        if (!(await run(what, places(), afterMs)).isDone) hits += 1
        await checkKilled()
        await run(what, places())
        await check()
      } catch (error) {
        throw new Error(`Killed after ${afterMs.toFixed(1)} ms: ${String(error)}`, {cause: error})
      }
    }
    assert.ok(!isLong || hits > 0, 'it was never killed on the way')
  }

  it(`moves it all the same when it is killed and run again (${String(KILLS)} kills, ${String(MOVED_ACCOUNTS)} accounts)`, async () => {
    let from: StorePlace = scene.file('a.json')
    let to = scene.redis
    await scene.use(from, (store) => fillStore(store, MOVED_ACCOUNTS))
    const before = await scene.use(from, showStore)
    await killAtRandom(
      'migrate',
      () => [from, to],
      async () => {
        assert.deepEqual(await scene.use(to, showStore), before)
        ;[from, to] = [to, from]
      },
    )
  })

  const PLACES: [name: string, placeOf: () => StorePlace][] = [
    ['Redis', () => scene.redis],
    ['a file', () => scene.file('a.json')],
  ]
  for (const [name, placeOf] of isLong ? PLACES : PLACES.slice(0, 1)) {
    it(`seals ${name} anew, and every account opens at any moment (${String(KILLS)} kills, ${String(ACCOUNTS)} accounts)`, async () => {
      await scene.use(placeOf(), (store) => fillStore(store, ACCOUNTS))
      const before = await scene.use(placeOf(), showStore)
      const isWhole = async (): Promise<void> => {
        assert.deepEqual(await scene.use(placeOf(), showStore), before)
      }
      await killAtRandom('rekey', () => [placeOf(), placeOf()], isWhole, isWhole)
    })

    it(`imports into ${name} all or nothing (${String(KILLS)} kills, ${String(ACCOUNTS)} accounts)`, async () => {
      await scene.use(placeOf(), (store) => fillStore(store, ACCOUNTS))
      const {text} = await scene.useRaw(placeOf(), (raw) => exportStore(raw, scene.makeKeyring(), Date.now()))
      await writeFile(exportPath(), text)
      const idsNow = () =>
        scene.use(placeOf(), async (store) =>
          (await store.accounts.list()).map(({key, doubt}) => [key, doubt !== undefined]),
        )
      const expected = (await idsNow()).map(([key]) => [key, true])
      await killAtRandom(
        'import',
        () => [placeOf(), placeOf()],
        async () => {
          assert.deepEqual(await idsNow(), expected)
        },
      )
    })
  }
})
