import assert from 'node:assert/strict'
import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'

import {checkWritable} from '../../../src/store/check-writable.js'
import {canMount, mountSmallDisk} from '../../support/small-disk.js'
import {needing, skipWithout} from '../../support/skip-without.js'
import {makeTemporaryFolder, removeFolder} from '../../support/temporary-folder.js'

describe('whether the file of a store takes writes', () => {
  let folder: string
  let path: string

  beforeEach(async () => {
    folder = await makeTemporaryFolder()
    path = join(folder, 'store.json')
  })
  afterEach(() => removeFolder(folder))

  it('says nothing against one that is there, nor against a folder that the first write makes', async () => {
    await checkWritable(join(folder, 'not', 'there', 'store.json'))
    await writeFile(path, '{}')
    await checkWritable(path)
  })

  it(needing('a disk of its own', canMount, 'finds that there is no room for it once more'), async function () {
    skipWithout('a disk of its own', canMount, this)
    const disk = await mountSmallDisk(folder, 1 << 20)
    try {
      await writeFile(path, 'x'.repeat(100_000))
      await checkWritable(path)
      await disk.fillUpTo(50_000)
      await assert.rejects(checkWritable(path), {code: 'store-full'})
    } finally {
      await disk.unmount()
    }
  })
})
