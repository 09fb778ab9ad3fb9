import assert from 'node:assert/strict'

import fc from 'fast-check'
import {HTTPException} from 'hono/http-exception'

import {readFields} from '../../../../src/daemon/api/read-fields.js'

const JSON_TYPE = 'application/json'
const FORM_TYPE = 'application/x-www-form-urlencoded'

describe('readFields', () => {
  const read = (parts: Partial<Parameters<typeof readFields>[0]>) =>
    Object.fromEntries(readFields({query: '', contentType: undefined, body: '', ...parts}))
  const readJson = (body: string, query = '') => read({contentType: JSON_TYPE, body, query})

  const BOTH = {user: 'bob', points: '5'}

  for (const [what, parts] of [
    ['a query', {query: 'user=bob&points=5'}],
    ['a query, with a type for a body that is not there', {query: 'user=bob&points=5', contentType: JSON_TYPE}],
    ['a form', {contentType: FORM_TYPE, body: 'user=bob&points=5'}],
    ['a form with a charset', {contentType: `${FORM_TYPE}; charset=UTF-8`, body: '&user=bob&&points=5&'}],
    ['JSON', {contentType: JSON_TYPE, body: '{"user":"bob","points":5}'}],
    [
      'JSON with a charset',
      {contentType: 'Application/JSON;charset=utf-8', body: ' {"user" : "bob" , "points":"5"}\n'},
    ],
    ['some of each', {query: 'user=bob', contentType: JSON_TYPE, body: '{"points":5}'}],
    ['the same twice', {query: 'user=bob&user=bob', contentType: JSON_TYPE, body: '{"points":5,"points":"5"}'}],
    ['the same in both', {query: 'user=bob&points=5', contentType: FORM_TYPE, body: 'points=5'}],
  ] as const) {
    it(`reads ${what}`, () => assert.deepEqual(read(parts), BOTH))
  }

  it('reads what is encoded, once', () => {
    assert.deepEqual(read({query: 'user=a+b%2Bc%2541'}), {user: 'a b+c%41'})
    assert.deepEqual(readJson(String.raw`{"\u0075ser":"a\"}, b\\"}`), {user: 'a"}, b\\'})
    assert.deepEqual(read({query: 'user=a=b&flag'}), {user: 'a=b', flag: ''})
  })

  it('reads booleans as texts, and nothing of nothing', () => {
    assert.deepEqual(readJson('{"a":true,"b":false,"c":-0}'), {a: 'true', b: 'false', c: '0'})
    assert.deepEqual([read({}), readJson('{}'), readJson(' { } ')], [{}, {}, {}])
  })

  for (const [what, parts] of [
    ['a query', {query: 'points=5&points=6'}],
    ['a name that is encoded', {query: 'points=5&p%6Fints=6'}],
    ['a form', {contentType: FORM_TYPE, body: 'points=5&points=6'}],
    ['JSON', {contentType: JSON_TYPE, body: '{"points":5,"points":6}'}],
    ['a name that is escaped', {contentType: JSON_TYPE, body: String.raw`{"points":5,"p\u006fints":6}`}],
    ['query and JSON', {query: 'points=5', contentType: JSON_TYPE, body: '{"points":6}'}],
    ['query and form', {query: 'points=5', contentType: FORM_TYPE, body: 'points=6'}],
  ] as const) {
    it(`refuses two that differ in ${what}`, () => {
      assert.throws(() => read(parts), {code: 'invalid-input', message: /`points` more than once/})
    })
  }

  for (const body of [
    '{',
    'null',
    '5',
    '"bob"',
    '[]',
    '[{"user":"bob"}]',
    '{"user":null}',
    '{"user":["bob"]}',
    '{"user":{"name":"bob"}}',
    '{"user":{"a":1},"user":"bob"}',
    '{"points":1.5}',
    '{"points":1e400}',
    '{"points":9007199254740993}',
    '{"user":"bob",}',
    "{'user':'bob'}",
    'user=bob',
  ]) {
    it(`refuses the JSON ${body}`, () => assert.throws(() => readJson(body), {code: 'invalid-input'}))
  }

  for (const query of ['user=%', 'user=%ff', '%c3=bob', 'user=%C3%28', 'user=%zz']) {
    it(`refuses ${query}, which is not UTF-8`, () => assert.throws(() => read({query}), {code: 'invalid-input'}))
  }

  for (const contentType of [undefined, '', 'text/plain', 'multipart/form-data; boundary=x', 'application/jsonp']) {
    it(`refuses a body of the type ${contentType ?? 'nobody knows'} as HTTP 415`, () => {
      const isWrongType = (error: unknown) => error instanceof HTTPException && error.status === 415
      assert.throws(() => read({contentType, body: '{"user":"bob"}'}), isWrongType)
    })
  }

  it('reads every flat object as JSON.parse does', () => {
    const value = fc.oneof(fc.string({unit: 'binary'}), fc.maxSafeInteger(), fc.boolean())
    fc.assert(
      fc.property(fc.dictionary(fc.string({unit: 'binary'}), value), fc.constantFrom(0, 2), (object, indent) => {
        const texts = Object.entries(object).map(([name, each]) => [name, String(each)])
        const body = JSON.stringify(object, null, indent)
        assert.deepEqual([...readFields({query: '', contentType: JSON_TYPE, body})], texts)
      }),
      {numRuns: 50},
    )
  })

  it('reads a body as large as there may be', () => {
    const user = '\\n'.repeat(500_000)
    assert.equal(readJson(`{"user":"${user}"}`).user?.length, 500_000)
    const many = `{${Array.from({length: 50_000}, (_, index) => `"n${String(index)}":1`).join()}}`
    assert.equal(Object.keys(readJson(many)).length, 50_000)
  })
})
