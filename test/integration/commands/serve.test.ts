import assert from 'node:assert/strict'

import type {DaemonStart} from '../../../src/compose.js'
import {runCommand, type CommandEnd} from '../../support/run-command.js'

describe('serve', () => {
  /** The daemon itself has tests of its own, in `test/e2e/serve.test.ts`. */
  function serve(isOpenToNetwork: boolean): Promise<CommandEnd> {
    const place = {url: 'http://localhost:8420', pid: 1, since: 0, storeLocation: '/made/up'}
    const daemon = {
      ...place,
      accounts: 0,
      accountNames: [],
      apiTokens: 0,
      isOpenToNetwork,
      stop: () => Promise.resolve(),
    }
    const started: DaemonStart = {kind: 'serving', daemon}
    return runCommand(['serve'], {
      openDaemon: () => Promise.resolve(started),
      watch(running) {
        void running.stderr.waitFor(/API token/).then(() => running.send('SIGTERM'))
      },
    })
  }

  it('warns when other machines can reach it, and only then', async () => {
    assert.match((await serve(true)).stderr, /! Other machines can reach it/)
    assert.doesNotMatch((await serve(false)).stderr, /Other machines/)
  })
})
