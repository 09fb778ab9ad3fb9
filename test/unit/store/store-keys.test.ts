import assert from 'node:assert/strict'
import {rm, writeFile} from 'node:fs/promises'
import {join} from 'node:path'

import {Secret} from '../../../src/model/secret.js'
import {Keyring, type WrappedKeys} from '../../../src/store/store-keys.js'
import {hasCode} from '../../contract/store-accounts.js'
import {makeTemporaryFolder, removeFolder} from '../../support/temporary-folder.js'

const inline = (text: string): Keyring => new Keyring({kind: 'inline', value: new Secret(text)})
const KEY_TEXT = Buffer.alloc(32, 7).toString('base64url')

describe("the store's keys", () => {
  for (const [name, text] of [
    ['a key', KEY_TEXT],
    ['a passphrase', 'correct horse battery staple'],
  ] as const) {
    it(`open again with ${name}`, async () => {
      const {wrapped, keys} = await inline(text).create()
      const again = await inline(text).open(wrapped)
      assert.equal(again.sealer.open(['a'], keys.sealer.seal(['a'], 'made up')), 'made up')
      assert.equal(again.fingerprint('made up'), keys.fingerprint('made up'))
      assert.equal(again.mac('salt', 'made up'), keys.mac('salt', 'made up'))
    })

    it(`do not open with another secret than ${name}`, async () => {
      const {wrapped} = await inline(text).create()
      for (const other of [Buffer.alloc(32, 8).toString('base64url'), 'another', `${text}x`]) {
        await assert.rejects(inline(other).open(wrapped), hasCode('wrong-secret'))
      }
    })
  }

  it('differ from store to store, under the same secret', async () => {
    const keyring = inline(KEY_TEXT)
    const [a, b] = [await keyring.create(), await keyring.create()]
    assert.notEqual(a.keys.fingerprint('made up'), b.keys.fingerprint('made up'))
    assert.equal(b.keys.sealer.open(['a'], a.keys.sealer.seal(['a'], 'made up')), undefined)
  })

  it('are damaged, not locked by another secret, when only some of them open', async () => {
    const {wrapped} = await inline(KEY_TEXT).create()
    for (const field of ['check', 'data', 'token'] as const) {
      const damaged: WrappedKeys = {...wrapped, [field]: `v1.${'A'.repeat(60)}`}
      await assert.rejects(inline(KEY_TEXT).open(damaged), hasCode('store-damaged'))
    }
    const swapped: WrappedKeys = {...wrapped, data: wrapped.token, token: wrapped.data}
    await assert.rejects(inline(KEY_TEXT).open(swapped), hasCode('store-damaged'))
  })

  it('are asked of the passphrase once, however often they are opened', async () => {
    const {wrapped} = await inline('correct horse').create()
    const keyring = inline('correct horse')
    const first = await keyring.open(wrapped)
    assert.equal(await keyring.open({...wrapped}), first)
    const startedAt = performance.now()
    for (let i = 0; i < 20; i += 1) await keyring.open({...wrapped, check: wrapped.check})
    assert.ok(performance.now() - startedAt < 100, 'twenty times scrypt would take seconds')
  })

  describe('under the default key file', () => {
    let folder: string

    beforeEach(async () => {
      folder = await makeTemporaryFolder()
    })

    afterEach(() => removeFolder(folder))

    it('do not open once it is gone: no new one is made for them; when it is back they do', async () => {
      const path = join(folder, 'secret.key')
      const source = {kind: 'default-key-file', path} as const
      await writeFile(path, KEY_TEXT)
      const {wrapped} = await new Keyring(source).create()
      await rm(path)
      const keyring = new Keyring(source)
      await assert.rejects(
        keyring.open(wrapped),
        (error) => hasCode('wrong-secret')(error) && String(error).includes('gone'),
      )
      await writeFile(path, KEY_TEXT)
      assert.ok(await keyring.open(wrapped))
    })
  })
})
