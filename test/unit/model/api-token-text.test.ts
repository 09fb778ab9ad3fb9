import assert from 'node:assert/strict'
import {crc32} from 'node:zlib'

import {formatApiToken, parseApiToken} from '../../../src/model/api-token-text.js'
import {Secret} from '../../../src/model/secret.js'

const ID = 'Ab3dEf9h'
const SECRET = 'MadeUpSecretOfThirtyTwoLetters00'

const TEXT = formatApiToken(ID, new Secret(SECRET)).reveal()
const parse = (text: string) => parseApiToken(new Secret(text))

describe('the text of an API token', () => {
  it('is bhf_, the id, the secret and six digits of checksum', () => {
    assert.match(TEXT, /^bhf_Ab3dEf9h_MadeUpSecretOfThirtyTwoLetters00_[0-9A-Za-z]{6}$/)
  })

  it('ends with the CRC-32 of what is before it, in base 62 with digits before capitals', () => {
    const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
    const [sum = ''] = TEXT.split('_').slice(-1)
    const value = Array.from(sum).reduce((total, digit) => total * 62 + digits.indexOf(digit), 0)
    assert.equal(value, crc32(`bhf_${ID}_${SECRET}`))
  })

  it('is taken apart again', () => {
    const parsed = parse(TEXT)
    assert.equal(parsed?.id, ID)
    assert.equal(parsed.secret.reveal(), SECRET)
  })

  it('is refused with any one character changed, dropped or added', () => {
    for (let at = 0; at < TEXT.length; at += 1) {
      const other = TEXT[at] === 'x' ? 'y' : 'x'
      assert.equal(parse(TEXT.slice(0, at) + other + TEXT.slice(at + 1)), undefined, `changed at ${String(at)}`)
      assert.equal(parse(TEXT.slice(0, at) + TEXT.slice(at + 1)), undefined, `dropped at ${String(at)}`)
      assert.equal(parse(TEXT.slice(0, at) + other + TEXT.slice(at)), undefined, `added at ${String(at)}`)
    }
  })

  for (const text of ['', 'bhf_', 'bhf___', ` ${TEXT}`, `${TEXT}\n`, TEXT.toLowerCase(), 'bhf_'.repeat(100_000)]) {
    it(`is not ${JSON.stringify(text.slice(0, 20))} (${String(text.length)} characters)`, () => {
      assert.equal(parse(text), undefined)
    })
  }
})
