import assert from 'node:assert/strict'
import {once} from 'node:events'
import {readdir, readFile} from 'node:fs/promises'
import {dirname} from 'node:path'

import type {Store} from '../../../src/store/store.js'
import {hasCode} from '../../contract/store-accounts.js'
import {makeJsonStorePlace, type JsonStorePlace} from '../../support/json-store-place.js'
import {makeAccount} from '../../support/make-account.js'
import {startStoreChild, type StoreChild} from '../../support/start-store-child.js'

const KEY = 'twitch:2002'

describe('several processes on one JSON store', () => {
  let place: JsonStorePlace
  const children: StoreChild[] = []

  beforeEach(async () => {
    place = await makeJsonStorePlace()
  })

  afterEach(async () => {
    for (const child of children.splice(0)) await child.kill()
    await place.dispose()
  })

  async function start(...args: string[]): Promise<StoreChild> {
    const [what, ...rest] = args
    const child = await startStoreChild([what ?? '', place.path, place.keyPath, ...rest])
    children.push(child)
    return child
  }

  async function readUntilDone(store: Store, state: {isDone: boolean}): Promise<void> {
    while (!state.isDone) {
      JSON.parse(await readFile(place.path, 'utf8'))
      await store.accounts.list()
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  it('lose none of 3 × 200 writes, and whoever reads meanwhile reads a whole store', async function () {
    this.timeout(90_000)
    const store = await place.open()
    await store.accounts.put(makeAccount({userId: 'shared', login: '0'}))
    const state = {isDone: false}
    const reading = readUntilDone(store, state)
    await Promise.all(['a', 'b', 'c'].map((name) => start('write', name, '100')))
    state.isDone = true
    await reading
    const accounts = await store.accounts.list()
    assert.equal(accounts.length, 301)
    assert.equal((await store.accounts.get('twitch:shared'))?.login, '300')
    assert.ok(accounts.every(({doubt}) => doubt === undefined))
  })

  it('agree on one key when they begin the store together', async () => {
    await Promise.all(['a', 'b', 'c'].map((name) => start('write', name, '1')))
    assert.equal((await (await place.open()).accounts.list()).length, 3)
  })

  it('survive the death of any of them at any moment', async function () {
    this.timeout(60_000)
    const store = await place.open()
    await store.accounts.put(makeAccount({userId: 'shared', login: '0'}))
    let count = 1
    for (const delayMs of [0, 20]) {
      const writer = await start('write-until-killed', `killed-after-${String(delayMs)}`)
      await new Promise((resolve) => setTimeout(resolve, delayMs))
      await writer.kill()
      const accounts = await store.accounts.list()
      assert.ok(accounts.length > count, 'what was durable before is there')
      assert.ok(accounts.every(({doubt}) => doubt === undefined))
      count = accounts.length
      await store.accounts.update('twitch:shared', (now) => ({...now, login: String(delayMs)}))
    }
    const leftOver = (await readdir(dirname(place.path))).filter((name) => name.endsWith('.tmp'))
    assert.ok(leftOver.length <= 1, 'at most that of the last one, which the next writer clears')
  })

  it('wait for one that is suspended with an account’s lock, and name it; its death frees the lock', async () => {
    const store = await place.open()
    await store.accounts.put(makeAccount())
    const holder = await start('hold-account', KEY, 'begin')
    holder.process.kill('SIGSTOP')
    await assert.rejects(
      store.accounts.lock(KEY, {waitMs: 100}),
      (error) => hasCode('lock-timeout')(error) && String(error).includes(`process ${String(holder.pid)}`),
    )
    await store.accounts.update(KEY, (now) => ({...now, login: 'not_hindered'}))
    holder.process.kill('SIGKILL')
    await once(holder.process, 'exit')
    const lock = await store.accounts.lock(KEY, {waitMs: 5000})
    assert.equal(lock.account?.doubt?.sends, 1)
    assert.equal(lock.account.doubt.cause, 'lost-reply')
    await lock.release()
  })
})
