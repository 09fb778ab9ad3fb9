import assert from 'node:assert/strict'
import {connect} from 'node:net'

import {startSandbox, type Sandbox} from '../../../src/sandbox/start-sandbox.js'
import {SandboxCaller, type TokenAnswer} from '../../support/sandbox-caller.js'

describe('sandbox faults', () => {
  let sandbox: Sandbox
  let caller: SandboxCaller
  let tokens: TokenAnswer

  beforeEach(async () => {
    sandbox = await startSandbox()
    caller = new SandboxCaller(sandbox)
    tokens = await caller.logInDevice('techydrroid', 'chat:read')
  })
  afterEach(() => sandbox.stop())

  const fail = async (fault: object): Promise<void> => {
    const answer = await caller.control('faults', {path: '/oauth2/token', ...fault})
    assert.equal(answer.status, 200, answer.text)
  }
  const refresh = (token = tokens.refresh_token) => caller.refresh(token, caller.publicClient)

  /** What comes over the wire, byte for byte, until the connection ends. */
  const refreshRaw = () =>
    new Promise<string>((resolve, reject) => {
      const body = new URLSearchParams({
        client_id: caller.publicClient.id,
        grant_type: 'refresh_token',
        refresh_token: tokens.refresh_token,
      }).toString()
      const head = [
        'POST /oauth2/token HTTP/1.1',
        'Host: localhost',
        'Connection: close',
        'Content-Type: application/x-www-form-urlencoded',
        `Content-Length: ${String(body.length)}`,
      ]
      let received = ''
      const socket = connect(sandbox.port, '127.0.0.1', () => {
        socket.write(`${head.join('\r\n')}\r\n\r\n${body}`)
      })
      socket.setEncoding('utf8')
      socket.on('data', (chunk: string) => {
        received += chunk
      })
      socket.on('close', () => {
        resolve(received)
      })
      socket.on('error', reject)
    })

  const rotations = () => [...sandbox.state.refreshTokens.values()].filter(({used}) => used).length
  const lastCall = () => sandbox.state.calls.list().at(-1)

  it('drop: rotates and sends not a byte', async () => {
    await fail({kind: 'drop'})
    assert.equal(await refreshRaw(), '')
    assert.equal(rotations(), 1)
    assert.deepEqual([lastCall()?.outcome, lastCall()?.status], ['drop', 200])
    assert.equal((await caller.validate(tokens.access_token)).status, 401)
  })

  it('drop-before: sends not a byte and changes nothing', async () => {
    await fail({kind: 'drop-before'})
    assert.equal(await refreshRaw(), '')
    assert.equal(rotations(), 0)
    assert.deepEqual([lastCall()?.outcome, lastCall()?.status], ['drop-before', undefined])
    assert.equal((await refresh()).status, 200)
  })

  it('partial: rotates, announces the whole length and sends a part', async () => {
    await fail({kind: 'partial', bytes: 20})
    const received = await refreshRaw()
    const [head = '', body = ''] = received.split('\r\n\r\n')
    assert.match(head, /^HTTP\/1\.1 200 /)
    assert.equal(body.length, 20)
    assert.ok(Number(/content-length: (\d+)/i.exec(head)?.[1]) > 100)
    assert.equal(rotations(), 1)
  })

  it('partial: sends half unless told otherwise, and never the whole', async () => {
    await fail({kind: 'partial'})
    await fail({kind: 'partial', bytes: 100_000, path: '/oauth2/validate'})
    await assert.rejects(refresh())
    await assert.rejects(caller.validate(tokens.access_token))
  })

  it('malformed: rotates, and the refresh token alone is good', async () => {
    await fail({kind: 'malformed'})
    const answer = await refresh()
    assert.equal(answer.status, 200)
    const body = answer.json as Record<string, unknown>
    assert.notEqual(typeof body.access_token, 'string')
    assert.equal((await refresh(String(body.refresh_token))).status, 200)
  })

  it('status: answers something else, with headers and a body, without processing', async () => {
    await fail({kind: 'status', status: 429, headers: {'Retry-After': '7'}, body: {status: 429, message: 'slow down'}})
    const answer = await refresh()
    assert.deepEqual([answer.status, answer.json], [429, {status: 429, message: 'slow down'}])
    assert.equal(answer.headers.get('retry-after'), '7')
    assert.equal(rotations(), 0)
    assert.equal((await refresh()).status, 200)
  })

  it('status: after processing, when asked to', async () => {
    await fail({kind: 'status', status: 502, process: true, body: '<h1>Bad gateway</h1>'})
    const answer = await refresh()
    assert.deepEqual([answer.status, answer.text], [502, '<h1>Bad gateway</h1>'])
    assert.match(answer.headers.get('content-type') ?? '', /^text\/plain/)
    assert.equal(rotations(), 1)
  })

  it('delay: processes at once and answers late', async () => {
    await fail({kind: 'delay', delayMs: 150})
    const startedAt = performance.now()
    const pending = refresh()
    while (rotations() === 0) await new Promise(setImmediate)
    assert.ok(performance.now() - startedAt < 150)
    assert.equal((await pending).status, 200)
    assert.ok(performance.now() - startedAt >= 149)
  })

  it('happens to the next `count` calls, after letting `after` calls pass', async () => {
    await fail({kind: 'status', path: '/helix/users', count: 2, after: 2})
    const statuses: number[] = []
    for (let i = 0; i < 6; i += 1) {
      const answer = await caller.helix('GET /users', tokens.access_token, {clientId: caller.publicClient.id})
      statuses.push(answer.status)
    }
    assert.deepEqual(statuses, [200, 200, 503, 503, 200, 200])
  })

  it('happens to a method, a path beginning, and parameters', async () => {
    await fail({kind: 'status', method: 'post', match: {grant_type: 'client_credentials'}})
    await fail({kind: 'status', path: '/helix/*', status: 500})
    assert.equal((await refresh()).status, 200)
    assert.equal((await caller.send('/oauth2/token')).status, 404)
    const app = {
      client_id: caller.client.id,
      client_secret: caller.client.secret ?? '',
      grant_type: 'client_credentials',
    }
    assert.equal((await caller.post('token', app)).status, 503)
    assert.equal((await caller.post('token', app)).status, 200)
    assert.equal((await caller.helix('GET /streams', 'made-up')).status, 500)
    assert.equal((await caller.helix('GET /streams', 'made-up')).status, 401)
  })

  it('come one after the other, and can be taken back', async () => {
    await fail({kind: 'status', status: 500})
    await fail({kind: 'status', status: 502})
    await fail({kind: 'status', status: 504})
    assert.equal((await refresh()).status, 500)
    assert.equal((await refresh()).status, 502)
    await caller.control('faults', undefined, 'DELETE')
    assert.equal((await refresh()).status, 200)
  })

  it('does not touch the control plane', async () => {
    await fail({kind: 'drop', path: '/*', count: 100})
    assert.equal((await caller.send('/_sandbox/state')).status, 200)
    await assert.rejects(caller.send('/'))
  })
})
