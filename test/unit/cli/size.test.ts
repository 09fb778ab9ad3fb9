import assert from 'node:assert/strict'

import {parseSize} from '../../../src/cli/size.js'

describe('parseSize', () => {
  const SIZES: [string, number][] = [
    ['1', 1],
    ['512k', 524_288],
    ['16m', 16_777_216],
    ['16M', 16_777_216],
    ['16MiB', 16_777_216],
    [' 1gb ', 1_073_741_824],
    ['1024g', 1_099_511_627_776],
  ]
  for (const [text, bytes] of SIZES) {
    it(`reads “${text}”`, () => {
      assert.equal(parseSize(text), bytes)
    })
  }

  for (const text of ['', '0', '0k', '-1', '1.5m', 'm', '1t', '1 m', '1025g', '1e3', '99999999999999']) {
    it(`refuses “${text}”`, () => {
      assert.throws(() => parseSize(text), {code: 'invalid-input'})
    })
  }
})
