import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {mkdir, readdir, readFile, stat, writeFile} from 'node:fs/promises'
import {dirname, join} from 'node:path'

import {Secret} from '../../../src/model/secret.js'
import {createDefaultKeyFile, readSealingSecret} from '../../../src/store/sealing-secret.js'
import {hasCode} from '../../contract/store-accounts.js'
import {makeTemporaryFolder, removeFolder} from '../../support/temporary-folder.js'

const KEY = Buffer.alloc(32, 7)
const KEY_TEXT = KEY.toString('base64url')

describe('the sealing secret', () => {
  let folder: string

  beforeEach(async () => {
    folder = await makeTemporaryFolder()
  })

  afterEach(() => removeFolder(folder))

  const readFrom = async (content: string | Buffer): ReturnType<typeof readSealingSecret> => {
    const path = join(folder, 'secret')
    await writeFile(path, content)
    return readSealingSecret({kind: 'file', path})
  }

  it('is a key when it is 32 bytes in base64url, padded or not', async () => {
    for (const text of [KEY_TEXT, `${KEY_TEXT}=`]) {
      assert.deepEqual(await readSealingSecret({kind: 'inline', value: new Secret(text)}), {kind: 'key', key: KEY})
    }
  })

  it('is a passphrase when it is anything else', async () => {
    for (const text of ['correct horse', KEY_TEXT.slice(1), `${KEY_TEXT}A`, KEY.toString('hex'), ' ', ` ${KEY_TEXT}`]) {
      const secret = await readSealingSecret({kind: 'inline', value: new Secret(text)})
      assert.deepEqual(secret, {kind: 'passphrase', passphrase: text})
    }
  })

  it('loses one line end when it comes from a file, and no more', async () => {
    assert.deepEqual(await readFrom(`${KEY_TEXT}\n`), {kind: 'key', key: KEY})
    assert.deepEqual(await readFrom('pass\r\n'), {kind: 'passphrase', passphrase: 'pass'})
    assert.deepEqual(await readFrom('pass\n\n'), {kind: 'passphrase', passphrase: 'pass\n'})
    assert.deepEqual(await readFrom(' pass '), {kind: 'passphrase', passphrase: ' pass '})
  })

  it('must not be empty', async () => {
    for (const content of ['', '\n', '\r\n']) await assert.rejects(readFrom(content), hasCode('configuration'))
    await assert.rejects(readSealingSecret({kind: 'inline', value: new Secret('')}), hasCode('configuration'))
  })

  it('may have 64 KiB and no more, and is not read without end', async () => {
    assert.equal((await readFrom('x'.repeat(64 * 1024)))?.kind, 'passphrase')
    await assert.rejects(readFrom('x'.repeat(64 * 1024 + 1)), hasCode('configuration'))
    await assert.rejects(readSealingSecret({kind: 'file', path: '/dev/zero'}), hasCode('configuration'))
  })

  it('must be text, for bytes would be lost in reading it as such', async () => {
    await assert.rejects(readFrom(Buffer.alloc(32, 0xf0)), hasCode('configuration'))
  })

  it('can come through a pipe', async () => {
    const path = join(folder, 'pipe')
    execFileSync('mkfifo', [path])
    const [secret] = await Promise.all([readSealingSecret({kind: 'file', path}), writeFile(path, `${KEY_TEXT}\n`)])
    assert.deepEqual(secret, {kind: 'key', key: KEY})
  })

  it('names the setting when its file is missing or is a folder', async () => {
    const missing = readSealingSecret({kind: 'file', path: join(folder, 'none')})
    await assert.rejects(
      missing,
      (error) => hasCode('configuration')(error) && String(error).includes('BEHALF_SECRET_FILE'),
    )
    await assert.rejects(readSealingSecret({kind: 'file', path: folder}), hasCode('configuration'))
  })

  describe('in the default key file', () => {
    it('is absent until it is made', async () => {
      const source = {kind: 'default-key-file', path: join(folder, 'none', 'secret.key')} as const
      assert.equal(await readSealingSecret(source), undefined)
    })

    it('is made with 32 random bytes, private in a private folder, and leaves nothing else', async () => {
      const path = join(folder, 'config', 'behalf', 'secret.key')
      const secret = await createDefaultKeyFile(path)
      assert.ok(secret.kind === 'key')
      assert.equal(secret.key.length, 32)
      assert.equal((await stat(path)).mode & 0o777, 0o600)
      assert.equal((await stat(dirname(path))).mode & 0o777, 0o700)
      assert.deepEqual(await readdir(dirname(path)), ['secret.key'])
      assert.deepEqual(await readSealingSecret({kind: 'default-key-file', path}), secret)
    })

    it('leaves the mode of a folder that was there', async () => {
      const config = join(folder, 'config')
      await mkdir(config, {mode: 0o755})
      await createDefaultKeyFile(join(config, 'secret.key'))
      assert.equal((await stat(config)).mode & 0o777, 0o755)
    })

    it('is the same for all who make it at once', async () => {
      const path = join(folder, 'secret.key')
      const secrets = await Promise.all(Array.from({length: 10}, () => createDefaultKeyFile(path)))
      for (const secret of secrets) assert.deepEqual(secret, secrets[0])
      assert.deepEqual(await readdir(folder), ['secret.key'])
    })

    it('is never replaced', async () => {
      const path = join(folder, 'secret.key')
      await writeFile(path, 'made up by hand\n')
      assert.deepEqual(await createDefaultKeyFile(path), {kind: 'passphrase', passphrase: 'made up by hand'})
      assert.equal(await readFile(path, 'utf8'), 'made up by hand\n')
    })
  })
})
