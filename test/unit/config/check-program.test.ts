import assert from 'node:assert/strict'
import {chmod, mkdir, writeFile} from 'node:fs/promises'
import {join} from 'node:path'

import {checkProgram} from '../../../src/config/check-program.js'
import {makeTemporaryFolder, removeFolder} from '../../support/temporary-folder.js'

describe('checkProgram', () => {
  let folder: string
  before(async () => {
    folder = await makeTemporaryFolder()
    for (const name of ['notify', 'plain']) await writeFile(join(folder, name), '#!/bin/sh\n')
    await chmod(join(folder, 'notify'), 0o700)
    await chmod(join(folder, 'plain'), 0o600)
    await mkdir(join(folder, 'folder'))
  })
  after(() => removeFolder(folder))

  const check = (file: string, PATH: string | undefined = `/nowhere:${folder}`) => checkProgram(file, '--flag', {PATH})

  it('finds what is on the PATH, and what is named by its file', async () => {
    await check('notify')
    await check(join(folder, 'notify'))
    await checkProgram('sh', '--flag', {})
  })

  it('refuses what is not there, naming the flag and the program', async () => {
    const message = '--flag: there is no program “notifi”.'
    await assert.rejects(check('notifi'), {code: 'configuration', message})
    await assert.rejects(check(join(folder, 'notifi')), {code: 'configuration'})
    await assert.rejects(check('notify', '/nowhere'), {code: 'configuration'})
    await assert.rejects(check(''), {code: 'configuration'})
  })

  it('refuses what cannot be executed: another file, a folder', async () => {
    await assert.rejects(check('plain'), {code: 'configuration', message: '--flag: plain cannot be executed.'})
    await assert.rejects(check('folder'), {code: 'configuration'})
    await assert.rejects(check(folder), {code: 'configuration'})
  })
})
