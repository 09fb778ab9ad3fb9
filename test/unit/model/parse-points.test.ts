import assert from 'node:assert/strict'

import {parsePoints} from '../../../src/model/parse-points.js'

describe('parsePoints', () => {
  for (const [text, points] of [
    ['0', 0],
    ['7', 7],
    ['-20', -20],
    ['9007199254740991', Number.MAX_SAFE_INTEGER],
    ['-9007199254740991', Number.MIN_SAFE_INTEGER],
  ] as const) {
    it(`reads ${text}`, () => assert.equal(parsePoints(text), points))
  }

  for (const text of [
    '',
    ' ',
    ' 5',
    '5 ',
    '5\n',
    '+5',
    '-',
    '--5',
    '-0',
    '007',
    '1.0',
    '1.5',
    '1e3',
    '0x10',
    '1_000',
    '1,000',
    '٥',
    'NaN',
    'Infinity',
    'five',
    '9007199254740992',
    '-9007199254740992',
    '9'.repeat(10_000),
  ]) {
    it(`refuses “${text.slice(0, 20)}”`, () => assert.throws(() => parsePoints(text), {code: 'invalid-input'}))
  }
})
