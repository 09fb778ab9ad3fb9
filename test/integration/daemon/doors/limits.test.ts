import assert from 'node:assert/strict'
import {once} from 'node:events'
import {request} from 'node:http'
import {setTimeout as wait} from 'node:timers/promises'

import {BehalfError} from '../../../../src/model/behalf-error.js'
import {until} from '../../../support/until.js'
import {head, makeDoorScene, readAnswer, type DoorScene} from '../../../support/door-scene.js'

const HOST = 'Host: localhost'
const GOOD = head(['GET /good HTTP/1.1', HOST, 'Connection: close'])

describe('the front door, of what is too much,', () => {
  let scene: DoorScene
  before(async () => {
    scene = await makeDoorScene({maxBodyBytes: 1000})
  })
  after(() => scene.dispose())
  beforeEach(() => (scene.seen.length = 0))

  const post = (bytes: number, more: string[] = []) =>
    scene.exchange(
      head(
        ['POST /a HTTP/1.1', HOST, 'Connection: close', `Content-Length: ${String(bytes)}`, ...more],
        'x'.repeat(bytes),
      ),
    )
  const chunked = (sizes: number[], path = '/a') =>
    head(
      [`POST ${path} HTTP/1.1`, HOST, 'Transfer-Encoding: chunked'],
      `${sizes.map((size) => `${size.toString(16)}\r\n${'x'.repeat(size)}\r\n`).join('')}0\r\n\r\n`,
    )

  it('takes a body of just the limit', async () => {
    assert.equal(readAnswer(await post(1000)).status, 200)
    assert.equal(scene.seen[0]?.bytes, 1000)
  })

  it('refuses one byte more with 413, and nothing of it gets in', async () => {
    const {status, body} = readAnswer(await post(1001))
    assert.equal(status, 413)
    assert.equal((JSON.parse(body) as {code: string}).code, 'body-too-large')
    assert.deepEqual(scene.seen, [])
  })

  it('holds so many bodies of people it does not know yet, and no more', async () => {
    const begun = head(['POST /a HTTP/1.1', HOST, 'Content-Length: 1000'], 'x')
    const waiting = Array.from({length: 64}, () => scene.open())
    for (const socket of waiting) socket.write(begun)
    const refusals = async (): Promise<number> => readAnswer(await post(1000)).status
    await until('there is no room left', async () => (await refusals()) === 503)
    assert.equal(readAnswer(await scene.exchange(GOOD)).status, 200)
    for (const socket of waiting) socket.destroy()
    await until('there is room again', async () => (await refusals()) === 200)
  })

  it('counts chunks, and refuses in the middle', async () => {
    assert.equal(readAnswer(await scene.exchange(chunked([400, 600, 1]))).status, 413)
    assert.deepEqual(scene.seen, [])
    const good = scene.open()
    good.write(chunked([400, 600]))
    await once(good, 'data')
    assert.deepEqual(
      scene.seen.map(({bytes}) => bytes),
      [1000],
    )
  })

  it('lets a client that sends all before it reads see the answer', async () => {
    const text = await post(3_000_000)
    assert.equal(readAnswer(text).status, 413)
  })

  it('reads no further than a few megabytes of what it has refused', async () => {
    const socket = scene.open()
    socket.write(head(['POST /a HTTP/1.1', HOST, 'Content-Length: 1000000000']))
    const piece = Buffer.alloc(1024 * 1024)
    let sent = 0
    while (!socket.closed && sent < 200) {
      if (!socket.write(piece))
        await Promise.race([once(socket, 'drain'), once(socket, 'close')]).catch(() => undefined)
      sent += 1
    }
    assert.ok(sent < 50, `${String(sent)} MB were taken`)
  })

  it('asks nobody for a body that it would refuse', async () => {
    const text = await scene.exchange(head(['POST /a HTTP/1.1', HOST, 'Expect: 100-continue', 'Content-Length: 5000']))
    assert.deepEqual([readAnswer(text).status, readAnswer(text).answers], [413, 1])
  })

  it('asks for a body that it would take', async () => {
    const socket = scene.open()
    socket.write(head(['POST /a HTTP/1.1', HOST, 'Expect: 100-continue', 'Content-Length: 5']))
    assert.match(String((await once(socket, 'data'))[0]), /^HTTP\/1\.1 100 Continue/)
    socket.write('hello')
    assert.match(String((await once(socket, 'data'))[0]), /"bytes":5/)
  })

  it('asks no client of HTTP/1.0 for its body, which comes anyway', async () => {
    for (const path of ['/a', '/api/twitch/helix/users']) {
      const lines = [`POST ${path} HTTP/1.0`, HOST, 'Expect: 100-continue', 'Content-Length: 5']
      const text = await scene.exchange(head(lines, 'hello'))
      assert.match(text, /^HTTP\/1\.1 200 /)
      assert.match(text, /"bytes":5/)
    }
  })

  it('leaves bodies that are passed through to those who pass them', async () => {
    const text = await scene.exchange(
      chunked([5000], '/api/twitch/helix/users').replace(HOST, `${HOST}\r\nConnection: close`),
    )
    assert.equal(readAnswer(text).status, 200)
    assert.deepEqual(scene.seen[0], {room: 'passthrough', method: 'POST', url: '/api/twitch/helix/users', bytes: 5000})
  })

  it('refuses headers beyond 16 KiB with 431, as one and as many', async () => {
    const one = head(['GET /a HTTP/1.1', HOST, `X: ${'y'.repeat(17_000)}`])
    const many = head(['GET /a HTTP/1.1', HOST, ...Array.from({length: 1500}, (_, i) => `X-${String(i)}: yyyyyyyyy`)])
    const target = head([`GET /${'y'.repeat(17_000)} HTTP/1.1`, HOST])
    for (const text of [one, many, target]) {
      const {status, body} = readAnswer(await scene.exchange(text))
      assert.equal(status, 431)
      assert.equal((JSON.parse(body) as {code: string}).code, 'headers-too-large')
    }
    assert.equal(readAnswer(await scene.exchange(GOOD)).status, 200)
  })
})

describe('the front door, of clients that are slow,', () => {
  let scene: DoorScene
  before(async () => {
    scene = await makeDoorScene({
      limits: {headersTimeout: 200, requestTimeout: 400, connectionsCheckingInterval: 50, keepAliveTimeout: 300},
    })
  })
  after(() => scene.dispose())

  it('closes a connection on which nothing is said', async () => {
    const socket = scene.open()
    await once(socket.resume(), 'close')
  })

  it('answers 408 to headers that come a byte at a time', async () => {
    const socket = scene.open()
    let text = ''
    socket.on('data', (chunk) => (text += String(chunk)))
    for (const byte of `GET /a HTTP/1.1\r\nHost: localhost\r\nX: ${'y'.repeat(100)}`) {
      if (socket.closed) break
      socket.write(byte)
      await wait(20)
    }
    assert.equal(readAnswer(text).status, 408)
    assert.equal((JSON.parse(readAnswer(text).body) as {code: string}).code, 'too-slow')
  })

  it('answers 408 to a body that does not come', async () => {
    const text = await scene.exchange(head(['POST /a HTTP/1.1', HOST, 'Content-Length: 10'], 'x'))
    assert.equal(readAnswer(text).status, 408)
  })

  it('closes a kept connection on which nothing follows', async () => {
    const socket = scene.open()
    socket.write(head(['GET /a HTTP/1.1', HOST]))
    await once(socket.resume(), 'close')
  })

  it('answers a client that has closed its own half', async () => {
    const socket = scene.open()
    socket.end(GOOD)
    let text = ''
    for await (const chunk of socket.iterator() as AsyncIterable<Buffer>) text += String(chunk)
    assert.equal(readAnswer(text).status, 200)
  })

  it('ends with a client that is gone while it is being answered', async () => {
    const slow = await makeDoorScene({
      app(_request, response) {
        response.write('x'.repeat(1_000_000))
        setTimeout(() => response.end('x'.repeat(1_000_000)), 50)
      },
    })
    try {
      const socket = slow.open()
      socket.write(GOOD)
      await once(socket, 'data')
      socket.resetAndDestroy()
      await wait(100)
      assert.match(await slow.exchange(GOOD), /^HTTP\/1\.1 200/)
      assert.deepEqual(
        slow.logged.filter((line) => !line.startsWith('debug')),
        [],
      )
    } finally {
      await slow.dispose()
    }
  })
})

describe('the front door, of faults inside,', () => {
  const faults: Record<string, () => unknown> = {
    'is thrown': () => {
      throw new Error('made-up fault')
    },
    'comes later': () => Promise.reject(new Error('made-up fault')),
    'names what only the log may': () => {
      throw new BehalfError('store-damaged', 'The store /made-up/store.json is damaged.')
    },
    'is no error': () => {
      // eslint-disable-next-line @typescript-eslint/only-throw-error
      throw 'made-up fault'
    },
  }
  for (const [how, app] of Object.entries(faults)) {
    it(`answers 500 when one ${how}, tells the log and not the caller, and goes on`, async () => {
      const scene = await makeDoorScene({app})
      try {
        for (const target of ['/a', '/api/v1/bots']) {
          const text = await scene.exchange(head([`GET ${target} HTTP/1.1`, HOST]))
          assert.equal(readAnswer(text).status, 500)
          assert.doesNotMatch(text, /made-up/)
        }
        assert.deepEqual(scene.logged, ['error request-failed', 'error request-failed'])
      } finally {
        await scene.dispose()
      }
    })
  }

  it('cuts an answer short that had begun', async () => {
    const scene = await makeDoorScene({
      app: (_request, response) => {
        response.writeHead(200, {'Content-Length': '10'}).write('abc')
        return Promise.reject(new Error('made-up fault'))
      },
    })
    try {
      const cut = new Promise((resolve, reject) => {
        request({port: scene.port, path: '/a'}, (response) => {
          response.on('error', resolve).on('end', () => reject(new Error('it seemed whole')))
          response.resume()
        })
          .on('error', resolve)
          .end()
      })
      await cut
    } finally {
      await scene.dispose()
    }
  })
})
