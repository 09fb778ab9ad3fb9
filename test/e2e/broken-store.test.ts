import assert from 'node:assert/strict'
import {randomBytes} from 'node:crypto'
import {chmod, mkdir, readFile, rm, truncate, writeFile} from 'node:fs/promises'
import {dirname} from 'node:path'

import type {Sandbox} from '../../src/sandbox/start-sandbox.js'
import {makeAccount} from '../support/make-account.js'
import {makeHome, type ProgramHome} from '../support/program-home.js'
import type {ProgramOptions} from '../support/running-program.js'
import {needing, skipWithout} from '../support/skip-without.js'
import {canMount, mountSmallDisk, type SmallDisk} from '../support/small-disk.js'
import {stockHome} from '../support/stocked-home.js'
import {canHeedPermissions} from '../support/permissions.js'
import {countRefreshes, startWatchedSandbox} from '../support/watched-sandbox.js'

const BOT = 'techydrroid'
const READ = ['status']
const WRITE = ['token', 'issue', 'overlay', '--scope', 'helix:read', '--as', BOT]

interface Refusal {
  exitCode: number
  code: string
  message: RegExp
  hint: RegExp
}

describe('a store that cannot be used', function () {
  this.timeout(60_000)

  let sandbox: Sandbox
  let home: ProgramHome

  before(async () => {
    sandbox = await startWatchedSandbox()
  })
  after(() => sandbox.stop())
  afterEach(() => home.remove())

  /** With and without --json: the exit code, what failed and what to do; the file byte for byte as it was. */
  async function assertRefused(args: string[], refusal: Refusal, options: ProgramOptions = {}): Promise<void> {
    const before = await readFile(home.storePath)
    const [plain, json] = await Promise.all([home.run(args, options), home.run([...args, '--json'], options)])
    assert.deepEqual([plain.exitCode, plain.stdout], [refusal.exitCode, ''], plain.stderr)
    assert.match(plain.stderr, refusal.message)
    assert.match(plain.stderr, refusal.hint)

    assert.deepEqual([json.exitCode, json.stderr], [refusal.exitCode, ''])
    const {error, ...rest} = JSON.parse(json.stdout) as {error: Record<string, string>}
    assert.deepEqual([error.code, Object.keys(error), rest], [refusal.code, ['code', 'message', 'hint'], {}])
    assert.match(error.message ?? '', refusal.message)
    assert.match(error.hint ?? '', refusal.hint)
    assert.deepEqual(await readFile(home.storePath), before)
  }

  describe('because of what is in its file', () => {
    beforeEach(async () => {
      home = await stockHome(sandbox, [{login: BOT}])
    })

    const FAULTS: ({what: string; spoil: () => Promise<void>} & Refusal)[] = [
      {
        what: 'truncated',
        spoil: async () => truncate(home.storePath, Math.floor((await readFile(home.storePath)).length / 2)),
        exitCode: 7,
        code: 'store-damaged',
        message: /store\.json is damaged/,
        hint: /cp -- \S+store\.json\.bak \S+store\.json/,
      },
      {
        what: 'empty',
        spoil: () => truncate(home.storePath, 0),
        exitCode: 7,
        code: 'store-damaged',
        message: /store\.json is damaged/,
        hint: /cp -- /,
      },
      {
        what: 'of a newer version',
        spoil: async () => {
          const document = JSON.parse(await readFile(home.storePath, 'utf8')) as object
          await writeFile(home.storePath, JSON.stringify({...document, version: 2}))
        },
        exitCode: 7,
        code: 'store-newer',
        message: /newer behalf/,
        hint: /npm install --global behalf@latest/,
      },
      {
        what: 'something else',
        spoil: () => writeFile(home.storePath, '{"name":"somebody-elses-file"}\n'),
        exitCode: 7,
        code: 'store-foreign',
        message: /is not a store of behalf/,
        hint: /--store/,
      },
      {
        what: 'a picture',
        spoil: () => writeFile(home.storePath, randomBytes(100_000)),
        exitCode: 7,
        code: 'store-foreign',
        message: /is not a store of behalf/,
        hint: /--store/,
      },
    ]
    for (const {what, spoil, ...refusal} of FAULTS) {
      it(`exits ${String(refusal.exitCode)} and leaves it alone: ${what}`, async () => {
        await spoil()
        await assertRefused(READ, refusal)
        await assertRefused(WRITE, refusal)
      })
    }
  })

  describe('because of its sealing secret', () => {
    const wrongSecret = {exitCode: 3, code: 'wrong-secret', hint: /BEHALF_SECRET/}

    beforeEach(async () => {
      home = await stockHome(sandbox, [{login: BOT}])
    })

    it('exits 3 with another passphrase', async () => {
      const options = {env: {BEHALF_SECRET: 'another made-up passphrase'}}
      await assertRefused(READ, {...wrongSecret, message: /another secret than BEHALF_SECRET/}, options)
      await assertRefused(WRITE, {...wrongSecret, message: /another secret than BEHALF_SECRET/}, options)
    })

    it('exits 3 with another key file', async () => {
      await writeFile(home.keyPath, randomBytes(32).toString('base64url'))
      await assertRefused(READ, {...wrongSecret, message: /another secret than .*secret\.key/})
    })

    it('exits 3 without the key file, and makes no new one', async () => {
      await rm(home.keyPath)
      await assertRefused(WRITE, {...wrongSecret, message: /secret\.key that seals this store is gone/})
      await assert.rejects(readFile(home.keyPath), {code: 'ENOENT'})
    })
  })

  describe(needing('the right to mount one', canMount, 'on a disk of its own'), () => {
    let disk: SmallDisk

    before(function () {
      skipWithout('the right to mount a disk', canMount, this)
    })
    beforeEach(async () => {
      home = await makeHome()
      const folder = dirname(home.storePath)
      await mkdir(folder, {recursive: true})
      disk = await mountSmallDisk(folder, 2 * 1024 * 1024)
    })
    afterEach(async () => {
      await home.showFiles()
      await disk.unmount()
    })

    it('exits 7 when the disk is full, sends nothing, and goes on when there is room', async () => {
      await stockHome(sandbox, [{login: BOT, lifeMs: -1000}], {home})
      const refreshes = countRefreshes(sandbox)
      await disk.fillUpTo(0)
      const full = {exitCode: 7, code: 'store-full', message: /no space left/, hint: /df -h/}
      await assertRefused(WRITE, full)
      await assertRefused(['bot', 'token', BOT], full)
      assert.equal(countRefreshes(sandbox), refreshes)

      await disk.makeRoom()
      assert.equal((await home.run(['bot', 'token', BOT], {printsSecret: true})).exitCode, 0)
      assert.equal(countRefreshes(sandbox), refreshes + 1)
    })

    it('hands the token out when there is no space left between reply and save, and saves it later', async () => {
      await stockHome(sandbox, [{login: BOT, lifeMs: -1000}], {home})
      await growStore(home)
      const refreshes = countRefreshes(sandbox)
      // Room for the journal, and none for another copy of the store.
      await disk.fillUpTo(150 * 1024)
      const before = await readFile(home.storePath)
      const first = await home.run(['bot', 'token', BOT], {printsSecret: true})
      assert.equal(first.exitCode, 0, first.stderr)
      assert.match(first.stderr, /no space left/)
      assert.ok((sandbox.state.accessTokens.get(first.stdout.trim())?.expiresAt ?? 0) > Date.now())
      assert.deepEqual(await readFile(home.storePath), before)

      await disk.makeRoom()
      const second = await home.run(['bot', 'token', BOT], {printsSecret: true})
      assert.deepEqual([second.exitCode, second.stdout, second.stderr], [0, first.stdout, ''])
      assert.equal(countRefreshes(sandbox), refreshes + 1)
    })
  })

  describe(needing('setpriv', canHeedPermissions, 'in a folder that may not be written to'), () => {
    const heeding: ProgramOptions = {heedsPermissions: true}

    before(function () {
      skipWithout('setpriv', canHeedPermissions, this)
    })
    beforeEach(async () => {
      home = await stockHome(sandbox, [{login: BOT}, {login: 'otherbot', lifeMs: -1000}])
      await chmod(dirname(home.storePath), 0o500)
    })
    afterEach(() => chmod(dirname(home.storePath), 0o700))

    it('exits 7 for a write and for a refresh, of which nothing is sent', async () => {
      const refreshes = countRefreshes(sandbox)
      const readOnly = {exitCode: 7, code: 'store-read-only', message: /no permission/, hint: /ls -ld/}
      await assertRefused(WRITE, readOnly, heeding)
      await assertRefused(['bot', 'token', 'otherbot'], readOnly, heeding)
      assert.equal(countRefreshes(sandbox), refreshes)
    })

    it('still reads, and calls Helix with a token that lives', async () => {
      assert.equal((await home.run(READ, heeding)).exitCode, 0)
      const end = await home.run(['helix', 'get', 'users', '--as', BOT], heeding)
      assert.deepEqual([end.exitCode, end.stderr], [0, ''])
    })
  })
})

/** Many accounts, so that a copy of the store is larger than a journal. */
async function growStore(home: ProgramHome): Promise<void> {
  const store = await home.openStore()
  try {
    const userIds = Array.from({length: 400}, (_, index) => String(500_000 + index))
    await Promise.all(userIds.map((userId) => store.accounts.put(makeAccount({userId}))))
  } finally {
    await store.close()
  }
}
