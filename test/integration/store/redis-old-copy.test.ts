import assert from 'node:assert/strict'
import {mkdir, writeFile} from 'node:fs/promises'
import {join} from 'node:path'

import {makeReply} from '../../contract/store-harness.js'
import {KEY, renew, withLock} from '../../contract/store-lock-support.js'
import {slotOf} from '../../../src/store/redis/keys.js'
import type {Store} from '../../../src/store/store.js'
import {makeAccount} from '../../support/make-account.js'
import {makeRedisStorePlace, type RedisStorePlace} from '../../support/redis-place.js'
import {REDIS_SERVER} from '../../support/redis-server.js'
import {skipWithout} from '../../support/skip-without.js'
import {canMount, mountSmallDisk} from '../../support/small-disk.js'

/** Another account of the same slot, and one of another slot. */
const NEIGHBOUR = findAccount((slot) => slot === slotOf(KEY))
const STRANGER = findAccount((slot) => slot !== slotOf(KEY))

describe('a Redis that has forgotten what it had acknowledged', () => {
  let place: RedisStorePlace
  let store: Store

  before(function () {
    skipWithout('redis-server', REDIS_SERVER !== undefined, this)
  })

  beforeEach(async () => {
    place = await makeRedisStorePlace()
    store = await openOn('here')
    for (const userId of ['2002', NEIGHBOUR, STRANGER]) await store.accounts.put(makeAccount({userId}))
  })

  afterEach(() => place.dispose())

  const openOn = (machine: string): Promise<Store> => place.open({place: {localPath: join(place.folder, machine)}})
  const doubtOf = async (userId: string) => (await store.accounts.get(`twitch:${userId}`))?.doubt?.cause

  /** As a failover or a snapshot does it: the slot of the account is as it was before `work`. */
  async function forgetting(work: () => Promise<unknown>): Promise<void> {
    const pattern = `${place.place.prefix}{a:${String(slotOf(KEY))}}*`
    const keys = (await place.server.command('KEYS', pattern)) as string[]
    for (const key of keys) await place.server.command('COPY', key, `${key}-before`)
    await work()
    for (const key of keys) await place.server.command('COPY', `${key}-before`, key, 'REPLACE')
  }

  const refresh = (suffix: string): Promise<unknown> =>
    withLock(store, async (lock) => {
      await lock.begin()
      await lock.commit(renew(suffix))
    })

  it('has every account of the slot in doubt once its lock is taken, and no other', async () => {
    await forgetting(() => refresh('2'))
    assert.equal(await doubtOf('2002'), undefined)
    await withLock(store, (lock) => {
      const {cause, sends} = lock.account?.doubt ?? assert.fail()
      assert.deepEqual([cause, sends], ['old-copy', 0])
    })
    assert.deepEqual(
      [await doubtOf('2002'), await doubtOf(NEIGHBOUR), await doubtOf(STRANGER)],
      ['old-copy', 'old-copy', undefined],
    )
  })

  it('is noticed by the next process of the machine that saw more', async () => {
    await forgetting(() => refresh('2'))
    await withLock(await openOn('here'), (lock) => {
      assert.equal(lock.account?.doubt?.cause, 'old-copy')
    })
  })

  it('is noticed by no machine that saw nothing of what is gone', async () => {
    await forgetting(() => refresh('2'))
    await withLock(await openOn('there'), (lock) => {
      assert.equal(lock.account?.doubt, undefined)
    })
  })

  it('is noticed though another machine has written as much since as was lost', async () => {
    await forgetting(() => refresh('2'))
    const there = await openOn('there')
    await withLock(there, async (lock) => {
      await lock.begin()
      await lock.commit(renew('other'))
    })
    await withLock(store, (lock) => {
      assert.equal(lock.account?.doubt?.cause, 'old-copy')
    })
    assert.equal(await doubtOf(NEIGHBOUR), 'old-copy')
  })

  it('is noticed though another machine has written more since, once', async () => {
    await forgetting(() => refresh('2'))
    const there = await openOn('there')
    for (const suffix of ['3', '4']) {
      await withLock(there, async (lock) => {
        await lock.begin()
        await lock.commit(renew(suffix))
      })
    }
    await withLock(store, (lock) => {
      assert.equal(lock.account?.doubt?.cause, 'old-copy')
    })
    await refresh('5')
    for (const machine of [store, there]) {
      await withLock(machine, (lock) => {
        assert.equal(lock.account?.doubt, undefined)
      })
    }
  })

  it('is noticed though this machine itself has written since, before its next lock', async () => {
    await forgetting(() => refresh('2'))
    const logins = Array.from({length: 3}, (_, index) => `grant-${String(index)}`)
    for (const grantId of logins) await store.accounts.put(makeAccount({userId: NEIGHBOUR, grantId}))
    await withLock(store, (lock) => {
      assert.equal(lock.account?.doubt?.cause, 'old-copy')
    })
  })

  it('is not suspected where others have written since, as they do', async () => {
    await refresh('2')
    const there = await openOn('there')
    for (let turn = 0; turn < 3; turn += 1) {
      for (const [machine, name] of [
        [store, 'here'],
        [there, 'there'],
      ] as const) {
        await withLock(machine, async (lock) => {
          assert.equal(lock.account?.doubt, undefined)
          await lock.begin()
          await lock.commit(renew(`${name}-${String(turn)}`))
        })
      }
    }
  })

  it('is noticed once: what is refreshed or logged in since is in doubt no more', async () => {
    await forgetting(() => refresh('2'))
    await refresh('3')
    await store.accounts.put(makeAccount({userId: NEIGHBOUR, grantId: 'grant-2'}))
    await withLock(store, (lock) => {
      assert.equal(lock.account?.doubt, undefined)
    })
    assert.deepEqual([await doubtOf('2002'), await doubtOf(NEIGHBOUR)], [undefined, undefined])
  })

  it('does not make anybody doubt who changes something else', async () => {
    await forgetting(() => store.accounts.update(KEY, (account) => ({...account, login: 'renamed'})))
    await withLock(store, (lock) => {
      assert.equal(lock.account?.doubt, undefined)
    })
  })

  it('keeps a doubt through changes of anything else', async () => {
    await forgetting(() => refresh('2'))
    await withLock(store, () => undefined)
    const updated = await store.accounts.update(KEY, (account) => ({...account, login: 'renamed'}))
    assert.equal(updated?.doubt?.cause, 'old-copy')
    assert.equal(await doubtOf('2002'), 'old-copy')
  })

  it('is not taken for an old copy when another store begins at its address', async () => {
    await refresh('2')
    const keys = (await place.server.command('KEYS', `${place.place.prefix}*`)) as string[]
    for (const key of keys) await place.server.command('DEL', key)
    const another = await openOn('here')
    await another.accounts.put(makeAccount())
    await withLock(another, (lock) => {
      assert.equal(lock.account?.doubt, undefined)
    })
  })

  it('has the reply that this machine recorded, though nothing is known of an intent', async () => {
    place.clock.advance(60_000)
    await forgetting(() =>
      withLock(store, async (lock) => {
        await lock.begin()
        await lock.recordReply(makeReply('kept'))
      }),
    )
    assert.deepEqual(
      (await store.accounts.upcomingRefreshes('twitch', 1)).map(({key}) => key),
      [KEY],
    )
    await withLock(store, (lock) => {
      assert.equal(lock.reply?.body, 'kept')
    })
  })

  describe('where replies have no room', () => {
    afterEach(async () => assert.equal((await store.accounts.get(KEY))?.doubt, undefined))

    it('nothing is begun on a full disk', async function () {
      if (!canMount) this.skip()
      const folder = join(place.folder, 'full')
      await mkdir(folder)
      const disk = await mountSmallDisk(folder, 256 * 1024)
      const full = await openOn('full')
      try {
        await disk.fillUpTo(16 * 1024)
        await withLock(full, (lock) => assert.rejects(lock.begin(), {code: 'store-full'}))
      } finally {
        await full.close()
        await disk.unmount()
      }
    })

    it('nothing is begun where there can be no folder', async () => {
      await writeFile(join(place.folder, 'a-file'), '')
      const broken = await openOn('a-file')
      await assert.rejects(
        withLock(broken, (lock) => lock.begin()),
        {code: 'configuration'},
      )
    })
  })
})

function findAccount(fits: (slot: number) => boolean): string {
  for (let id = 1; ; id += 1) if (fits(slotOf(`twitch:${String(id)}`))) return String(id)
}
