const {writeFileSync} = require('node:fs')
const {reporters, Runner} = require('mocha')

/** mocha's spec reporter, which also writes its counts as JSON to the file that BEHALF_TEST_COUNTS names. */
module.exports = class CountingReporter extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options)
    const path = process.env.BEHALF_TEST_COUNTS
    if (!path) return
    runner.once(Runner.constants.EVENT_RUN_END, () => {
      const {passes, failures, pending} = this.stats
      writeFileSync(path, JSON.stringify({passed: passes, failed: failures, skipped: pending}))
    })
  }
}
