import assert from 'node:assert/strict'
import {readdir} from 'node:fs/promises'
import {join} from 'node:path'

import {probeKernelLock} from '../../../../src/store/check/probe-kernel-lock.js'
import {acquireFileLock} from '../../../../src/store/file-lock.js'
import {makeTemporaryFolder, removeFolder} from '../../../support/temporary-folder.js'

describe('probeKernelLock', () => {
  let folder: string
  beforeEach(async () => (folder = await makeTemporaryFolder()))
  afterEach(() => removeFolder(folder))

  const path = () => join(folder, 'store.json')
  const lock = () =>
    acquireFileLock(`${path()}.lock`, {mode: 'exclusive', deadlineMs: performance.now() + 1000}).then((held) => {
      assert.ok(held)
      return held
    })

  it('tries where temporary files are when there is no lock file yet, and leaves nothing', async () => {
    const before = process.env.TMPDIR
    process.env.TMPDIR = folder
    try {
      assert.match(await probeKernelLock(path()), /^(addon|flock)$/)
      assert.deepEqual(await readdir(folder), [])
    } finally {
      if (before === undefined) delete process.env.TMPDIR
      else process.env.TMPDIR = before
    }
  })

  it('tries the store’s own lock file, and lets go of it', async () => {
    await (await lock()).release()
    await probeKernelLock(path())
    await (await lock()).release()
  })

  it('takes one that somebody holds for proof', async () => {
    const held = await lock()
    try {
      assert.match(await probeKernelLock(path()), /^(addon|flock)$/)
    } finally {
      await held.release()
    }
  })
})
