import assert from 'node:assert/strict'

import {parseBatchLine} from '../../../src/cli/parse-batch-line.js'

describe('parseBatchLine', () => {
  const lines: [string, unknown][] = [
    ['GET users?login=a', {method: 'GET', path: 'users?login=a', query: []}],
    ['  get   /users  ', {method: 'GET', path: '/users', query: []}],
    ['POST chat/messages {"a": "b c"}', {method: 'POST', path: 'chat/messages', query: [], body: '{"a": "b c"}'}],
    ['DELETE x', {method: 'DELETE', path: 'x', query: []}],
    ['{"method":"get","path":"users"}', {method: 'GET', path: 'users', query: []}],
    [
      '{"method":"PATCH","path":"x","query":{"a":"1","b":["2","3"],"n":4,"t":true},"body":{"k":[1]},"as":"bot"}',
      {
        method: 'PATCH',
        path: 'x',
        query: [
          ['a', '1'],
          ['b', '2'],
          ['b', '3'],
          ['n', '4'],
          ['t', 'true'],
        ],
        body: '{"k":[1]}',
        as: 'bot',
      },
    ],
    ['{"method":"GET","path":"x","app":true}', {method: 'GET', path: 'x', query: [], app: true}],
    ['{"method":"POST","path":"x","body":null}', {method: 'POST', path: 'x', query: [], body: 'null'}],
  ]
  for (const [text, expected] of lines) {
    it(`reads ${text}`, () => {
      assert.deepEqual(parseBatchLine(text), expected)
    })
  }

  it('passes over empty lines and comments', () => {
    for (const text of ['', '   ', '\t', '# GET users', '  #']) assert.equal(parseBatchLine(text), undefined)
  })

  const refused: [string, RegExp][] = [
    ['users', /“users” is not GET/],
    ['HEAD users', /“HEAD” is not GET/],
    ['GET', /no path/],
    ['GET users {}', /a GET has no body/],
    ['POST x {', /not JSON/],
    ['POST x {} {}', /not JSON/],
    ['{"method":"GET"}', /path/],
    ['{"method":"GET","path":1}', /path/],
    ['{"method":"GET","path":"x","query":{"a":{}}}', /query\.a/],
    ['{"method":"GET","path":"x","quary":{}}', /quary/],
    ['{"method":"GET","path":"x","body":{}}', /a GET has no body/],
    ['{"method":"GET","path":"x","as":"a","app":true}', /exclude/],
    ['{"method":"NOPE","path":"x"}', /“NOPE”/],
    ['{"method"', /not JSON/],
    ['[1]', /“\[1\]” is not GET/],
  ]
  for (const [text, why] of refused) {
    it(`refuses ${text}`, () => {
      assert.throws(() => parseBatchLine(text), {code: 'invalid-input', message: why})
    })
  }
})
