import assert from 'node:assert/strict'
import {readFile, stat, writeFile} from 'node:fs/promises'
import {join} from 'node:path'

import {makeCommandHome, type CommandHome} from '../../support/command-home.js'
import {parseJson} from '../../support/run-command.js'

const PASSPHRASE = 'made up correct horse'

describe('moving a store', function () {
  this.timeout(30_000)

  let home: CommandHome
  let secretFile: string
  beforeEach(async () => {
    home = await makeCommandHome()
    await home.logIn(['login'], 'streamer_sam')
    secretFile = join(home.folder, 'passphrase')
    await writeFile(secretFile, `${PASSPHRASE}\n`)
  })
  afterEach(() => home.remove())

  const pathOf = (name: string) => join(home.folder, name)
  const runWell = async (...argv: string[]) => {
    const end = await home.run(argv)
    assert.equal(end.exitCode, 0, end.stderr)
    return end
  }
  const tokenOf = async (...flags: string[]) => (await runWell('bot', 'token', 'streamer_sam', ...flags)).stdout

  describe('store migrate', () => {
    it('moves all of it to another file, and the first is in use no more', async () => {
      const token = await tokenOf()
      const moved = await runWell('store', 'migrate', pathOf('store.json'), pathOf('other'), '--json')
      assert.deepEqual(parseJson(moved), {
        from: pathOf('store.json'),
        to: pathOf('other.json'),
        accounts: 1,
        providers: 1,
        tokens: 0,
        flows: 0,
        refreshes: 0,
        resumed: false,
      })
      assert.equal(await tokenOf('--store', pathOf('other.json')), token)
      for (const argv of [['status'], ['token', 'issue', 'overlay', '--scope', 'points:read']]) {
        const refused = await home.run([...argv, '--json'])
        assert.equal(refused.exitCode, 7)
        const {error} = parseJson(refused) as {error: {code: string; hint: string}}
        assert.deepEqual(
          [error.code, error.hint],
          ['store-moved', `Set BEHALF_STORE (or --store) to ${pathOf('other.json')}`],
        )
      }
    })

    it('goes back the same way', async () => {
      const token = await tokenOf()
      await runWell('store', 'migrate', pathOf('store.json'), pathOf('other.json'))
      await runWell('store', 'migrate', pathOf('other.json'), pathOf('store.json'))
      assert.equal(await tokenOf(), token)
      assert.equal((await home.run(['status', '--store', pathOf('other.json')])).exitCode, 7)
    })
  })

  describe('store export and import', () => {
    it('put all of it into another store, sealed with the secret there', async () => {
      const token = await tokenOf()
      await runWell('store', 'export', pathOf('backup.age'), '--passphrase-file', secretFile)
      assert.equal((await stat(pathOf('backup.age'))).mode & 0o777, 0o600)
      assert.match(await readFile(pathOf('backup.age'), 'latin1'), /^age-encryption\.org\/v1\n-> scrypt /)
      const store = ['--store', pathOf('new.json')]
      const imported = await runWell(
        'store',
        'import',
        pathOf('backup.age'),
        '--passphrase-file',
        secretFile,
        ...store,
        '--json',
      )
      assert.deepEqual(parseJson(imported), {
        store: pathOf('new.json'),
        accounts: 1,
        providers: 1,
        tokens: 0,
        flows: 0,
        in_doubt: 0,
      })
      assert.equal(await tokenOf(...store), token)
    })
  })

  describe('store rekey', () => {
    it('makes a new key, keeps the old one, and all opens', async () => {
      const keyPath = pathOf('config/behalf/secret.key')
      const [token, key] = [await tokenOf(), await readFile(keyPath, 'utf8')]
      const report = parseJson(await runWell('store', 'rekey', '--json')) as Record<string, string>
      assert.notEqual(await readFile(keyPath, 'utf8'), key)
      assert.equal(await readFile(report.old_key_file ?? '', 'utf8'), key)
      assert.equal(await tokenOf(), token)
      await runWell('store', 'check')
    })
  })
})
