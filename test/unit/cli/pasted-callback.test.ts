import assert from 'node:assert/strict'

import {parsePastedCallback} from '../../../src/cli/pasted-callback.js'

describe('parsePastedCallback', () => {
  for (const pasted of [
    'http://localhost:8420/callback?code=c&state=s',
    '  https://example.test/callback?state=s&code=c&scope=a%3Ab\n',
    '?code=c&state=s',
    'code=c&state=s',
  ]) {
    it(`takes ${JSON.stringify(pasted)}`, () => {
      const query = parsePastedCallback(pasted)
      assert.equal(query?.get('code'), 'c')
      assert.equal(query.get('state'), 's')
    })
  }

  it('takes a refusal, for the broker to judge', () => {
    assert.equal(parsePastedCallback('http://localhost/?error=access_denied&state=s')?.get('error'), 'access_denied')
  })

  it('keeps a parameter that stands there twice, for the broker to refuse', () => {
    assert.deepEqual(parsePastedCallback('code=a&code=b&state=s')?.getAll('code'), ['a', 'b'])
  })

  for (const pasted of [
    '',
    'c',
    'http://localhost:8420/callback',
    'code=c',
    'state=s',
    'http://[/?code=c&state=s',
    'code=c&state=s x',
  ]) {
    it(`does not take ${JSON.stringify(pasted)}`, () => {
      assert.equal(parsePastedCallback(pasted), undefined)
    })
  }

  it('takes 16,384 characters and not one more', () => {
    const start = 'state=s&code='
    assert.ok(parsePastedCallback(start + 'c'.repeat(16_384 - start.length)))
    assert.equal(parsePastedCallback(start + 'c'.repeat(16_385 - start.length)), undefined)
  })
})
