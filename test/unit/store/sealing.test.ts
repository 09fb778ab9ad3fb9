import assert from 'node:assert/strict'
import {randomBytes} from 'node:crypto'

import {SEALED_PATTERN, Sealer} from '../../../src/store/sealing.js'

const PLACE = ['account', 'twitch:2002', 'refreshToken']

describe('Sealer', () => {
  const key = randomBytes(32)
  const sealer = new Sealer(key)

  for (const text of ['', 'made-up-token', 'Grüße 🎉', 'x'.repeat(1_000_000)]) {
    it(`opens what it sealed: ${JSON.stringify(text.slice(0, 20))}`, () => {
      const sealed = sealer.seal(PLACE, text)
      assert.match(sealed, SEALED_PATTERN)
      assert.equal(new Sealer(Buffer.from(key)).open(PLACE, sealed), text)
    })
  }

  it('never seals the same text the same way twice', () => {
    assert.notEqual(sealer.seal(PLACE, 'made-up'), sealer.seal(PLACE, 'made-up'))
  })

  it('does not open a value that was moved to another record or field', () => {
    const sealed = sealer.seal(PLACE, 'made-up')
    for (const place of [
      ['account', 'twitch:2003', 'refreshToken'],
      ['account', 'twitch:2002', 'accessToken'],
      ['provider', 'twitch:2002', 'refreshToken'],
      ['account', 'twitch:2002'],
      ['account', 'twitch:2002","refreshToken'],
      [],
    ]) {
      assert.equal(sealer.open(place, sealed), undefined)
    }
  })

  it('does not open a value with another key', () => {
    assert.equal(new Sealer(randomBytes(32)).open(PLACE, sealer.seal(PLACE, 'made-up')), undefined)
  })

  it('does not open a value of which any byte was changed, or that was cut or lengthened', () => {
    const sealed = sealer.seal(PLACE, 'made-up-token')
    const bytes = Buffer.from(sealed.slice(3), 'base64url')
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = Buffer.from(bytes)
      changed[at] = (changed[at] ?? 0) ^ 1
      assert.equal(sealer.open(PLACE, `v1.${changed.toString('base64url')}`), undefined, `byte ${String(at)}`)
    }
    for (const length of [0, 1, 27, 28, bytes.length - 1]) {
      assert.equal(sealer.open(PLACE, `v1.${bytes.subarray(0, length).toString('base64url')}`), undefined)
    }
    assert.equal(sealer.open(PLACE, `${sealed}AAAA`), undefined)
  })

  for (const text of ['', 'v1.', 'v2.AAAA', 'made-up-token', 'v1.!!!!', ` ${'v1.'.padEnd(60, 'A')}`]) {
    it(`does not open ${JSON.stringify(text)}, which is nothing sealed`, () => {
      assert.equal(sealer.open(PLACE, text), undefined)
    })
  }
})
