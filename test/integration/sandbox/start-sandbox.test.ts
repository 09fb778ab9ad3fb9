import assert from 'node:assert/strict'
import {createServer} from 'node:net'
import {once} from 'node:events'

import {describeSandbox} from '../../../src/sandbox/describe-sandbox.js'
import {startSandbox} from '../../../src/sandbox/start-sandbox.js'
import {makeCertificate} from '../../support/make-certificate.js'

describe('startSandbox', () => {
  it('listens on both loopback addresses', async () => {
    const sandbox = await startSandbox()
    try {
      const port = String(sandbox.port)
      assert.equal(sandbox.url, `http://localhost:${port}`)
      for (const host of ['127.0.0.1', '[::1]', 'localhost']) {
        assert.equal((await fetch(`http://${host}:${port}/`)).status, 200, host)
      }
    } finally {
      await sandbox.stop()
    }
  })

  it('lets go of the port and cuts connections when it stops', async () => {
    const sandbox = await startSandbox()
    sandbox.state.faults.add({
      kind: 'delay',
      path: '/',
      match: {},
      count: 1,
      after: 0,
      process: false,
      status: 200,
      headers: {},
      body: undefined,
      delayMs: 600_000,
    })
    const pending = fetch(sandbox.url)
    pending.catch(() => undefined)
    while (sandbox.state.calls.list()[0]?.outcome !== 'delay') await new Promise(setImmediate)
    await sandbox.stop()
    await assert.rejects(pending)
    const again = await startSandbox({port: sandbox.port})
    assert.equal(again.port, sandbox.port)
    await again.stop()
  })

  it('says when the port is taken, on either address, and leaves nothing open', async () => {
    for (const host of ['127.0.0.1', '::1']) {
      const neighbour = createServer().listen(0, host)
      await once(neighbour, 'listening')
      const address = neighbour.address()
      const port = typeof address === 'object' ? (address?.port ?? 0) : 0
      await assert.rejects(startSandbox({port}), {code: 'EADDRINUSE'})
      neighbour.close()
      await once(neighbour, 'close')
      const sandbox = await startSandbox({port})
      await sandbox.stop()
    }
  })

  it('runs beside another, each with its own state and secret', async () => {
    const [one, two] = await Promise.all([startSandbox(), startSandbox()])
    try {
      assert.notEqual(one.confidentialClient.secret, two.confidentialClient.secret)
      one.state.users.clear()
      assert.equal(two.state.users.size, 4)
    } finally {
      await Promise.all([one.stop(), two.stop()])
    }
  })

  it('takes a seed, and refuses one that is wrong', async () => {
    const sandbox = await startSandbox({seed: {users: [{id: '7', login: 'seeded'}]}})
    assert.equal(sandbox.state.findUserByLogin('SEEDED')?.id, '7')
    await sandbox.stop()
    await assert.rejects(startSandbox({seed: {users: [{login: 'not a login'}]}}), /a login is/)
  })
})

describe('describeSandbox', () => {
  it('names what else it was told: callbacks, and chat over TLS', async () => {
    const callbackUrls = ['http://localhost:9000/one', 'https://example.test/two']
    const sandbox = await startSandbox({callbackUrls, irc: {port: 0, tls: makeCertificate('localhost')}})
    try {
      const text = describeSandbox(sandbox)
      assert.match(
        text,
        /Registered callback: http:\/\/localhost:9000\/one, https:\/\/example.test\/two\n.*--callback-url URL/,
      )
      assert.ok(text.includes(`ircs://localhost:${String(sandbox.ircTlsPort)}\n`))
      for (const {redirectUris} of [sandbox.confidentialClient, sandbox.publicClient])
        assert.deepEqual(redirectUris, callbackUrls)
    } finally {
      await sandbox.stop()
    }
  })

  it('gives the command that makes it a provider, the accounts and the secret', async () => {
    const sandbox = await startSandbox()
    try {
      const text = describeSandbox(sandbox)
      const {id, secret} = sandbox.confidentialClient
      assert.match(text, new RegExp(`--identity-url ${sandbox.url}/oauth2`))
      assert.match(text, new RegExp(`--api-url ${sandbox.url}/helix --client-id ${id} --client-secret-file -`))
      assert.ok(text.includes(secret ?? 'missing'))
      assert.match(text, /techydrroid +id 2002/)
    } finally {
      await sandbox.stop()
    }
  })
})
