import assert from 'node:assert/strict'
import {once} from 'node:events'
import {request, type IncomingMessage} from 'node:http'
import {connect} from 'node:net'
import {text} from 'node:stream/consumers'

import {listenForCallback, type LoopbackListener} from '../../../src/cli/loopback-listener.js'
import {BehalfError} from '../../../src/model/behalf-error.js'
import {findFreePort, loopbackAddresses, occupyPort} from '../../support/free-port.js'
import {needing, skipWithout} from '../../support/skip-without.js'

const hasIPv6 = loopbackAddresses.includes('::1')
const PAGE = {status: 200, title: 'Done', text: 'You can close this window.'}

interface Reply {
  status: number
  headers: Record<string, string | string[] | undefined>
  body: string
}

describe('listenForCallback', () => {
  let port: number
  let redirectUri: string
  let listener: LoopbackListener
  const never = new AbortController().signal

  beforeEach(async () => {
    port = await findFreePort()
    redirectUri = `http://localhost:${String(port)}/callback`
    listener = await listenForCallback(redirectUri)
  })
  afterEach(() => listener.close())

  interface Call {
    path: string
    method?: string
    host?: string
    address?: string
  }

  /** Sends exactly what it is told; `fetch` would mend some of it. */
  async function send({
    path,
    method = 'GET',
    host = `localhost:${String(port)}`,
    address = '127.0.0.1',
  }: Call): Promise<Reply> {
    const outgoing = request({host: address, port, path, method, headers: {host}, agent: false}).end()
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
    return {status: response.statusCode ?? 0, headers: response.headers, body: await text(response)}
  }

  it('hands over the query of the callback and shows the page that answers it', async () => {
    const waiting = listener.waitForCallback(never)
    const reply = send({path: '/callback?code=made-up&state=s&scope=a%3Ab'})
    const callback = await waiting
    assert.deepEqual(
      [...callback.query],
      [
        ['code', 'made-up'],
        ['state', 's'],
        ['scope', 'a:b'],
      ],
    )
    await callback.answer(PAGE)
    const {status, headers, body} = await reply
    assert.equal(status, 200)
    assert.match(body, /<h1>Done<\/h1>/)
    assert.equal(headers['cache-control'], 'no-store')
    assert.equal(headers['referrer-policy'], 'no-referrer')
    assert.equal(headers['x-content-type-options'], 'nosniff')
    assert.match(String(headers['content-security-policy']), /^default-src 'none'; style-src 'sha256-/)
  })

  it('hands over a callback that comes before anyone waits for it', async () => {
    const reply = send({path: '/callback?error=access_denied&state=s'})
    await new Promise((resolve) => setTimeout(resolve, 50))
    const callback = await listener.waitForCallback(never)
    assert.equal(callback.query.get('error'), 'access_denied')
    await callback.answer(PAGE)
    assert.equal((await reply).status, 200)
  })

  it(needing('IPv6', hasIPv6, 'listens on ::1 as well'), async function () {
    skipWithout('IPv6', hasIPv6, this)
    const reply = send({path: '/callback?code=c&state=s', address: '::1'})
    const callback = await listener.waitForCallback(never)
    await callback.answer(PAGE)
    assert.equal((await reply).status, 200)
  })

  describe('goes on waiting after', () => {
    const strays: [string, Call, number][] = [
      ['a favicon', {path: '/favicon.ico'}, 404],
      ['another path', {path: '/callback/?code=c&state=s'}, 404],
      ['a path that only decodes to the right one', {path: '/%63allback?code=c&state=s'}, 404],
      ['a whole URL as the path', {path: 'http://elsewhere.test/callback?code=c&state=s'}, 404],
      ['a callback that says nothing', {path: '/callback?state=s'}, 400],
      ['a POST', {path: '/callback?code=c&state=s', method: 'POST'}, 405],
      ['a HEAD', {path: '/callback?code=c&state=s', method: 'HEAD'}, 405],
      ['an OPTIONS', {path: '/callback?code=c&state=s', method: 'OPTIONS'}, 405],
      ['another host (DNS rebinding)', {path: '/callback?code=c&state=s', host: 'evil.test'}, 421],
      ['the right host with another port', {path: '/callback?code=c&state=s', host: 'localhost:1'}, 421],
      ['a query beyond all measure', {path: `/callback?code=${'c'.repeat(40_000)}&state=s`}, 431],
    ]
    for (const [what, call, status] of strays) {
      it(`${what}: ${String(status)}`, async () => {
        const reply = await send(call)
        assert.equal(reply.status, status)
        assert.doesNotMatch(reply.body, /code=c/)
        const right = send({path: '/callback?code=right&state=s'})
        const callback = await listener.waitForCallback(never)
        assert.equal(callback.query.get('code'), 'right')
        await callback.answer(PAGE)
        await right
      })
    }

    it('a client that never finishes its request, which does not hold up the end either', async () => {
      const slow = connect(port, '127.0.0.1')
      await once(slow, 'connect')
      slow.on('error', () => undefined)
      slow.write('GET /callback?code=slow&state=s HTTP/1.1\r\nHost: local')
      const right = send({path: '/callback?code=right&state=s'})
      const callback = await listener.waitForCallback(never)
      await callback.answer(PAGE)
      assert.equal((await right).status, 200)
      const closed = once(slow, 'close')
      await listener.close()
      await closed
    })
  })

  it('takes the first of two callbacks and turns the second away', async () => {
    const first = send({path: '/callback?code=first&state=s'})
    const callback = await listener.waitForCallback(never)
    const second = await send({path: '/callback?code=second&state=s'})
    assert.equal(second.status, 409)
    await callback.answer(PAGE)
    assert.equal((await first).status, 200)
    assert.equal(callback.query.get('code'), 'first')
  })

  it('goes on when the browser leaves before its page is there', async () => {
    const browser = connect(port, '127.0.0.1')
    browser.write(`GET /callback?code=c&state=s HTTP/1.1\r\nHost: localhost:${String(port)}\r\n\r\n`)
    const callback = await listener.waitForCallback(never)
    browser.destroy()
    await once(browser, 'close')
    await callback.answer(PAGE)
  })

  it('lets go of the port at once when it is closed', async () => {
    await listener.close()
    const again = await listenForCallback(redirectUri)
    await again.close()
  })

  it('gives up when it is told to', async () => {
    const stop = new AbortController()
    const waiting = listener.waitForCallback(stop.signal)
    stop.abort(new BehalfError('interrupted', 'Interrupted.'))
    await assert.rejects(waiting, {code: 'interrupted'})
    await assert.rejects(listener.waitForCallback(stop.signal), {code: 'interrupted'})
  })
})

describe('listenForCallback where a neighbour listens', () => {
  const refusal = (error: unknown): boolean =>
    error instanceof BehalfError &&
    error.code === 'callback-port-taken' &&
    (error.hint ?? '').includes('--paste') &&
    (error.hint ?? '').includes('--device') &&
    (error.hint ?? '').includes('BEHALF_CALLBACK_URL')

  for (const host of loopbackAddresses) {
    it(`refuses when ${host} alone is taken, and keeps nothing open`, async () => {
      const {port, free} = await occupyPort(0, host)
      try {
        await assert.rejects(listenForCallback(`http://localhost:${String(port)}/callback`), refusal)
      } finally {
        await free()
      }
      const listener = await listenForCallback(`http://localhost:${String(port)}/callback`)
      await listener.close()
    })
  }
})

describe('listenForCallback for a redirect URI that is not here', () => {
  for (const redirectUri of [
    'https://localhost:8420/callback',
    'http://example.test/callback',
    'http://127.0.0.2/callback',
  ]) {
    it(`refuses ${redirectUri}`, async () => {
      await assert.rejects(
        listenForCallback(redirectUri),
        (error) =>
          error instanceof BehalfError && error.code === 'configuration' && (error.hint ?? '').includes('--paste'),
      )
    })
  }
})
