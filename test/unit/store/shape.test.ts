import assert from 'node:assert/strict'

import fc from 'fast-check'

import {
  dictionary,
  fit,
  flag,
  integer,
  list,
  matching,
  nullable,
  number,
  object,
  oneOf,
  optional,
  text,
  variant,
  type Shape,
} from '../../../src/store/shape.js'

describe('a shape', () => {
  const person = object({name: text, age: optional(integer({min: 0})), tags: list(text, {max: 2})})

  it('gives back what it knows of, and no more', () => {
    assert.deepEqual(fit(person, {name: 'sam', tags: ['a'], later: 1}), {value: {name: 'sam', tags: ['a']}})
    assert.deepEqual(fit(person, {name: 'sam', age: 3, tags: []}), {value: {name: 'sam', age: 3, tags: []}})
  })

  it('tells where a value does not fit, from the outside in', () => {
    assert.deepEqual(fit(person, {name: 'sam', tags: ['a', 1]}), {misfit: 'tags.1'})
    assert.deepEqual(fit(person, {name: 'sam', tags: ['a', 'b', 'c']}), {misfit: 'tags'})
    assert.deepEqual(fit(dictionary(person), {sam: {tags: []}}), {misfit: 'sam.name'})
    assert.deepEqual(fit(person, 'sam'), {misfit: ''})
  })

  it('lets an optional field be absent, and not undefined or null', () => {
    for (const age of [undefined, null, '3', -1, 0.5]) {
      assert.deepEqual(fit(person, {name: 'sam', age, tags: []}), {misfit: 'age'})
    }
  })

  it('takes nothing from what a record inherits', () => {
    const inherited: unknown = Object.create({age: 'made up'}, {name: {value: 'sam'}, tags: {value: []}})
    assert.deepEqual(fit(person, inherited), {value: {name: 'sam', tags: []}})
    assert.deepEqual(fit(object({toString: text}), {}), {misfit: 'toString'})
  })

  it('tells variants apart by their field', () => {
    const state = variant('kind', {
      ok: object({kind: oneOf(['ok'])}),
      bad: object({kind: oneOf(['bad']), why: text}),
    })
    assert.deepEqual(fit(state, {kind: 'bad', why: 'so'}), {value: {kind: 'bad', why: 'so'}})
    assert.deepEqual(fit(state, {kind: 'bad'}), {misfit: 'why'})
    for (const kind of ['other', 'toString', '__proto__', 1, undefined]) {
      assert.deepEqual(fit(state, {kind}), {misfit: 'kind'})
    }
  })

  it('keeps a name that means something elsewhere what it is', () => {
    const read = fit(dictionary(text), JSON.parse('{"__proto__": "a", "b": "c"}'))
    assert.ok('value' in read)
    assert.deepEqual(Object.entries(read.value), [
      ['__proto__', 'a'],
      ['b', 'c'],
    ])
    assert.equal(Object.getPrototypeOf(read.value), Object.prototype)
  })

  const simple: [string, Shape<unknown>, unknown[], unknown[]][] = [
    ['text', text, ['', 'a'], [1, null, undefined, ['a']]],
    ['flag', flag, [true, false], [0, 'true', null]],
    ['number', number({min: 0, max: 1}), [0, 0.5, 1], [-0.1, 1.1, NaN, '1', null]],
    ['number without a range', number(), [-1e308, 0], [Infinity, -Infinity, NaN]],
    ['integer', integer({min: 1}), [1, 2 ** 53 - 1], [0, 1.5, 2 ** 53, '1']],
    ['one of', oneOf(['a', '', 0]), ['a', '', 0], ['b', false, null, '0']],
    ['nullable', nullable(text), [null, 'a'], [undefined, 1]],
    ['matching', matching(/^a+$/), ['a', 'aa'], ['', 'ab', 1, null]],
  ]
  for (const [name, shape, fitting, others] of simple) {
    it(`${name} takes what it is, and nothing else`, () => {
      for (const value of fitting) assert.deepEqual(fit(shape, value), {value})
      for (const value of others) assert.deepEqual(fit(shape, value), {misfit: ''})
    })
  }

  it('never changes a value, nor throws for one, whatever it is', () => {
    const shapes = [person, dictionary(person), list(person), nullable(person)]
    fc.assert(
      fc.property(fc.anything(), fc.constantFrom(...shapes), (value, shape) => {
        const result = fit<unknown>(shape, value)
        if ('value' in result) assert.deepEqual(fit<unknown>(shape, result.value), result)
      }),
      {numRuns: 500},
    )
  })
})
