import assert from 'node:assert/strict'

import {pathOfJob} from '../../../../src/library/hubot/path-of-job.js'

describe('pathOfJob', () => {
  it('has a job within each folder', () => {
    for (const [name, path] of [
      ['', ''],
      ['/', ''],
      ['deploy', '/job/deploy'],
      ['/tools//deploy/', '/job/tools/job/deploy'],
      ['a b/ü?#&+', '/job/a%20b/job/%C3%BC%3F%23%26%2B'],
      ['job/api/json', '/job/job/job/api/job/json'],
    ] as const) {
      assert.equal(pathOfJob(name), path)
    }
  })

  it('leads nowhere else', () => {
    for (const name of ['..', 'a/../b', '.', 'a/.', '%2e%2e', 'a%2Fb', 'a\\b', 'a\nb', 'a\0b']) {
      assert.throws(() => pathOfJob(name), {code: 'invalid-input'}, name)
    }
  })
})
