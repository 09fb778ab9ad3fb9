import assert from 'node:assert/strict'

import fc from 'fast-check'

import {
  checkIdempotencyKey,
  checkPoints,
  MAX_POINTS,
  parsePointsUser,
  parseWhy,
  takePointsStep,
} from '../../../src/model/points.js'

const isInvalid = {code: 'invalid-input'}

describe('the name of a user who has points', () => {
  const SPELLINGS: Record<string, string[]> = {
    alice: ['alice', 'Alice', 'ALICE', '@alice', ' @Alice ', '@@alice', '@ alice', '\talice\n'],
    'two words': ['Two Words', '  two words'],
    '42': ['42', '@42'],
    'slack:u02ab': ['slack:U02AB'],
    'a@b': ['A@B', '@a@b'],
    // A letter and its accent, in one character or in two.
    ünï: ['ünï', 'u\u0308ni\u0308', 'ÜNÏ'],
    '🦩': ['🦩'],
  }
  for (const [name, spellings] of Object.entries(SPELLINGS)) {
    it(`is ${name}, however it is spelled`, () => {
      for (const spelling of spellings) assert.equal(parsePointsUser(spelling), name, JSON.stringify(spelling))
    })
  }

  it('has 1 to 128 characters that can be seen', () => {
    assert.equal(parsePointsUser('x'.repeat(128)).length, 128)
    assert.equal(parsePointsUser('🦩'.repeat(128)).length, 256)
    const unfit = [
      '',
      ' ',
      '@',
      '@ @',
      'x'.repeat(129),
      '🦩'.repeat(129),
      'a\0b',
      'a\nb',
      'a\u200Bb',
      'a\u202Eb',
      '\uD800',
    ]
    for (const text of unfit) assert.throws(() => parsePointsUser(text), isInvalid, JSON.stringify(text))
  })

  it('is the same when it is read again', () => {
    fc.assert(
      fc.property(fc.string({unit: 'grapheme', maxLength: 20}), (text) => {
        let name: string
        try {
          name = parsePointsUser(text)
        } catch {
          return
        }
        assert.equal(parsePointsUser(name), name)
        assert.equal(parsePointsUser(`@${text}`), name)
      }),
    )
  })

  it('is not repeated with what cannot be seen where it is refused', () => {
    assert.throws(
      () => parsePointsUser('a\u202Eb\n'),
      ({message}: Error) => message === '“ab” cannot be the name of a user.',
    )
  })
})

describe('a number of points', () => {
  it('is whole and told from its neighbours', () => {
    for (const points of [0, 1, -1, MAX_POINTS, -MAX_POINTS]) assert.equal(checkPoints(points), points)
    assert.ok(Object.is(checkPoints(-0), 0))
    for (const points of [2 ** 53, -(2 ** 53), 1.5, Number.NaN, Infinity, -Infinity, 1e300]) {
      assert.throws(() => checkPoints(points), isInvalid)
    }
  })

  it('is exact after any step, or refused', () => {
    const whole = fc.maxSafeInteger()
    fc.assert(
      fc.property(whole, whole, fc.constantFrom('add' as const, 'set' as const), (before, points, kind) => {
        const exact = kind === 'add' ? BigInt(before) + BigInt(points) : BigInt(points)
        const change = exact - BigInt(before)
        const isCounted = [exact, change].every((one) => one <= BigInt(MAX_POINTS) && one >= -BigInt(MAX_POINTS))
        const take = () => takePointsStep('alice', before, {step: {kind, points}, floor: -MAX_POINTS})
        if (isCounted) assert.equal(BigInt(take()), exact)
        else assert.throws(take, {code: 'points-out-of-range'})
      }),
      {numRuns: 2000},
    )
  })
})

describe('why points were changed', () => {
  it('is a line, or nothing', () => {
    assert.equal(parseWhy(' won the raid '), 'won the raid')
    assert.equal(parseWhy('x'.repeat(500))?.length, 500)
    for (const text of [undefined, '', '  ']) assert.equal(parseWhy(text), undefined)
    for (const text of ['x'.repeat(501), 'two\nlines', 'a\u001B[2Jb', '\u202Eabc']) {
      assert.throws(() => parseWhy(text), isInvalid)
    }
  })
})

describe('an idempotency key', () => {
  it('has 1 to 255 printable characters', () => {
    for (const key of ['x', 'a b', '"quoted"', '~'.repeat(255)]) assert.equal(checkIdempotencyKey(key), key)
    for (const key of ['', 'x'.repeat(256), 'ü', 'a\nb', 'a\0']) {
      assert.throws(() => checkIdempotencyKey(key), isInvalid)
    }
  })
})
