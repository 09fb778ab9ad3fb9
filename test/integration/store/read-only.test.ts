import assert from 'node:assert/strict'
import {chmod, chown, readdir, readFile} from 'node:fs/promises'
import {dirname} from 'node:path'

import type {ErrorCode} from '../../../src/model/behalf-error.js'
import {makeJsonStorePlace, type JsonStorePlace} from '../../support/json-store-place.js'
import {makeAccount} from '../../support/make-account.js'
import {startStoreChild} from '../../support/start-store-child.js'

const NOBODY = 65_534

/** Root may write everywhere, so another user tries where root runs the tests. */
const uid = process.getuid?.()
const isRoot = uid === 0

interface Attempt {
  code: ErrorCode
  message: string
  accounts: number
}

describe('the JSON store where this user may not write', () => {
  let place: JsonStorePlace

  beforeEach(async () => {
    place = await makeJsonStorePlace()
    const store = await place.open()
    await store.accounts.put(makeAccount({userId: '1'}))
    await store.accounts.put(makeAccount())
    await store.close()
    if (!isRoot) return
    await chown(place.folder, NOBODY, NOBODY)
    for (const entry of await readdir(place.folder, {recursive: true})) {
      await chown(`${place.folder}/${entry}`, NOBODY, NOBODY)
    }
  })

  afterEach(async () => {
    await chmod(dirname(place.path), 0o700)
    await place.dispose()
  })

  async function attempt(): Promise<Attempt> {
    const child = await startStoreChild(['try-to-write', place.path, place.keyPath, String(isRoot ? NOBODY : uid)])
    await child.kill()
    return JSON.parse(child.lines[0] ?? '') as Attempt
  }

  it('says so when the folder is read-only, can still be read, and stays as it was', async () => {
    await chmod(dirname(place.path), 0o500)
    const before = await readFile(place.path)
    const {code, message, accounts} = await attempt()
    assert.equal(code, 'store-read-only')
    assert.match(message, new RegExp(dirname(place.path)))
    assert.equal(accounts, 2)
    assert.deepEqual(await readFile(place.path), before)
    assert.ok(!(await readdir(dirname(place.path))).some((name) => name.endsWith('.tmp')))
  })

  it('says so when the folder may not be entered', async () => {
    await chmod(dirname(place.path), 0o000)
    const {code, message} = await attempt()
    assert.ok(['configuration', 'store-read-only'].includes(code), code)
    assert.match(message, /permission/)
  })

  it('says so when the file may not be read', async () => {
    await chmod(place.path, 0o000)
    const before = isRoot ? await readFile(place.path) : undefined
    const {code, message, accounts} = await attempt()
    assert.equal(code, 'configuration')
    assert.match(message, /no permission/)
    assert.equal(accounts, 0)
    if (before) assert.deepEqual(await readFile(place.path), before)
  })
})
