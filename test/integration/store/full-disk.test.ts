import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {mkdir, readdir, readFile, rm, statfs, writeFile} from 'node:fs/promises'
import {join} from 'node:path'

import {Secret} from '../../../src/model/secret.js'
import type {Store} from '../../../src/store/store.js'
import {hasCode} from '../../contract/store-accounts.js'
import {makeReply} from '../../contract/store-harness.js'
import {makeJsonStorePlace, type JsonStorePlace} from '../../support/json-store-place.js'
import {makeAccount} from '../../support/make-account.js'

const KEY = 'twitch:2002'
const BLOCK_BYTES = 4096

describe('the JSON store on a full disk (skipped where no tmpfs can be mounted)', () => {
  let place: JsonStorePlace
  let disk: string
  let store: Store
  let isMounted = false

  beforeEach(async function () {
    place = await makeJsonStorePlace()
    isMounted = false
    disk = join(place.folder, 'disk')
    await mkdir(disk)
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=512k', 'behalf-test', disk], {stdio: 'ignore'})
      isMounted = true
    } catch {
      this.skip()
    }
    store = await place.open({path: join(disk, 'store.json')})
    await store.accounts.put(makeAccount({userId: '1'}))
    await store.accounts.put(makeAccount())
  })

  afterEach(async () => {
    await place.close()
    if (isMounted) execFileSync('umount', [disk])
    await place.dispose()
  })

  /** Leaves so many blocks free. */
  async function fillDisk(freeBlocks = 0): Promise<void> {
    const {bavail, bsize} = await statfs(disk)
    const bytes = bavail * bsize - freeBlocks * BLOCK_BYTES
    if (bytes > 0) await writeFile(join(disk, 'ballast'), Buffer.alloc(bytes, 1))
  }

  const emptyDisk = (): Promise<void> => rm(join(disk, 'ballast'))

  for (const freeBlocks of [0, 1]) {
    it(`keeps the old file whole and leaves nothing behind with ${String(freeBlocks)} blocks free`, async () => {
      const large = makeAccount({userId: '3', credential: {accessToken: new Secret('made-up'.repeat(2000))}})
      await fillDisk(freeBlocks)
      const before = await readFile(join(disk, 'store.json'))
      const names = await readdir(disk)
      await assert.rejects(store.accounts.put(large), hasCode('store-full'))
      assert.deepEqual(await readFile(join(disk, 'store.json')), before)
      assert.deepEqual(await readdir(disk), names)
      assert.equal((await store.accounts.list()).length, 2)
      await emptyDisk()
      await store.accounts.put(large)
      assert.equal((await store.accounts.list()).length, 3)
    })
  }

  it('lets nothing be sent when the intent cannot be made durable', async () => {
    const held = await store.accounts.lock(KEY, {waitMs: 1000})
    await fillDisk()
    await assert.rejects(held.begin(), hasCode('store-full'))
    await held.release()
    assert.equal((await store.accounts.get(KEY))?.doubt, undefined)
  })

  it('keeps a reply for which there is no space in the store, for whoever takes the lock next', async () => {
    const held = await store.accounts.lock(KEY, {waitMs: 1000})
    await held.begin()
    await fillDisk()
    await held.recordReply(makeReply('a reply that must not be lost'.repeat(1000)))
    await assert.rejects(
      held.commit((now) => ({...now, login: 'changed'})),
      hasCode('store-full'),
    )
    await held.release()
    const next = await store.accounts.lock(KEY, {waitMs: 1000})
    assert.equal(next.account?.doubt?.hasReply, true)
    assert.match(next.reply?.body ?? '', /^a reply that must not be lost/)
    await emptyDisk()
    assert.equal((await next.commit((now) => ({...now, login: 'changed'}))).kind, 'saved')
    await next.release()
    const saved = await store.accounts.get(KEY)
    assert.equal(saved?.login, 'changed')
    assert.equal(saved.doubt, undefined)
  })

  it('can take back a send, or else leaves it counted', async () => {
    const first = await store.accounts.lock(KEY, {waitMs: 1000})
    await first.begin()
    await first.release()
    const second = await store.accounts.lock(KEY, {waitMs: 1000})
    await second.begin()
    await fillDisk()
    await assert.rejects(second.retract(), hasCode('store-full'))
    await second.release()
    assert.equal((await store.accounts.get(KEY))?.doubt?.sends, 2)
  })

  it('can remove an account only when its backup can be rewritten', async () => {
    const held = await store.accounts.lock(KEY, {waitMs: 1000})
    await fillDisk()
    await assert.rejects(held.remove(), hasCode('store-full'))
    assert.ok(await store.accounts.get(KEY))
    await emptyDisk()
    await held.remove()
    await held.release()
    assert.equal(await store.accounts.get(KEY), undefined)
  })

  it('does not begin a store that it cannot finish', async () => {
    await fillDisk()
    const other = await place.open({path: join(disk, 'new', 'store.json')})
    await assert.rejects(other.accounts.put(makeAccount()), hasCode('store-full'))
    await emptyDisk()
    await other.accounts.put(makeAccount())
    assert.equal((await other.accounts.list()).length, 1)
  })
})
