import assert from 'node:assert/strict'
import {readFile, stat, writeFile} from 'node:fs/promises'
import {join} from 'node:path'

import {Secret} from '../../../src/model/secret.js'
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
      for (const points of ['5', '2']) await runWell('points', 'add', 'viewer_vera', points)
      const moved = await runWell('store', 'migrate', pathOf('store.json'), pathOf('other'), '--json')
      assert.deepEqual(parseJson(moved), {
        from: pathOf('store.json'),
        to: pathOf('other.json'),
        accounts: 1,
        providers: 1,
        tokens: 0,
        flows: 0,
        points_changes: 2,
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
      const there = await runWell('store', 'migrate', pathOf('store.json'), pathOf('other.json'))
      assert.match(there.stderr, /^✓ Moved 1 account, 1 provider and 0 API tokens from /)
      await runWell('points', 'add', 'viewer_vera', '5', '--store', pathOf('other.json'))
      const back = await runWell('store', 'migrate', pathOf('other.json'), pathOf('store.json'))
      assert.match(back.stderr, /^✓ Moved 1 account, 1 provider, 0 API tokens and 1 change of points from /)
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
        points_changes: 0,
        in_doubt: 0,
      })
      assert.equal(await tokenOf(...store), token)
    })
  })

  describe('store export', () => {
    const exportTo = (...argv: string[]) => home.run(['store', 'export', '--passphrase-file', secretFile, ...argv])

    it('replaces no file unless it is told to', async () => {
      await writeFile(pathOf('backup.age'), 'mine')
      const refused = await exportTo(pathOf('backup.age'))
      assert.deepEqual([refused.exitCode, await readFile(pathOf('backup.age'), 'utf8')], [2, 'mine'])
      assert.match(refused.stderr, /backup\.age is there already.*\n.*--force/)
    })

    it('wants a passphrase of some length, and somebody to ask for it', async () => {
      await writeFile(secretFile, 'short')
      assert.match((await exportTo(pathOf('backup.age'))).stderr, /shorter than 8 characters/)
      const nobody = await home.run(['store', 'export', pathOf('backup.age')])
      assert.equal(nobody.exitCode, 2)
      assert.match(nobody.stderr, /--passphrase-file/)
      const prompts = {askSecret: (question: string) => Promise.resolve(new Secret(question))}
      const differing = await home.run(['store', 'export', pathOf('backup.age')], {prompts})
      assert.match(differing.stderr, /not the same/)
    })

    it('needs a file with --json, and has nothing to say of an empty store', async () => {
      assert.equal((await exportTo('--json')).exitCode, 2)
      assert.equal((await exportTo(pathOf('backup.age'), '--store', pathOf('none.json'))).exitCode, 2)
      await assert.rejects(stat(pathOf('backup.age')), {code: 'ENOENT'})
    })
  })

  describe('store import', () => {
    const importFrom = (name: string, ...argv: string[]) =>
      home.run(['store', 'import', pathOf(name), '--passphrase-file', secretFile, '--json', ...argv])
    const codeOf = (end: {stdout: string}) => (JSON.parse(end.stdout) as {error?: {code: string}}).error?.code

    it('says what is wrong with a file, and changes nothing', async () => {
      const store = await readFile(pathOf('store.json'))
      await runWell('store', 'export', pathOf('backup.age'), '--armor', '--passphrase-file', secretFile)
      const text = await readFile(pathOf('backup.age'), 'utf8')
      await writeFile(pathOf('cut.age'), text.slice(0, text.length / 2))
      await writeFile(pathOf('foreign.age'), 'somebody else’s')
      await writeFile(pathOf('empty.age'), '')
      const into = ['--store', pathOf('new.json')]
      assert.equal(codeOf(await importFrom('cut.age', ...into)), 'store-damaged')
      assert.equal(codeOf(await importFrom('foreign.age', ...into)), 'store-foreign')
      assert.equal(codeOf(await importFrom('empty.age', ...into)), 'store-foreign')
      assert.equal(codeOf(await importFrom('backup.age')), 'store-not-empty')
      assert.equal(codeOf(await importFrom('backup.age', '--replace')), 'usage')
      await writeFile(secretFile, 'another made up one')
      const wrong = await importFrom('backup.age', ...into)
      assert.deepEqual([wrong.exitCode, codeOf(wrong)], [3, 'wrong-secret'])
      assert.deepEqual(await readFile(pathOf('store.json')), store)
      await assert.rejects(stat(pathOf('new.json')), {code: 'ENOENT'})
    })

    it('replaces what is there when it is told to, and leaves it as the backup', async () => {
      await runWell('store', 'export', pathOf('backup.age'), '--passphrase-file', secretFile)
      const before = await readFile(pathOf('store.json'))
      assert.equal((await importFrom('backup.age', '--replace', '--yes')).exitCode, 0)
      assert.deepEqual(await readFile(pathOf('store.json.bak')), before)
      await tokenOf()
    })
  })

  describe('store migrate', () => {
    it('takes no password, and not the same store twice', async () => {
      const [from, other] = [pathOf('store.json'), 'redis://me:made-up@localhost:1']
      const secret = await home.run(['store', 'migrate', from, other])
      assert.equal(secret.exitCode, 2)
      assert.ok(!secret.stderr.includes('made-up'))
      assert.equal((await home.run(['store', 'migrate', from, pathOf('store')])).exitCode, 2)
      assert.equal((await home.run(['store', 'migrate', pathOf('none.json'), from])).exitCode, 2)
      assert.equal((await home.run(['store', 'migrate', from, 'redis://127.0.0.1:1'])).exitCode, 7)
      await tokenOf()
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
