import assert from 'node:assert/strict'

import type {DaemonStart} from '../../../src/compose.js'
import {runCommand, type CommandEnd} from '../../support/run-command.js'

describe('serve', () => {
  /** The daemon itself has tests of its own, in `test/e2e/serve.test.ts`. */
  function serve(
    {isOpenToNetwork = false, ircUrl}: {isOpenToNetwork?: boolean; ircUrl?: string},
    ...args: string[]
  ): Promise<CommandEnd> {
    const place = {url: 'http://localhost:8420', pid: 1, since: 0, storeLocation: '/made/up'}
    const daemon = {
      ...place,
      accounts: 0,
      accountNames: [],
      apiTokens: 0,
      isOpenToNetwork,
      ...(ircUrl !== undefined && {ircUrl}),
      stop: () => Promise.resolve(),
    }
    const started: DaemonStart = {kind: 'serving', daemon}
    return runCommand(['serve', ...args], {
      openDaemon: () => Promise.resolve(started),
      watch(running) {
        const greeted = args.includes('--json') ? running.stdout.waitFor(/\n/) : running.stderr.waitFor(/API token/)
        void greeted.then(() => running.send('SIGTERM'))
      },
    })
  }

  it('warns when other machines can reach it, and only then', async () => {
    assert.match((await serve({isOpenToNetwork: true})).stderr, /! Other machines can reach it/)
    assert.doesNotMatch((await serve({})).stderr, /Other machines/)
  })

  it('says where chat clients come in, and nothing of it where they do not', async () => {
    const ircUrl = 'irc://localhost:6667'
    const greeting = (end: CommandEnd): string => end.stderr.split('\n')[0] ?? ''
    assert.equal(
      greeting(await serve({ircUrl})),
      'Serving no account at http://localhost:8420. Chat clients come in at irc://localhost:6667.',
    )
    assert.equal(greeting(await serve({})), 'Serving no account at http://localhost:8420.')
    const told = async (place: {ircUrl?: string}): Promise<unknown> =>
      (JSON.parse((await serve(place, '--json')).stdout) as {irc?: string}).irc
    assert.deepEqual([await told({ircUrl}), await told({})], [ircUrl, undefined])
  })
})
