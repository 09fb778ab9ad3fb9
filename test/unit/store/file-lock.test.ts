import assert from 'node:assert/strict'
import {readFile, rm, writeFile} from 'node:fs/promises'
import {join} from 'node:path'

import {acquireFileLock, type FileLock} from '../../../src/store/file-lock.js'
import {
  flockCommandLock,
  loadAddonLock,
  loadPrebuiltLock,
  type KernelLock,
  type LockMode,
} from '../../../src/store/kernel-lock.js'
import {hasCode} from '../../contract/store-accounts.js'
import {startStoreChild, type StoreChild} from '../../support/start-store-child.js'
import {makeTemporaryFolder, removeFolder} from '../../support/temporary-folder.js'

describe('a lock file', () => {
  let folder: string
  let path: string
  const children: StoreChild[] = []
  const locks: FileLock[] = []

  beforeEach(async () => {
    folder = await makeTemporaryFolder()
    path = join(folder, 'made-up.lock')
  })

  afterEach(async () => {
    for (const child of children.splice(0)) await child.kill()
    for (const lock of locks.splice(0)) await lock.release()
    await removeFolder(folder)
  })

  async function acquire(
    kernelLock: KernelLock,
    mode: LockMode = 'exclusive',
    waitMs = 0,
    signal?: AbortSignal,
  ): Promise<FileLock | undefined> {
    const lock = await acquireFileLock(path, {mode, deadlineMs: performance.now() + waitMs, signal}, kernelLock)
    if (lock !== undefined) locks.push(lock)
    return lock
  }

  async function start(...args: string[]): Promise<StoreChild> {
    const child = await startStoreChild(['hold-file', path, '', ...args])
    children.push(child)
    return child
  }

  it('finds the prebuilt addon of the version that is installed without its slow search', async () => {
    const slow = await import('fs-native-extensions').catch(() => undefined)
    assert.equal(loadPrebuiltLock() === undefined, slow === undefined)
  })

  for (const [name, load] of [
    ['addon', loadAddonLock],
    ['flock', () => Promise.resolve(flockCommandLock)],
  ] as const) {
    describe(`kept by ${name === 'addon' ? 'the addon' : 'flock(1), where there is no addon'}`, () => {
      let kernel: KernelLock

      before(async () => {
        kernel = await load()
      })

      it('excludes others in this process until it is released', async () => {
        const lock = await acquire(kernel)
        assert.ok(lock)
        assert.equal(await acquire(kernel), undefined)
        assert.equal(await acquire(kernel, 'shared'), undefined)
        await lock.release()
        assert.ok(await acquire(kernel))
      })

      it('can be shared, which excludes who wants it alone', async () => {
        const shared = await acquire(kernel, 'shared')
        assert.ok(shared)
        assert.ok(await acquire(kernel, 'shared'))
        assert.equal(await acquire(kernel), undefined)
      })

      it('excludes other processes, suspended ones too, and is free at once when its holder is killed', async () => {
        const child = await start(name)
        assert.equal(await acquire(kernel), undefined)
        child.process.kill('SIGSTOP')
        assert.equal(await acquire(kernel, 'exclusive', 200), undefined)
        await child.kill()
        assert.ok(await acquire(kernel))
      })

      it('is obtained by who waits when it is released', async () => {
        const first = await acquire(kernel)
        const waiting = acquire(kernel, 'exclusive', 5000)
        await first?.release()
        assert.ok(await waiting)
      })

      it('is not obtained on a file that has been replaced meanwhile', async () => {
        const first = await acquire(kernel)
        assert.ok(first)
        const waiting = acquire(kernel, 'exclusive', 5000)
        await new Promise((resolve) => setTimeout(resolve, 60))
        await first.unlink()
        const second = await acquire(kernel)
        assert.ok(second && (await second.isHeld()))
        await first.release()
        await second.release()
        const third = await waiting
        assert.ok(third && (await third.isHeld()))
      })
    })
  }

  it('says that it is no longer held when the file was deleted or replaced by hand', async () => {
    const lock = await acquire(await loadAddonLock())
    assert.ok(lock && (await lock.isHeld()))
    await rm(path)
    assert.equal(await lock.isHeld(), false)
    await writeFile(path, 'made up')
    assert.equal(await lock.isHeld(), false)
    await lock.unlink()
    assert.equal(await readFile(path, 'utf8'), 'made up')
  })

  it('is not waited for any longer once the signal fires', async () => {
    const kernel = await loadAddonLock()
    await acquire(kernel)
    await assert.rejects(acquire(kernel, 'exclusive', 60_000, AbortSignal.timeout(20)), hasCode('interrupted'))
  })

  it('explains itself where files cannot be locked at all', async () => {
    const {PATH} = process.env
    process.env.PATH = folder
    try {
      await assert.rejects(acquire(flockCommandLock), hasCode('configuration'))
    } finally {
      process.env.PATH = PATH
    }
  })
})
