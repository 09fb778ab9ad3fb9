import assert from 'node:assert/strict'
import {
  chmod,
  link,
  lstat,
  mkdir,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import {dirname, join} from 'node:path'

import {Secret} from '../../../src/model/secret.js'
import type {Store} from '../../../src/store/store.js'
import {hasCode} from '../../contract/store-accounts.js'
import {watchFileCalls} from '../../support/file-calls.js'
import {makeJsonStorePlace, type JsonStorePlace} from '../../support/json-store-place.js'
import {makeAccount} from '../../support/make-account.js'

const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777

describe("the JSON store's file", () => {
  let place: JsonStorePlace
  let store: Store

  beforeEach(async () => {
    place = await makeJsonStorePlace()
    store = await place.open()
  })

  afterEach(() => place.dispose())

  const put = (userId = '2002'): Promise<unknown> => store.accounts.put(makeAccount({userId}))
  const namesIn = async (path: string): Promise<string[]> => (await readdir(path)).sort()

  it('is not made by opening and reading', async () => {
    await store.accounts.list()
    await store.accounts.get('twitch:2002')
    await store.flows.remove('none')
    await store.close()
    assert.deepEqual(await readdir(place.folder), [])
  })

  it('is private, in a private folder, and so is everything beside it', async () => {
    await put()
    const lock = await store.accounts.lock('twitch:2002', {waitMs: 1000})
    await lock.begin()
    await put()
    const folder = dirname(place.path)
    assert.equal(await modeOf(folder), 0o700)
    const names = await namesIn(folder)
    assert.deepEqual(names, [
      'store.json',
      'store.json.bak',
      'store.json.gate',
      'store.json.journals',
      'store.json.lock',
      'store.json.locks',
    ])
    for (const name of names) {
      const path = join(folder, name)
      const isFolder = (await stat(path)).isDirectory()
      assert.equal(await modeOf(path), isFolder ? 0o700 : 0o600, name)
      for (const inside of isFolder ? await readdir(path) : []) assert.equal(await modeOf(join(path, inside)), 0o600)
    }
    await lock.release()
  })

  it('leaves the mode of a folder that was there', async () => {
    const folder = join(place.folder, 'shared')
    await mkdir(folder, {mode: 0o755})
    const elsewhere = await place.open({path: join(folder, 'store.json')})
    await elsewhere.accounts.put(makeAccount())
    assert.equal(await modeOf(folder), 0o755)
    assert.equal(await modeOf(join(folder, 'store.json')), 0o600)
  })

  it('loses a mode that was widened with the next write, and its backup too', async () => {
    await put()
    await chmod(place.path, 0o644)
    await put()
    assert.equal(await modeOf(place.path), 0o600)
    assert.equal(await modeOf(`${place.path}.bak`), 0o600)
  })

  it('has the previous file as its backup, the very same one', async () => {
    await put('1')
    const first = await readFile(place.path)
    const {ino} = await stat(place.path)
    await put('2')
    assert.deepEqual(await readFile(`${place.path}.bak`), first)
    assert.equal((await stat(`${place.path}.bak`)).ino, ino)
  })

  it('is fsynced before it is renamed into place, and its folder afterwards', async () => {
    await put('1')
    assert.deepEqual(await watchFileCalls(() => put('2')), [
      'fsync file',
      'link to store.json.bak.*.tmp',
      'rename store.json.bak.*.tmp to store.json.bak',
      'unlink store.json.bak.*.tmp',
      'rename store.json.*.tmp to store.json',
      'fsync folder',
    ])
  })

  for (const step of ['fsync file', 'link to', 'to store.json.bak', '.tmp to store.json']) {
    it(`stays whole, without leftovers, when “${step}” fails`, async () => {
      await put('1')
      const before = await readFile(place.path)
      const failing = watchFileCalls(
        () => put('2'),
        (call) => {
          if (call.endsWith(step) || (step === 'link to' && call.startsWith(step))) {
            throw Object.assign(new Error('made up'), {code: 'ENOSPC'})
          }
        },
      )
      await assert.rejects(failing, hasCode('store-full'))
      assert.deepEqual(await readFile(place.path), before)
      const leftOver = (await readdir(dirname(place.path))).filter((name) => name.endsWith('.tmp'))
      assert.deepEqual(leftOver, [])
      await put('3')
      assert.deepEqual(
        (await store.accounts.list()).map(({userId}) => userId),
        ['1', '3'],
      )
    })
  }

  it('has a copy as its backup where there are no hard links', async () => {
    await put('1')
    const first = await readFile(place.path)
    await watchFileCalls(
      () => put('2'),
      (call) => {
        if (call.startsWith('link')) throw Object.assign(new Error('made up'), {code: 'EPERM'})
      },
    )
    assert.deepEqual(await readFile(`${place.path}.bak`), first)
    assert.notEqual((await stat(`${place.path}.bak`)).ino, (await stat(place.path)).ino)
    assert.equal(await modeOf(`${place.path}.bak`), 0o600)
  })

  it('is written after a crash that left file and backup one and the same', async () => {
    await put('1')
    await rm(`${place.path}.bak`, {force: true})
    await link(place.path, `${place.path}.bak`)
    await put('2')
    const names = await namesIn(dirname(place.path))
    assert.ok(!names.some((name) => name.endsWith('.tmp')), names.join())
    assert.notEqual((await stat(`${place.path}.bak`)).ino, (await stat(place.path)).ino)
  })

  it('is cleared of what killed writers left, and of nothing else', async () => {
    await put()
    const folder = dirname(place.path)
    const dead = ['store.json.999-0123456789ab.tmp', 'store.json.bak.999-0123456789ab.tmp']
    const alive = ['store.json.tmp', 'store.json.mine.tmp', 'other.json.999-0123456789ab.tmp', 'store.json.999-0.txt']
    for (const name of [...dead, ...alive]) await writeFile(join(folder, name), 'made up')
    const next = await place.open()
    await next.accounts.put(makeAccount())
    const names = await readdir(folder)
    for (const name of dead) assert.ok(!names.includes(name), name)
    for (const name of alive) assert.ok(names.includes(name), name)
  })

  it('is followed through symbolic links, which stay', async () => {
    const target = join(place.folder, 'elsewhere', 'real.json')
    const path = join(place.folder, 'link.json')
    const linked = await (await symlinkTo(target, path)).open({path})
    await linked.accounts.put(makeAccount())
    await linked.accounts.put(makeAccount())
    assert.ok((await lstat(path)).isSymbolicLink())
    assert.ok((await lstat(target)).isFile())
    const again = await place.open({path})
    assert.equal(again.location, await realpath(target))
    assert.equal((await again.accounts.list()).length, 1)
  })

  const symlinkTo = async (target: string, path: string): Promise<JsonStorePlace> => {
    await symlink(target, path)
    return place
  }

  it('is read again when it is another file, also one written over it in place', async () => {
    await put('1')
    const other = await place.open({path: join(place.folder, 'other.json')})
    await other.accounts.put(makeAccount({userId: '7'}))
    await store.accounts.list()
    await writeFile(place.path, await readFile(join(place.folder, 'other.json')))
    assert.deepEqual(
      (await store.accounts.names()).map(({userId}) => userId),
      ['7'],
    )
  })

  it('is not made anew while it is away, and is read again when it is back', async () => {
    await put()
    const aside = `${dirname(place.path)}-aside`
    await rename(dirname(place.path), aside)
    try {
      await assert.rejects(store.accounts.names(), hasCode('store-damaged'))
      await assert.rejects(store.fingerprint(new Secret('made up')), hasCode('store-damaged'))
      await assert.rejects(put(), hasCode('store-damaged'))
      await assert.rejects(stat(place.path), {code: 'ENOENT'})
    } finally {
      await rm(dirname(place.path), {recursive: true, force: true})
      await rename(aside, dirname(place.path))
    }
    assert.equal((await store.accounts.names()).length, 1)
  })

  it('keeps a removed account out of its backup as well', async () => {
    await put('1')
    await put()
    await put('3')
    const lock = await store.accounts.lock('twitch:2002', {waitMs: 1000})
    await lock.begin()
    await lock.remove()
    await lock.release()
    for (const path of [place.path, `${place.path}.bak`]) {
      const text = await readFile(path, 'utf8')
      assert.ok(!text.includes('2002'), path)
      assert.ok(text.includes('twitch:1') && text.includes('twitch:3'), path)
    }
    assert.deepEqual(await readdir(`${place.path}.journals`), [])
    assert.deepEqual(await readdir(`${place.path}.locks`), [])
  })

  it('holds no secret in the clear, in any file', async () => {
    await put()
    const lock = await store.accounts.lock('twitch:2002', {waitMs: 1000})
    await lock.begin()
    await lock.recordReply({status: 200, headers: {}, body: 'made-up-access', complete: true, sentAt: 1})
    await put()
    for (const entry of await readdir(place.folder, {recursive: true, withFileTypes: true})) {
      if (!entry.isFile() || entry.name === 'secret.key') continue
      const text = await readFile(join(entry.parentPath, entry.name), 'latin1')
      assert.ok(!text.includes('made-up-access') && !text.includes('made-up-refresh'), entry.name)
    }
    await lock.release()
  })
})
