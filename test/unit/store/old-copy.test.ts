import assert from 'node:assert/strict'
import fs, {type BigIntStats} from 'node:fs'
import {chmod, copyFile, cp, readFile, rename, rm, writeFile} from 'node:fs/promises'
import {syncBuiltinESMExports} from 'node:module'
import {dirname, join} from 'node:path'

import type {Doubt} from '../../../src/model/account.js'
import type {Store} from '../../../src/store/store.js'
import {watchFileCalls} from '../../support/file-calls.js'
import {makeJsonStorePlace, type JsonStorePlace} from '../../support/json-store-place.js'
import {makeAccount} from '../../support/make-account.js'

const KEY = 'twitch:2002'

interface Stored {
  sequence: number
  inode: string | null
  accounts: Record<string, {doubt?: Doubt}>
}

describe('an old copy of the store', () => {
  let place: JsonStorePlace
  let store: Store

  beforeEach(async () => {
    place = await makeJsonStorePlace()
    store = await place.open()
    await store.accounts.put(makeAccount({userId: '1'}))
    await store.accounts.put(makeAccount())
    await store.accounts.update(KEY, (now) => ({...now, login: 'third_write'}))
  })

  afterEach(() => place.dispose())

  const readStored = async (path = place.path): Promise<Stored> => JSON.parse(await readFile(path, 'utf8')) as Stored
  const fromOldCopy = (): Doubt => {
    const now = place.clock.moment()
    return {cause: 'old-copy', since: now, lastSentAt: now, sends: 0}
  }

  /** Everyone sees all accounts in doubt, and it is written down once. */
  async function isNoticed(path = place.path): Promise<void> {
    const noticed = fromOldCopy()
    const reader = await place.open({path})
    for (const {doubt} of await reader.accounts.list()) assert.deepEqual(doubt, noticed)
    const {accounts, sequence} = await readStored(path)
    for (const {doubt} of Object.values(accounts)) assert.deepEqual(doubt, noticed)
    place.clock.advance(1000)
    const later = await place.open({path})
    assert.deepEqual((await later.accounts.get(KEY))?.doubt, noticed)
    await later.accounts.update('twitch:1', (now) => ({...now, displayName: 'Still'}))
    assert.deepEqual((await later.accounts.get('twitch:1'))?.doubt, noticed)
    assert.equal((await readStored(path)).sequence, sequence + 1)
  }

  const restores: [string, () => Promise<unknown>][] = [
    ['copying the backup over it', () => copyFile(`${place.path}.bak`, place.path)],
    ['renaming the backup to it', () => rename(`${place.path}.bak`, place.path)],
    [
      'writing the backup into it',
      async () => writeFile(place.path, await readFile(`${place.path}.bak`), {flag: 'r+'}),
    ],
    [
      'deleting it and copying the backup to its place',
      async () => {
        await rm(place.path)
        await copyFile(`${place.path}.bak`, place.path)
      },
    ],
    [
      'copying itself away and back',
      async () => {
        await copyFile(place.path, `${place.path}.copy`)
        await rename(`${place.path}.copy`, place.path)
      },
    ],
  ]
  for (const [name, restore] of restores) {
    it(`made by ${name} is noticed, by an instance that was open as well`, async () => {
      await store.accounts.list()
      await restore()
      assert.deepEqual((await store.accounts.get(KEY))?.doubt, fromOldCopy())
      await isNoticed()
    })
  }

  it('made by copying the whole folder is noticed', async () => {
    const folder = join(place.folder, 'snapshot')
    await cp(dirname(place.path), folder, {recursive: true})
    await isNoticed(join(folder, 'store.json'))
    assert.equal((await store.accounts.get(KEY))?.doubt, undefined, 'the original is not in doubt')
  })

  it('is noticed by who writes first, and by who takes an account’s lock', async () => {
    await copyFile(`${place.path}.bak`, place.path)
    const held = await store.accounts.lock(KEY, {waitMs: 1000})
    assert.deepEqual(held.account?.doubt, fromOldCopy())
    await held.release()
    await rename(`${place.path}.bak`, place.path)
    const other = await place.open()
    place.clock.advance(1000)
    await other.accounts.put(makeAccount({userId: '7'}))
    assert.deepEqual((await other.accounts.get(KEY))?.doubt, fromOldCopy())
    assert.equal((await other.accounts.get('twitch:7'))?.doubt, undefined)
  })

  it('goes ahead of what was written before, so that the same is not noticed twice', async () => {
    const {sequence} = await readStored()
    await rename(`${place.path}.bak`, place.path)
    await store.accounts.list()
    assert.ok((await readStored()).sequence > sequence)
  })

  it('is noticed for reading where nothing can be written', async () => {
    await copyFile(`${place.path}.bak`, place.path)
    const before = await readFile(place.path)
    const reader = await place.open()
    await watchFileCalls(
      async () => assert.deepEqual((await reader.accounts.get(KEY))?.doubt, fromOldCopy()),
      (call) => {
        if (call.startsWith('fsync')) throw Object.assign(new Error('made up'), {code: 'EROFS'})
      },
    )
    assert.deepEqual(await readFile(place.path), before)
  })

  it('is out of doubt account by account: by a refresh that is saved, by a login', async () => {
    await copyFile(`${place.path}.bak`, place.path)
    const held = await store.accounts.lock(KEY, {waitMs: 1000})
    await held.begin()
    assert.deepEqual((await store.accounts.get(KEY))?.doubt, {...fromOldCopy(), sends: 1})
    await held.commit((now) => now)
    await held.release()
    await store.accounts.put(makeAccount({userId: '1', grantId: 'grant-2'}))
    const doubts = (await store.accounts.list()).map(({doubt}) => doubt)
    assert.deepEqual(doubts, [undefined, undefined])
  })

  it('is still one after a send that was taken back', async () => {
    await copyFile(`${place.path}.bak`, place.path)
    const held = await store.accounts.lock(KEY, {waitMs: 1000})
    await held.begin()
    await held.retract()
    await held.release()
    assert.deepEqual((await store.accounts.get(KEY))?.doubt, fromOldCopy())
  })

  describe('is not seen', () => {
    const noDoubt = async (): Promise<void> => {
      const reader = await place.open()
      for (const {doubt} of await reader.accounts.list()) assert.equal(doubt, undefined)
    }

    it('in a store that many have written', async () => {
      const other = await place.open()
      for (let i = 0; i < 5; i += 1) await (i % 2 ? store : other).accounts.update(KEY, (now) => ({...now}))
      await noDoubt()
    })

    it('after a crash between the write and the note of its sequence', async () => {
      const note = await readFile(`${place.path}.lock`, 'utf8')
      await store.accounts.update(KEY, (now) => ({...now}))
      await writeFile(`${place.path}.lock`, note)
      await noDoubt()
    })

    for (const note of ['', 'made up', '{"sequence":"x"}', '[]', 'null', '{"sequence":1}']) {
      it(`when the note is ${JSON.stringify(note)}`, async () => {
        await writeFile(`${place.path}.lock`, note)
        await noDoubt()
        await store.accounts.update(KEY, (now) => ({...now}))
        await noDoubt()
      })
    }

    it('when the note is gone, the mode changes, or the folder is moved', async () => {
      await rm(`${place.path}.lock`)
      await chmod(place.path, 0o640)
      await noDoubt()
      const moved = join(place.folder, 'moved')
      await rename(dirname(place.path), moved)
      const reader = await place.open({path: join(moved, 'store.json')})
      assert.equal((await reader.accounts.get(KEY))?.doubt, undefined)
    })

    it('when a new store is begun where one was', async () => {
      await rm(place.path)
      store = await place.open()
      await store.accounts.put(makeAccount())
      await noDoubt()
      await store.accounts.put(makeAccount())
      await noDoubt()
    })

    it('in a copy on a file system without lasting inode numbers, unless it is older', async () => {
      await writeFile(place.path, JSON.stringify({...(await readStored()), inode: null}))
      await noDoubt()
      await store.accounts.update(KEY, (now) => ({...now}))
      assert.equal((await readStored()).inode, null)
      await noDoubt()
      await rename(`${place.path}.bak`, place.path)
      await isNoticed()
    })

    it('where inode numbers change by themselves: they are not noted any more', async () => {
      const {statSync} = fs
      let shift = 0n
      const shifting = (path: string, options: {bigint: true}): BigIntStats | undefined => {
        const stats = statSync(path, {...options, throwIfNoEntry: false})
        if (path === place.path && typeof stats?.ino === 'bigint') stats.ino += shift++
        return stats
      }
      Object.assign(fs, {statSync: shifting})
      syncBuiltinESMExports()
      try {
        const writes = (await watchFileCalls(() => store.accounts.update(KEY, (now) => ({...now})))).filter((call) =>
          call.endsWith('to store.json'),
        )
        assert.equal(writes.length, 2, 'with the number, then without')
        await noDoubt()
      } finally {
        Object.assign(fs, {statSync})
        syncBuiltinESMExports()
      }
      assert.equal((await readStored()).inode, null)
    })
  })
})
