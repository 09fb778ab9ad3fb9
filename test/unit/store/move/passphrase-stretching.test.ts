import assert from 'node:assert/strict'

import {Decrypter, Encrypter, generateX25519Identity, identityToRecipient} from 'age-encryption'

import {Secret} from '../../../../src/model/secret.js'
import {createPassphraseIdentity, createPassphraseRecipient} from '../../../../src/store/move/passphrase-stretching.js'

const PASSPHRASE = 'made up correct hörse'
const TEXT = 'made up'
const LOG_N = 10

async function sealAsAge(logN = LOG_N): Promise<Uint8Array> {
  const encrypter = new Encrypter()
  encrypter.setScryptWorkFactor(logN)
  encrypter.setPassphrase(PASSPHRASE)
  return encrypter.encrypt(TEXT)
}

async function seal(): Promise<Uint8Array> {
  const encrypter = new Encrypter()
  encrypter.addRecipient(createPassphraseRecipient(new Secret(PASSPHRASE), LOG_N))
  return encrypter.encrypt(TEXT)
}

async function open(sealed: Uint8Array, passphrase = PASSPHRASE): Promise<string> {
  const decrypter = new Decrypter()
  decrypter.addIdentity(createPassphraseIdentity(new Secret(passphrase)))
  return decrypter.decrypt(sealed, 'text')
}

/** The same file with another first line of its recipient. */
const withStanza = (sealed: Uint8Array, stanza: string): Buffer =>
  Buffer.from(
    Buffer.from(sealed)
      .toString('latin1')
      .replace(/-> scrypt .*/, stanza),
    'latin1',
  )

describe('a file that a passphrase opens', () => {
  it('is opened by age', async () => {
    const decrypter = new Decrypter()
    decrypter.addPassphrase(PASSPHRASE)
    assert.equal(await decrypter.decrypt(await seal(), 'text'), TEXT)
  })

  it('may come from age', async () => {
    for (const logN of [1, LOG_N]) assert.equal(await open(await sealAsAge(logN)), TEXT)
  })

  it('is opened by no other passphrase, and not by none where it has another recipient', async () => {
    await assert.rejects(open(await sealAsAge(), 'another made up one'), /no identity matched/)
    const encrypter = new Encrypter()
    encrypter.addRecipient(await identityToRecipient(await generateX25519Identity()))
    await assert.rejects(open(await encrypter.encrypt(TEXT)), /no identity matched/)
  })

  it('is sealed each time with another salt', async () => {
    const saltOf = (sealed: Uint8Array) => /-> scrypt (\S{22}) 10\n/.exec(Buffer.from(sealed).toString('latin1'))?.[1]
    const [one, two] = [saltOf(await seal()), saltOf(await seal())]
    assert.ok(one)
    assert.notEqual(one, two)
  })

  it('is refused where it asks for too much work, or is not what age writes', async () => {
    const sealed = await sealAsAge()
    const salt = 'A'.repeat(22)
    await assert.rejects(open(withStanza(sealed, `-> scrypt ${salt} 21`)), /too high/)
    for (const stanza of [`${salt} 010`, `${salt} 999999`, `${salt} x`, `${salt} 10 10`, 'AAAA 10', salt])
      await assert.rejects(open(withStanza(sealed, `-> scrypt ${stanza}`)), /invalid scrypt stanza/, stanza)
    await assert.rejects(open(withStanza(sealed, `-> scrypt ${salt} 10`)), /no identity matched/)
  })
})
