import assert from 'node:assert/strict'

import {readParameters} from '../../../../src/daemon/flows/read-parameters.js'

describe('readParameters', () => {
  const FORM = 'application/x-www-form-urlencoded'
  const post = (body: string | Uint8Array<ArrayBuffer>, type: string, query = '') =>
    readParameters(
      new Request(`http://localhost/callback${query}`, {method: 'POST', body, headers: {'content-type': type}}),
    )
  const read = async (parameters: Promise<URLSearchParams>) => [...(await parameters)]

  it('reads the query, and behind it a form or a JSON object of texts', async () => {
    const both = [
      ['a', '1'],
      ['code', 'x y'],
    ]
    assert.deepEqual(await read(post('code=x+y', FORM, '?a=1')), both)
    assert.deepEqual(await read(post('{"code":"x y"}', 'application/json; charset=utf-8', '?a=1')), both)
    assert.deepEqual(await read(post('', '', '?a=1')), [['a', '1']])
    assert.deepEqual(await read(readParameters(new Request('http://localhost/callback?a=1&a=2'))), [
      ['a', '1'],
      ['a', '2'],
    ])
  })

  it('keeps what is there twice, for that is refused later', async () => {
    assert.deepEqual((await post('code=b', FORM, '?code=a')).getAll('code'), ['a', 'b'])
  })

  for (const [title, body, type] of [
    ['another type', '<code>x</code>', 'text/xml'],
    ['a type that only begins alike', 'code=x', `${FORM}x`],
    ['broken JSON', '{"code":', 'application/json'],
    ['a list', '["code"]', 'application/json'],
    ['null', 'null', 'application/json'],
    ['a number in it', '{"code":1}', 'application/json'],
    ['what is no UTF-8', new Uint8Array([0x63, 0x3d, 0xff]), FORM],
  ] as const) {
    it(`refuses ${title}`, async () => {
      await assert.rejects(post(body, type), {code: 'invalid-input'})
    })
  }

  it('reads 64 KiB and not a byte more', async () => {
    assert.equal((await post(`c=${'x'.repeat(65_534)}`, FORM)).get('c')?.length, 65_534)
    await assert.rejects(post(`c=${'x'.repeat(65_535)}`, FORM), {code: 'body-too-large'})
  })
})
