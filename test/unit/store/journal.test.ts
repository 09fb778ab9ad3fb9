import assert from 'node:assert/strict'
import {open, readdir, readFile, rm, stat, utimes, writeFile} from 'node:fs/promises'
import {join} from 'node:path'

import {JsonRawRefreshes} from '../../../src/store/json-raw-refreshes.js'
import type {RawRecord} from '../../../src/store/raw-store.js'
import type {AccountLock, Store} from '../../../src/store/store.js'
import {makeReply} from '../../contract/store-harness.js'
import {failAtEveryFileCall, watchFileCalls} from '../../support/file-calls.js'
import {makeJsonStorePlace, type JsonStorePlace} from '../../support/json-store-place.js'
import {makeAccount} from '../../support/make-account.js'

const KEY = 'twitch:2002'

describe('the journal of a refresh', () => {
  let place: JsonStorePlace
  let store: Store

  beforeEach(async () => {
    place = await makeJsonStorePlace()
    store = await place.open()
    await store.accounts.put(makeAccount())
  })

  afterEach(() => place.dispose())

  const lock = (): Promise<AccountLock> => store.accounts.lock(KEY, {waitMs: 2000})

  async function findJournal(): Promise<string> {
    const folder = `${place.path}.journals`
    const [name, ...others] = await readdir(folder)
    assert.ok(name !== undefined && others.length === 0)
    return join(folder, name)
  }

  /** Begins a refresh, optionally records a reply, and dies. */
  async function sendAndDie(body?: string): Promise<string> {
    const held = await lock()
    await held.begin()
    if (body !== undefined) await held.recordReply(makeReply(body))
    await held.release()
    return findJournal()
  }

  it('is durable before begin returns: fsync, rename, fsync of the folder', async () => {
    const held = await lock()
    await held.begin()
    const name = (await findJournal()).split('/').at(-1) ?? ''
    await held.retract()
    const calls = await watchFileCalls(() => held.begin())
    assert.deepEqual(calls, ['fsync file', `rename ${name}.*.tmp to ${name}`, 'fsync folder'])
    await held.release()
  })

  it('has its space before anything is sent: a reply makes it no larger', async () => {
    const held = await lock()
    await held.begin()
    const path = await findJournal()
    const before = await stat(path)
    assert.equal(before.size, 64 * 1024)
    assert.ok(before.blocks * 512 >= before.size, 'really stored, not a hole')
    const calls = await watchFileCalls(() => held.recordReply(makeReply('x'.repeat(40_000))))
    const after = await stat(path)
    assert.deepEqual([after.size, after.ino, after.blocks], [before.size, before.ino, before.blocks])
    assert.deepEqual(calls, ['fsync file'])
    await held.release()
  })

  it('is padded with what does not compress', async () => {
    const path = await sendAndDie()
    const padding = (await readFile(path)).subarray(4096)
    assert.ok(new Set(padding).size > 250)
  })

  it('says in the clear what was sent for whom, but not the token', async () => {
    const path = await sendAndDie()
    const [head] = (await readFile(path, 'latin1')).split('\n')
    const intent = JSON.parse(head ?? '') as Record<string, unknown>
    assert.equal(intent.account, KEY)
    assert.equal(intent.pid, process.pid)
    assert.ok(!(head ?? '').includes('made-up-refresh'))
  })

  it('takes an account key of any length', async () => {
    const key = `twitch@${'ü'.repeat(50_000)}`
    await store.accounts.put({...makeAccount(), key})
    const held = await store.accounts.lock(key, {waitMs: 1000})
    await held.begin()
    await held.recordReply(makeReply('long'))
    await held.release()
    const next = await store.accounts.lock(key, {waitMs: 1000})
    assert.equal(next.reply?.body, 'long')
    await next.release()
  })

  it('gives no reply when writing it was cut short at any point, and still casts doubt', async () => {
    const path = await sendAndDie('made-up reply')
    const whole = await readFile(path)
    const end = whole.indexOf('\n', 4096)
    for (const cut of [4097, 4100, Math.floor((4096 + end) / 2), end - 1]) {
      const torn = Buffer.from(whole)
      torn.fill(0, cut, end)
      await writeFile(path, torn)
      const held = await lock()
      assert.equal(held.reply, undefined)
      assert.equal(held.account?.doubt?.sends, 1)
      assert.equal(held.account.doubt.hasReply, undefined)
      await held.release()
    }
    await writeFile(path, whole)
    const held = await lock()
    assert.equal(held.reply?.body, 'made-up reply')
    await held.release()
  })

  it('does not give the reply of an earlier send to a later one', async () => {
    const path = await sendAndDie('first')
    const first = await readFile(path)
    const held = await lock()
    await held.commit((now) => ({...now, grantId: 'grant-2'}))
    await held.release()
    await sendAndDie()
    const second = await readFile(path)
    first.copy(second, 4096, 4096)
    await writeFile(path, second)
    const next = await lock()
    assert.equal(next.account?.doubt?.sends, 1)
    assert.equal(next.reply, undefined)
    await next.release()
  })

  for (const [name, damage] of [
    ['is empty', (path) => writeFile(path, '')],
    [
      'has lost its head',
      async (path) => {
        const handle = await open(path, 'r+')
        await handle.write(Buffer.alloc(100), 0, 100, 0)
        await handle.close()
      },
    ],
    ['is something else', (path) => writeFile(path, '{"made":"up"}\n')],
  ] as [string, (path: string) => Promise<void>][]) {
    it(`casts doubt when it ${name}: something was sent`, async () => {
      const path = await sendAndDie('made-up reply')
      await damage(path)
      await utimes(path, 1_700_000_000, 1_700_000_000)
      const sentAt = {wallMs: 1_700_000_000_000, monotonicMs: 0, bootId: 'unknown'}
      const doubt = {cause: 'lost-reply', since: sentAt, lastSentAt: sentAt, sends: 1}
      assert.deepEqual((await store.accounts.get(KEY))?.doubt, doubt)
      const held = await lock()
      assert.deepEqual(held.account?.doubt, doubt)
      assert.equal(held.reply, undefined)
      await held.commit((now) => now)
      await held.release()
      assert.equal((await store.accounts.get(KEY))?.doubt, undefined)
    })
  }

  it('is cleared of what killed writers left', async () => {
    const path = await sendAndDie()
    await writeFile(`${path}.999-0123456789ab.tmp`, 'made up')
    await sendAndDie()
    await findJournal()
  })

  it('that is sealed anew has its reply, at whatever step that fails', async () => {
    await sendAndDie('made-up reply')
    const refreshes = new JsonRawRefreshes(place.path)
    const list = async (): Promise<RawRecord[]> => {
      const records: RawRecord[] = []
      for await (const record of refreshes.list([KEY])) records.push(record)
      return records
    }
    const [record] = await list()
    assert.ok(record)
    const calls = await failAtEveryFileCall(
      () => refreshes.put(record),
      async () => assert.deepEqual(await list(), [record]),
    )
    assert.equal(calls, 3)
  })

  it('is not removed by a holder who lost the lock to another send', async () => {
    const late = await lock()
    await late.begin()
    await rm(`${place.path}.locks`, {recursive: true})
    assert.equal(await late.isHeld(), false)
    const other = await place.open()
    const held = await other.accounts.lock(KEY, {waitMs: 1000})
    await held.begin()
    await late.retract()
    assert.equal((await store.accounts.get(KEY))?.doubt?.sends, 2)
    await late.release()
    await held.release()
  })

  it('counts several sends under one lock, and takes back the last', async () => {
    const first = place.clock.moment()
    const held = await lock()
    await held.begin()
    place.clock.advance(1000)
    await held.begin()
    assert.deepEqual((await store.accounts.get(KEY))?.doubt, {
      cause: 'lost-reply',
      since: first,
      lastSentAt: place.clock.moment(),
      sends: 2,
    })
    await held.retract()
    assert.deepEqual((await store.accounts.get(KEY))?.doubt, {
      cause: 'lost-reply',
      since: first,
      lastSentAt: first,
      sends: 1,
    })
    await held.release()
  })
})
