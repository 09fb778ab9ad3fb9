import assert from 'node:assert/strict'
import {mkdir, rename, rm, writeFile} from 'node:fs/promises'
import {join} from 'node:path'

import {hashSources} from '../../../build/source-hash.js'
import {makeTemporaryFolder, removeFolder} from '../../support/temporary-folder.js'

describe('hashSources', () => {
  let root: string

  async function fill(folder: string): Promise<void> {
    await mkdir(join(folder, 'src/store'), {recursive: true})
    await mkdir(join(folder, 'build'))
    for (const name of ['src/store/store.ts', 'build/build.ts', 'package.json', 'package-lock.json', 'tsconfig.json']) {
      await writeFile(join(folder, name), `content of ${name}`)
    }
  }

  beforeEach(async () => {
    root = await makeTemporaryFolder()
    await fill(root)
  })

  afterEach(() => removeFolder(root))

  it('is the same for the same files elsewhere', async () => {
    const elsewhere = await makeTemporaryFolder()
    await fill(elsewhere)
    assert.equal(hashSources(elsewhere), hashSources(root))
    await removeFolder(elsewhere)
  })

  for (const [what, change] of Object.entries({
    'a changed file': () => writeFile(join(root, 'src/store/store.ts'), 'something else'),
    'a new file': () => writeFile(join(root, 'src/new.ts'), ''),
    'a removed file': () => rm(join(root, 'src/store/store.ts')),
    'a renamed file': () => rename(join(root, 'src/store/store.ts'), join(root, 'src/store/other.ts')),
    'other dependencies': () => writeFile(join(root, 'package-lock.json'), '{}'),
  })) {
    it(`is another for ${what}`, async () => {
      const before = hashSources(root)
      await change()
      assert.notEqual(hashSources(root), before)
    })
  }
})
