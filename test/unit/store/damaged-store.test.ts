import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {mkdir, readFile, rm, symlink, truncate, writeFile} from 'node:fs/promises'
import {dirname, join} from 'node:path'

import {BehalfError, type ErrorCode} from '../../../src/model/behalf-error.js'
import {Secret} from '../../../src/model/secret.js'
import {openJsonStore} from '../../../src/store/json-store.js'
import type {Store} from '../../../src/store/store.js'
import {hasCode} from '../../contract/store-accounts.js'
import {makeJsonStorePlace, type JsonStorePlace} from '../../support/json-store-place.js'
import {makeAccount} from '../../support/make-account.js'

const KEY = 'twitch:2002'

/** Everything one can ask of a store; none may touch a file that is not in order. */
const everyMethod: readonly ((store: Store) => Promise<unknown>)[] = [
  (store) => store.accounts.get(KEY),
  (store) => store.accounts.list(),
  (store) => store.accounts.names(),
  (store) => store.accounts.put(makeAccount()),
  (store) => store.accounts.update(KEY, (now) => ({...now})),
  (store) => store.accounts.lock(KEY, {waitMs: 1000}),
  (store) => store.providers.list(),
  (store) => store.providers.remove('twitch'),
  (store) => store.flows.find(new Secret('made-up')),
  (store) => store.apiTokens.list(),
  (store) => store.apiTokens.mac('salt', new Secret('made-up')),
  (store) => store.fingerprint(new Secret('made-up')),
  (store) => store.lastWrittenAt(),
]

describe('a store that is not in order', () => {
  let place: JsonStorePlace

  beforeEach(async () => {
    place = await makeJsonStorePlace()
  })

  afterEach(() => place.dispose())

  /** Fills the store: two writes, so that there is a backup. */
  async function fill(): Promise<string> {
    const store = await place.open()
    await store.accounts.put(makeAccount({userId: '1'}))
    await store.accounts.put(makeAccount())
    await store.close()
    return readFile(place.path, 'utf8')
  }

  async function refuses(code: ErrorCode, hint: RegExp): Promise<void> {
    const before = await readFile(place.path)
    for (const call of everyMethod) {
      const store = await place.open()
      await assert.rejects(call(store), (error) => {
        assert.ok(error instanceof BehalfError, String(error))
        assert.equal(error.code, code, `${String(call)}: ${error.message}`)
        assert.match(error.message, new RegExp(place.path))
        assert.match(error.hint ?? '', hint)
        return true
      })
      await store.close()
    }
    assert.deepEqual(await readFile(place.path), before, 'byte for byte as it was')
  }

  const restore = (): RegExp => new RegExp(`^cp -- ${place.path}\\.bak ${place.path}$`)

  for (const share of [0.02, 0.5, 0.99]) {
    it(`is damaged when it breaks off after ${String(share * 100)} % of it`, async () => {
      const {length} = await fill()
      await truncate(place.path, Math.floor(length * share))
      await refuses('store-damaged', restore())
    })
  }

  it('is damaged when it is empty', async () => {
    await fill()
    await writeFile(place.path, '')
    await refuses('store-damaged', restore())
  })

  it('is damaged when a crash left zeros in it', async () => {
    const {length} = await fill()
    await writeFile(place.path, Buffer.alloc(length))
    await refuses('store-damaged', restore())
  })

  it('is damaged when a byte of it is no text', async () => {
    const bytes = Buffer.from(await fill())
    bytes[bytes.length - 100] = 0xff
    await writeFile(place.path, bytes)
    await refuses('store-damaged', restore())
  })

  for (const field of ['sequence', 'inode', 'writtenAt', 'keys', 'accounts', 'providers', 'flows', 'apiTokens']) {
    it(`is damaged when \`${field}\` is missing or malformed`, async () => {
      const document = JSON.parse(await fill()) as Record<string, unknown>
      for (const wrong of [undefined, [], true]) {
        await writeFile(place.path, JSON.stringify({...document, [field]: wrong}))
        const store = await place.open()
        await assert.rejects(
          store.accounts.put(makeAccount()),
          (error) => hasCode('store-damaged')(error) && String(error).includes(`\`${field}\``),
        )
      }
    })
  }

  it('is damaged when its version is none', async () => {
    const document = JSON.parse(await fill()) as Record<string, unknown>
    await writeFile(place.path, JSON.stringify({...document, version: '1'}))
    await refuses('store-damaged', restore())
  })

  it('says so when there is no backup to restore', async () => {
    await fill()
    await rm(`${place.path}.bak`)
    await writeFile(place.path, '')
    await refuses('store-damaged', /There is no .*\.bak/)
  })

  it('comes back with the command that the message names', async () => {
    await fill()
    await truncate(place.path, 100)
    const store = await place.open()
    const error = await store.accounts.list().catch((thrown: unknown) => thrown)
    assert.ok(error instanceof BehalfError && error.hint !== undefined)
    execFileSync('sh', ['-c', error.hint])
    assert.deepEqual(
      (await store.accounts.list()).map(({userId}) => userId),
      ['1'],
    )
  })

  it('names a path with odd characters so that a shell takes it', async () => {
    const path = join(place.folder, "it's a $(store).json")
    await writeFile(path, '')
    await writeFile(`${path}.bak`, 'made up')
    const store = await place.open({path})
    const error = await store.accounts.list().catch((thrown: unknown) => thrown)
    assert.ok(error instanceof BehalfError && error.hint !== undefined)
    execFileSync('sh', ['-c', error.hint])
    assert.equal(await readFile(path, 'utf8'), 'made up')
  })

  it('is newer when its version is', async () => {
    const document = JSON.parse(await fill()) as Record<string, unknown>
    await writeFile(place.path, JSON.stringify({...document, version: 2, accounts: 'of another shape'}))
    await refuses('store-newer', /behalf@latest/)
  })

  for (const [name, content] of [
    ['text', 'Dear diary,\n'],
    ['an object', '{"accounts":{}}'],
    ['a package', '{"name":"x","version":"1.0.0"}'],
    ['null', 'null'],
    ['a number', '1'],
    ['a list', '[]'],
    ['bytes', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0xff])],
  ] as const) {
    it(`is foreign when it is ${name}`, async () => {
      await mkdir(dirname(place.path), {recursive: true})
      await writeFile(place.path, content)
      await refuses('store-foreign', /--store/)
    })
  }

  it('is foreign when it is too large to be one', async () => {
    await fill()
    await truncate(place.path, 300 * 1024 * 1024)
    const store = await place.open()
    await assert.rejects(store.accounts.list(), hasCode('store-foreign'))
    await truncate(place.path, 0)
  })

  it('cannot be a folder, a device or a pipe', async () => {
    const pipe = join(place.folder, 'pipe')
    execFileSync('mkfifo', [pipe])
    for (const path of [place.folder, '/dev/null', pipe]) {
      await assert.rejects(openJsonStore({...place, path}), hasCode('configuration'))
    }
  })

  it('cannot be below a file, or at the end of a loop of links', async () => {
    await writeFile(join(place.folder, 'file'), 'made up')
    await symlink('b', join(place.folder, 'a'))
    await symlink('a', join(place.folder, 'b'))
    for (const path of ['file/store.json', 'a', 'x'.repeat(300)]) {
      const opening = openJsonStore({...place, path: join(place.folder, path)})
      await assert.rejects(
        opening.then((store) => store.accounts.put(makeAccount())),
        hasCode('configuration'),
      )
    }
  })
})
