import assert from 'node:assert/strict'

import {describeApiFailure} from '../../../src/cli/present-api.js'

const ANSWER = {status: 400, statusText: 'Bad Request', headers: [], provider: 'example'}

describe('what an API’s refusal means', () => {
  const messageOf = (body: string, answer = ANSWER) => describeApiFailure(answer, Buffer.from(body))?.message

  it('is told in the API’s own words, where those are found', () => {
    const told = 'example answered 400 Bad Request: made up'
    for (const body of [
      {message: 'made up', error: 'other'},
      {error: 'made up'},
      {error: 'invalid_request', error_description: 'made up'},
      {error: {code: 1, message: 'made up'}},
      {errors: [{code: 1, message: 'made up'}, {message: 'other'}]},
      [{message: 'made up'}],
    ])
      assert.equal(messageOf(JSON.stringify(body)), told)
  })

  it('is the status alone where there are none, or none to be trusted', () => {
    for (const body of ['', 'made up', '"made up"', '{}', 'null', '{"message":""}', '{"message":1}', '{"error":[]}'])
      assert.equal(messageOf(body), 'example answered 400 Bad Request.')
    assert.equal(messageOf(`${'['.repeat(100_000)}${']'.repeat(100_000)}`), 'example answered 400 Bad Request.')
    assert.equal(messageOf('', {...ANSWER, status: 499, statusText: ''}), 'example answered 499.')
  })

  it('is something else for what may pass, and nothing below 400', () => {
    const codes = [399, 400, 428, 429, 499, 500].map(
      (status) => describeApiFailure({...ANSWER, status}, Buffer.of())?.code,
    )
    const [none, ...others] = codes
    assert.equal(none, undefined)
    assert.deepEqual(others, ['api-error', 'api-error', 'unavailable', 'api-error', 'unavailable'])
  })
})
