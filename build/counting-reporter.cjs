const {writeFileSync} = require('node:fs')
const {reporters, Runner} = require('mocha')

/** mocha's spec reporter, which also writes its counts and what failed, as JSON, to the file that BEHALF_TEST_COUNTS names. */
module.exports = class CountingReporter extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options)
    const path = process.env.BEHALF_TEST_COUNTS
    if (!path) return
    const failed = []
    runner.on(Runner.constants.EVENT_TEST_FAIL, (test, error) => {
      failed.push({title: test.fullTitle(), file: test.file, error: String(error?.stack ?? error)})
    })
    runner.once(Runner.constants.EVENT_RUN_END, () => {
      const {passes, failures, pending} = this.stats
      writeFileSync(path, JSON.stringify({passed: passes, failed: failures, skipped: pending, failures: failed}))
    })
  }
}
