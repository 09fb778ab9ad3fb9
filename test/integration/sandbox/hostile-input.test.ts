import assert from 'node:assert/strict'
import {connect} from 'node:net'

import {startSandbox, type Sandbox} from '../../../src/sandbox/start-sandbox.js'
import {SandboxCaller} from '../../support/sandbox-caller.js'

const FORM = 'application/x-www-form-urlencoded'

describe('sandbox with hostile input', () => {
  let sandbox: Sandbox
  let caller: SandboxCaller

  before(async () => {
    sandbox = await startSandbox()
    caller = new SandboxCaller(sandbox)
  })
  after(() => sandbox.stop())
  afterEach('it still works', async () => {
    assert.equal((await caller.logIn('techydrroid', 'chat:read')).token_type, 'bearer')
  })

  const paths = ['/oauth2/token', '/oauth2/device', '/oauth2/revoke', '/login', '/activate', '/oauth2/authorize']

  const bodies: [name: string, type: string, body: string | Uint8Array<ArrayBuffer>][] = [
    ['bytes that are no text', FORM, new Uint8Array(Array.from({length: 512}, (_, index) => index % 256))],
    ['broken percent signs', FORM, 'client_id=%&grant_type=%zz%E0%A4%A'],
    ['only separators', FORM, '&&==&&=&'],
    ['a thousand names', FORM, Array.from({length: 1000}, (_, index) => `n${String(index)}=1`).join('&')],
    ['JSON', 'application/json', '{"client_id":"x"}'],
    [
      'half a multipart form',
      'multipart/form-data; boundary=x',
      '--x\r\nContent-Disposition: form-data; name="client_id"',
    ],
    ['multipart without a boundary', 'multipart/form-data', 'client_id=x'],
    [
      'a file for a field',
      'multipart/form-data; boundary=x',
      '--x\r\nContent-Disposition: form-data; name="client_id"; filename="a"\r\n\r\nx\r\n--x--\r\n',
    ],
    ['names of object properties', FORM, '__proto__=1&constructor=2&client_id=__proto__&grant_type=toString'],
    ['a type that is none', ';;;', 'x'],
  ]
  for (const [name, type, body] of bodies) {
    it(`answers ${name} with a 4xx or a page`, async () => {
      for (const path of paths) {
        const answer = await caller.send(path, {method: 'POST', headers: {'content-type': type}, body})
        assert.ok(answer.status >= 400 && answer.status < 500, `${path}: ${String(answer.status)} ${answer.text}`)
      }
    })
  }

  it('answers more than a mebibyte with 413, whether or not the length is told', async () => {
    const big = `code=${'x'.repeat(8 * 1024 * 1024)}`
    const stream = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode(big))
        controller.close()
      },
    })
    for (const path of ['/oauth2/token', '/helix/polls', '/_sandbox/seed']) {
      assert.equal(
        (await caller.send(path, {method: 'POST', headers: {'content-type': FORM}, body: big})).status,
        413,
        path,
      )
    }
    const init = {method: 'POST', headers: {'content-type': FORM}, body: stream, duplex: 'half'} as RequestInit
    assert.equal((await caller.send('/oauth2/token', init)).status, 413)
  })

  it('takes long and odd values as values', async () => {
    const odd = [
      'x'.repeat(8000),
      '\u0000',
      '\ud800',
      '💥'.repeat(500),
      '../../etc/passwd',
      '%2e%2e',
      '${7*7}',
      "' or 1=1 --",
    ]
    const {access_token: token} = await caller.logIn('techydrroid', 'user:read:email')
    for (const value of odd) {
      const query = new URLSearchParams({login: value}).toString()
      const users = await caller.helix(`GET /users?${query}`, token)
      assert.ok([200, 400].includes(users.status), users.text)
      const authorize = await caller.send(caller.authorizePath({scope: value, state: value}))
      assert.ok(authorize.status < 500, authorize.text)
      const exchange = await caller.exchange(value)
      assert.equal(exchange.status, 400)
      assert.equal(
        (await caller.send('/login', {method: 'POST', body: new URLSearchParams({login: value})})).status,
        404,
      )
    }
  })

  it('keeps line breaks out of headers', async () => {
    const answer = await caller.send(caller.authorizePath({state: 'a\r\nSet-Cookie: evil=1'}), {
      headers: {'X-Sandbox-Auto': 'techydrroid'},
    })
    assert.equal(answer.status, 302)
    assert.deepEqual(answer.headers.getSetCookie(), [])
  })

  it('outlives requests that are cut or are none', async () => {
    const send = (text: string) =>
      new Promise<void>((resolve) => {
        const socket = connect(sandbox.port, '127.0.0.1', () => {
          socket.end(text)
        })
        socket.resume()
        socket.on('error', () => undefined)
        socket.on('close', () => {
          resolve()
        })
      })
    await send('nonsense\r\n\r\n')
    await send('POST /oauth2/token HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nclient_id=x')
    await send(`GET /${'x'.repeat(20_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`)
    await send('GET //evil.example.test/oauth2/token HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await send('GET /oauth2/token HTTP/1.1\r\nHost: ???\r\n\r\n')
  })
})
