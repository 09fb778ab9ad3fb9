import assert from 'node:assert/strict'
import {chmod, chown, copyFile, mkdir, readdir, readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'

import {Secret} from '../../../src/model/secret.js'
import {sealExport} from '../../../src/store/move/sealed-export.js'
import {makeCommandHome, type CommandHome} from '../../support/command-home.js'
import {makeRedisStorePlace, sharedRedisServer} from '../../support/redis-place.js'
import {REDIS_SERVER, startRedisServer} from '../../support/redis-server.js'
import {parseJson, type CommandEnd} from '../../support/run-command.js'
import {needing, skipWithout} from '../../support/skip-without.js'
import {canMount, mountSmallDisk} from '../../support/small-disk.js'
import {until} from '../../support/until.js'

const PASSPHRASE = 'made up correct horse'
const NOBODY = 65_534

describe('moving a store where that is not possible', function () {
  this.timeout(30_000)

  let home: CommandHome
  beforeEach(async () => {
    home = await makeCommandHome()
    await home.logIn(['login'], 'streamer_sam')
  })
  afterEach(() => home.remove())

  const pathOf = (name: string) => join(home.folder, name)
  const migrate = (to: string) => home.run(['store', 'migrate', pathOf('store.json'), to, '--json'])
  const errorOf = (end: CommandEnd) => (parseJson(end) as {error: {code: string; message: string; hint: string}}).error
  const tokenOf = async (...flags: string[]) => {
    const end = await home.run(['bot', 'token', 'streamer_sam', ...flags])
    assert.equal(end.exitCode, 0, end.stderr)
    return end.stdout
  }

  /** The move ends with 7 and this code; the store is in use, and as it was. */
  async function failsAndChangesNothing(to: string, code: string, hint: RegExp): Promise<string> {
    const [token, before] = [await tokenOf(), await readFile(pathOf('store.json'))]
    const end = await migrate(to)
    const error = errorOf(end)
    assert.deepEqual([end.exitCode, error.code], [7, code], error.message)
    assert.match(error.hint, hint)
    assert.deepEqual(await readFile(pathOf('store.json')), before)
    assert.equal(await tokenOf(), token)
    const issued = await home.run(['token', 'issue', 'made-up', '--scope', 'points:read'])
    assert.equal(issued.exitCode, 0, issued.stderr)
    return error.message
  }

  for (const freeBytes of [0, 4096]) {
    it(
      needing(
        'leave to mount',
        canMount,
        `says so of a full disk with ${String(freeBytes)} bytes, and goes on once there is room`,
      ),
      async function () {
        skipWithout('leave to mount', canMount, this)
        await mkdir(pathOf('disk'))
        const disk = await mountSmallDisk(pathOf('disk'), 256 * 1024)
        try {
          await disk.fillUpTo(freeBytes)
          assert.match(await failsAndChangesNothing(pathOf('disk/new.json'), 'store-full', /./), /disk\//)
          await disk.makeRoom()
          const token = await tokenOf()
          assert.equal((await migrate(pathOf('disk/new.json'))).exitCode, 0)
          assert.equal(await tokenOf('--store', pathOf('disk/new.json')), token)
        } finally {
          await disk.unmount()
        }
      },
    )
  }

  it('says so of a folder that it may not write to', async () => {
    // All of it is loaded before somebody else does it who may not read this code.
    assert.equal((await migrate(pathOf('between.json'))).exitCode, 0)
    assert.equal((await home.run(['store', 'migrate', pathOf('between.json'), pathOf('store.json')])).exitCode, 0)
    await mkdir(pathOf('closed'))
    await chmod(pathOf('closed'), 0o500)
    const isRoot = process.geteuid?.() === 0
    if (isRoot)
      for (const name of ['', ...(await readdir(home.folder, {recursive: true}))])
        await chown(pathOf(name), NOBODY, NOBODY)
    try {
      if (isRoot) process.seteuid?.(NOBODY)
      assert.match(await failsAndChangesNothing(pathOf('closed/new.json'), 'store-read-only', /./), /closed/)
      assert.deepEqual(await readdir(pathOf('closed')), [])
    } finally {
      if (isRoot) process.seteuid?.(0)
    }
  })

  describe(needing('redis-server', REDIS_SERVER !== undefined, 'to Redis'), () => {
    before(function () {
      skipWithout('redis-server', REDIS_SERVER !== undefined, this)
    })

    it('says so of a replica', async () => {
      const replica = await startRedisServer({replicaOf: (await sharedRedisServer()).port})
      try {
        await until('it has caught up', async () =>
          String(await replica.command('INFO', 'replication')).includes('master_link_status:up'),
        )
        await failsAndChangesNothing(`${replica.url}?prefix=made-up:`, 'store-read-only', /primary/)
      } finally {
        await replica.dispose()
      }
    })

    it('says so where there is no room, and goes on once there is', async () => {
      const place = await makeRedisStorePlace()
      try {
        await place.server.command('CONFIG', 'SET', 'maxmemory', '1')
        await failsAndChangesNothing(place.url, 'store-full', /maxmemory/)
        await place.server.command('CONFIG', 'SET', 'maxmemory', '0')
        const token = await tokenOf()
        assert.equal((await migrate(place.url)).exitCode, 0)
        assert.equal(await tokenOf('--store', place.url), token)
      } finally {
        await place.server.command('CONFIG', 'SET', 'maxmemory', '0')
        await place.dispose()
      }
    })

    it('is told by store check, at either end', async () => {
      const place = await makeRedisStorePlace()
      const check = async (store: string) => {
        const end = await home.run(['store', 'check', '--store', store, '--json'])
        const {problems} = parseJson(end) as {problems: {code: string; message: string; hint?: string}[]}
        return {exitCode: end.exitCode, ...problems[0]}
      }
      const isMovedTo = ({exitCode, code, message = '', hint}: Awaited<ReturnType<typeof check>>, to: string): void => {
        assert.deepEqual([exitCode, code, hint], [7, 'store-moved', `Set BEHALF_STORE (or --store) to ${to}`])
        assert.ok(message.includes(`was moved to ${to}`), message)
      }
      try {
        assert.equal((await migrate(place.url)).exitCode, 0)
        isMovedTo(await check(pathOf('store.json')), place.place.location)
        assert.equal((await check(place.url)).exitCode, 0)
        assert.equal((await home.run(['store', 'migrate', place.url, pathOf('store.json')])).exitCode, 0)
        isMovedTo(await check(place.url), pathOf('store.json'))
      } finally {
        await place.dispose()
      }
    })
  })

  it('takes no export of a newer version', async () => {
    const line = JSON.stringify({format: 'behalf-export', version: 2, madeUp: true})
    await writeFile(pathOf('newer.age'), await sealExport(`${line}\n`, new Secret(PASSPHRASE), {armored: false}))
    await writeFile(pathOf('passphrase'), `${PASSPHRASE}\n`)
    const before = await readFile(pathOf('store.json'))
    const from = [pathOf('newer.age'), '--passphrase-file', pathOf('passphrase')]
    const end = await home.run(['store', 'import', ...from, '--replace', '--yes', '--json'])
    const {code, message, hint} = errorOf(end)
    assert.deepEqual([end.exitCode, code, hint], [7, 'store-newer', 'npm install --global behalf@latest'])
    assert.match(message, /newer\.age was exported by a newer behalf/)
    assert.deepEqual(await readFile(pathOf('store.json')), before)
    await tokenOf()
  })

  describe('leaves a backup that, put back by hand,', () => {
    const putBack = () => copyFile(pathOf('store.json.bak'), pathOf('store.json'))

    it('is no second store after a move', async () => {
      assert.equal((await migrate(pathOf('new.json'))).exitCode, 0)
      await putBack()
      const refused = await home.run(['bot', 'token', 'streamer_sam', '--json'])
      assert.deepEqual([refused.exitCode, errorOf(refused).code], [7, 'store-moved'])
      assert.ok(errorOf(refused).hint.includes(pathOf('new.json')))
    })

    it('opens with the new key after one was made, and is known for an old copy', async () => {
      assert.equal((await home.run(['store', 'rekey'])).exitCode, 0)
      await putBack()
      const {keys} = JSON.parse(await readFile(pathOf('store.json'), 'utf8')) as {keys: {previous?: string}}
      assert.equal(keys.previous, undefined)
      const {exitCode, stdout} = await home.run(['store', 'check', '--json'])
      const {problems} = JSON.parse(stdout) as {problems: {code: string; severity: string}[]}
      assert.deepEqual([exitCode, problems.map(({code}) => code)], [0, ['old-copy']])
      await tokenOf()
    })
  })
})
