import assert from 'node:assert/strict'

import {readIdempotencyKey} from '../../../../src/daemon/api/idempotency-key.js'

const UUID = '8e03978e-40d5-43dd-bc93-6894a57f9324'

describe('readIdempotencyKey', () => {
  it('finds none where there is no header', () => {
    assert.equal(readIdempotencyKey(undefined), undefined)
    assert.equal(readIdempotencyKey([]), undefined)
  })

  for (const [value, key] of [
    [UUID, UUID],
    [`"${UUID}"`, UUID],
    ['a', 'a'],
    ['redeem/17:bob==', 'redeem/17:bob=='],
    ['"two words, with; marks"', 'two words, with; marks'],
    [String.raw`"a \"quoted\" and \\ one"`, String.raw`a "quoted" and \ one`],
    ['k'.repeat(255), 'k'.repeat(255)],
  ] as const) {
    it(`reads ${value.slice(0, 40)}`, () => assert.equal(readIdempotencyKey([value]), key))
  }

  for (const value of [
    '',
    '""',
    '"',
    '"open',
    'open"',
    'two words',
    'one,two',
    'one;parameter=1',
    `"${UUID}"; parameter=1`,
    String.raw`"a\b"`,
    '"Ã¼"',
    'Ã¼',
    'k'.repeat(256),
    `"${'k'.repeat(256)}"`,
  ]) {
    it(`refuses ${value.slice(0, 40) || 'an empty one'}`, () => {
      assert.throws(() => readIdempotencyKey([value]), {code: 'invalid-input'})
    })
  }

  it('refuses two headers, also when they are the same', () => {
    assert.throws(() => readIdempotencyKey([UUID, UUID]), {code: 'invalid-input'})
  })
})
