import assert from 'node:assert/strict'
import {setTimeout as wait} from 'node:timers/promises'

import {originsOf} from '../../src/model/provider.js'
import type {Sandbox} from '../../src/sandbox/start-sandbox.js'
import {runForMemory} from '../bench/run-for-memory.js'
import {startLongList, type LongList} from '../support/long-list.js'
import type {ProgramHome} from '../support/program-home.js'
import {stockHome} from '../support/stocked-home.js'
import {startWatchedSandbox} from '../support/watched-sandbox.js'

const BOT = 'techydrroid'
const ITEMS = 100_000
/** Enough for the heap to have grown to what it takes to work. */
const FEW_ITEMS = 10_000
/** All items together are 100 MiB; what the garbage collector lets lie is far less. */
const MORE_MIB = 50
/** So that memory is what is needed, and not what V8 takes where there is plenty. */
const SMALL_HEAP = ['--max-semi-space-size=4', '--max-old-space-size=64']

describe('a long list', function () {
  this.timeout(180_000)

  let sandbox: Sandbox
  let home: ProgramHome
  let list: LongList

  before(async () => {
    sandbox = await startWatchedSandbox()
    list = await startLongList()
    home = await stockHome(sandbox, [{login: BOT}])
    const store = await home.openStore()
    const provider = await store.providers.get('twitch')
    assert.ok(provider)
    const moved = {...provider, apiUrl: `${list.origin}/helix`}
    await store.providers.put(moved)
    await store.accounts.update('twitch:2002', (account) => ({...account, origins: originsOf(moved)}))
    await store.close()
  })
  after(async () => {
    await home.remove()
    await list.stop()
    await sandbox.stop()
  })
  beforeEach(() => {
    list.items = ITEMS
    list.requests = 0
  })

  it(`is read with flat memory: ${ITEMS.toLocaleString('en')} items with --paginate --lines`, async () => {
    const args = ['helix', 'get', 'streams', '-q', 'first=100', '--paginate', '--lines', '--as', BOT]
    const env = {HOME: home.path, PATH: process.env.PATH}
    list.items = FEW_ITEMS
    const small = await runForMemory([...SMALL_HEAP, home.program.script, ...args], {env})
    list.items = ITEMS
    list.requests = 0
    const large = await runForMemory([...SMALL_HEAP, home.program.script, ...args], {env})
    assert.equal(list.requests, ITEMS / 100)
    const moreMib = large.peakMib - small.peakMib
    assert.ok(moreMib < MORE_MIB, `${small.peakMib.toFixed(0)} MiB became ${large.peakMib.toFixed(0)} MiB`)
  })

  const heads: [string, string, number][] = [
    // A page does not fit into the pipe, so nothing is asked for before somebody reads it.
    ['--lines of large pages', 'helix get streams -q first=100 --paginate --lines', 1],
    ['one document', 'helix get streams -q first=100 --paginate', 1],
    // Small pages fit, and more of them may be asked for until `head` has ended.
    ['--lines of small pages', 'helix get streams -q first=10 --paginate --lines', 50],
  ]
  for (const [what, command, most] of heads) {
    it(`is left at once by | head: ${what}`, async () => {
      const head = 'head -c 100 > /dev/null; echo "${PIPESTATUS[0]}"'
      const {stdout, stderr} = await home.runShell(`behalf ${command} --as ${BOT} | ${head}`)
      assert.deepEqual([stdout, stderr], ['0\n', ''])
      assert.ok(list.requests >= 1 && list.requests <= most, `${String(list.requests)} pages were asked for`)
      const {requests} = list
      await wait(200)
      assert.equal(list.requests, requests)
    })
  }

  it('of calls is left at once by | head, however many there are', async () => {
    const line = `yes 'GET streams' | behalf helix batch --as ${BOT} | head -n 1 > /dev/null; echo "\${PIPESTATUS[1]}"`
    const {stdout, stderr} = await home.runShell(line)
    assert.deepEqual([stdout, stderr], ['0\n', ''])
    assert.ok(list.requests < 500, `${String(list.requests)} calls were made`)
  })

  it('of calls is read no faster than its answers', async () => {
    const env = {HOME: home.path, PATH: process.env.PATH}
    const args = [...SMALL_HEAP, home.program.script, 'helix', 'batch', '--json', '--as', BOT]
    // All answers together are 100 MiB.
    const small = await runForMemory(args, {env, input: 'GET streams?first=70\n'.repeat(300)})
    const large = await runForMemory(args, {env, input: 'GET streams?first=70\n'.repeat(1500)})
    const moreMib = large.peakMib - small.peakMib
    assert.ok(moreMib < MORE_MIB, `${small.peakMib.toFixed(0)} MiB became ${large.peakMib.toFixed(0)} MiB`)
  })
})
