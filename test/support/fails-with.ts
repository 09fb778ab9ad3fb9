import assert from 'node:assert/strict'

import {BehalfError, type ErrorCode} from '../../src/model/behalf-error.js'

export const REDIS_PASSWORD = 'made-up-password-of-redis'

/** For `assert.rejects`: what is thrown has this code, says this in message or hint, and nothing of the password. */
export const failsWith =
  (code: ErrorCode, says = /./) =>
  (error: unknown): true => {
    assert.ok(error instanceof BehalfError, String(error))
    assert.equal(error.code, code, error.message)
    const said = `${error.message} ${error.hint ?? ''}`
    assert.match(said, says)
    assert.ok(!said.includes(REDIS_PASSWORD) && !String(error.cause).includes(REDIS_PASSWORD), said)
    return true
  }
