import assert from 'node:assert/strict'
import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {setTimeout as wait} from 'node:timers/promises'

import type {StopSignal} from '../../../src/cli/surroundings.js'
import {occupyPort} from '../../support/free-port.js'
import {IrcClient} from '../../support/irc-client.js'
import {makeAccountStatus} from '../../support/make-account-status.js'
import {makeCertificate} from '../../support/make-certificate.js'
import {parseJson, runCommand, type RunningCommand} from '../../support/run-command.js'
import {makeTemporaryFolder, removeFolder} from '../../support/temporary-folder.js'

const EXIT_CODES: [StopSignal, number][] = [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
]

describe('a command that gets a signal', () => {
  for (const [signal, exitCode] of EXIT_CODES) {
    it(`closes the store, which waits for refreshes, before it exits ${String(exitCode)} after ${signal}`, async () => {
      const events: string[] = []
      let running: RunningCommand | undefined
      const end = await runCommand(['status'], {
        watch: (started) => (running = started),
        behalf: {
          listAccounts() {
            running?.send(signal)
            running?.send('SIGINT') // Another one changes nothing.
            return new Promise(() => undefined)
          },
          async close() {
            events.push('closing')
            await wait(50)
            events.push('closed')
          },
        },
      })
      assert.equal(end.exitCode, exitCode)
      assert.deepEqual(events, ['closing', 'closed'])
      assert.deepEqual([end.stdout, end.stderr], ['', signal === 'SIGINT' ? '✗ Interrupted.\n' : ''])
    })
  }

  it('keeps the signal’s exit code though it could still finish', async () => {
    let running: RunningCommand | undefined
    const end = await runCommand(['bot', 'list', '--json'], {
      watch: (started) => (running = started),
      behalf: {
        listAccounts() {
          running?.send('SIGTERM')
          running?.send('SIGINT') // Too late: the first one counts.
          return Promise.resolve([makeAccountStatus()])
        },
      },
    })
    assert.equal(end.exitCode, 143)
  })
})

describe('a command that ends', () => {
  it('closes what it opened, also when it failed', async () => {
    let closed = 0
    const close = () => {
      closed += 1
      return Promise.resolve()
    }
    await runCommand(['status'], {behalf: {close, listAccounts: () => Promise.resolve([])}})
    await runCommand(['status'], {behalf: {close, listAccounts: () => Promise.reject(new Error('no'))}})
    assert.equal(closed, 2)
  })

  it('warns when closing fails, and keeps its own exit code', async () => {
    const close = () => Promise.reject(new Error('the disk is full'))
    const end = await runCommand(['status', '--json'], {
      behalf: {close, listAccounts: () => Promise.resolve([makeAccountStatus()])},
    })
    assert.equal((parseJson(end) as {accounts: unknown[]}).accounts.length, 1)
    assert.equal(end.stderr, '! the disk is full\n')
    assert.equal(end.exitCode, 0)
  })
})

describe('sandbox', () => {
  const start = (argv: string[], signal: StopSignal, meanwhile?: (running: RunningCommand) => void) => {
    const events: string[] = []
    const end = runCommand(['sandbox', ...argv], {
      watch: (running) =>
        void running.stdout.waitFor(/\n/).then(() => {
          meanwhile?.(running)
          running.send(signal)
        }),
      openSandbox({port, ircPort, ...rest}) {
        events.push(`started on ${String(port)}, chat on ${String(ircPort)}`)
        if (rest.callbackUrls) events.push(`back to ${rest.callbackUrls.join(' and ')}`)
        return Promise.resolve({
          url: 'http://localhost:1',
          ircPort: 2,
          clientId: 'made-up',
          describe: () => 'How to use it.',
          stop() {
            events.push('stopped')
            return Promise.resolve()
          },
        })
      },
    })
    return end.then((result) => ({...result, events}))
  }

  it('says how to use it, runs until it is stopped, and exits 0', async () => {
    const {stdout, exitCode, events} = await start([], 'SIGINT')
    assert.equal(stdout, 'How to use it.\n')
    assert.equal(exitCode, 0)
    assert.deepEqual(events, ['started on 8421, chat on undefined', 'stopped'])
  })

  it('goes on although stderr takes nothing any more, as on a full disk', async () => {
    const {exitCode} = await start([], 'SIGINT', ({stderr}) => {
      stderr.emit('error', Object.assign(new Error('no space'), {code: 'ENOSPC'}))
    })
    assert.equal(exitCode, 0)
  })

  it('prints one line of JSON when it is ready', async () => {
    const {stdout, exitCode, events} = await start(['--json', '--port', '0', '--irc-port', '6667'], 'SIGTERM')
    assert.equal(stdout, '{"url":"http://localhost:1","irc_port":2,"client_id":"made-up"}\n')
    assert.deepEqual(events, ['started on 0, chat on 6667', 'stopped'])
    assert.equal(exitCode, 0)
  })

  it('takes callbacks, each with its flag', async () => {
    const [one, two] = ['http://localhost:9000/one', 'http://localhost:9000/two']
    const {events} = await start(['--callback-url', one, '--callback-url', two], 'SIGINT')
    assert.deepEqual(events, ['started on 8421, chat on undefined', `back to ${one} and ${two}`, 'stopped'])
  })

  it('speaks chat over TLS with a certificate and its key, and says where', async () => {
    const {openSandbox} = await import('../../../src/compose-sandbox.js')
    const folder = await makeTemporaryFolder()
    try {
      const {cert, key} = makeCertificate('localhost')
      await writeFile(join(folder, 'cert.pem'), cert)
      await writeFile(join(folder, 'key.pem'), key)
      const argv = ['sandbox', '--port', '0', '--irc-port', '0', '--json']
      let client: IrcClient | undefined
      const {stdout, exitCode} = await runCommand(
        [...argv, '--irc-tls-cert', join(folder, 'cert.pem'), '--irc-tls-key', join(folder, 'key.pem')],
        {
          openSandbox,
          watch: (running) =>
            void running.stdout
              .waitFor(/\n/)
              .then(async () => {
                const ready = JSON.parse(running.stdout.text) as {irc_tls_port: number}
                client = await IrcClient.tls(ready.irc_tls_port, cert)
              })
              .finally(() => running.send('SIGINT')),
        },
      )
      assert.equal(exitCode, 0, stdout)
      await client?.closed()
      assert.ok(client)
      const refused: [files: [string, string], message: RegExp][] = [
        [['cert.pem', 'none.pem'], /none\.pem cannot be read \(ENOENT\)/],
        [['key.pem', 'cert.pem'], /are no certificate and its key[^]*Name the certificate first/],
      ]
      for (const [[certFile, keyFile], message] of refused) {
        const flags = ['--irc-tls-cert', join(folder, certFile), '--irc-tls-key', join(folder, keyFile)]
        const end = await runCommand([...argv.slice(0, -1), ...flags], {openSandbox})
        assert.equal(end.exitCode, 3)
        assert.match(end.stderr, message)
      }
    } finally {
      await removeFolder(folder)
    }
  })

  it('refuses a callback that is none: 3, and a key without its certificate: 2', async () => {
    const {openSandbox} = await import('../../../src/compose-sandbox.js')
    for (const text of ['', 'localhost:9000', 'http://localhost/#part', 'ftp://localhost/']) {
      const {exitCode, stderr} = await runCommand(['sandbox', '--callback-url', text], {openSandbox})
      assert.equal(exitCode, 3, text)
      assert.match(stderr, /--callback-url is not a redirect URI/)
    }
    assert.equal((await runCommand(['sandbox', '--irc-tls-key', 'key.pem'], {openSandbox})).exitCode, 2)
  })

  it('names a port that is taken, and how to have another: 3', async () => {
    const {openSandbox} = await import('../../../src/compose-sandbox.js')
    const {port, free} = await occupyPort(0, '127.0.0.1')
    try {
      for (const argv of [
        ['--port', String(port)],
        ['--port', '0', '--irc-port', String(port)],
      ]) {
        const {exitCode, stderr} = await runCommand(['sandbox', ...argv], {openSandbox})
        assert.equal(exitCode, 3)
        assert.match(stderr, new RegExp(`Port ${String(port)} is taken\\.[^]*behalf sandbox --port 0`))
      }
    } finally {
      await free()
    }
  })
})
