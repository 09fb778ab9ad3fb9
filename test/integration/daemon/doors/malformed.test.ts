import assert from 'node:assert/strict'

import {head, makeDoorScene, readAnswer, type DoorScene} from '../../../support/door-scene.js'

const HOST = 'Host: localhost'
const SMUGGLED = 'GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n'

/** Whatever another server on the way may read as two requests, or as one that ends elsewhere. */
const SHAPES: Record<string, {bytes: string; status?: number}> = {
  'Content-Length beside Transfer-Encoding': {
    bytes: head(['POST /a HTTP/1.1', HOST, 'Content-Length: 5', 'Transfer-Encoding: chunked'], `0\r\n\r\n${SMUGGLED}`),
  },
  'two Content-Lengths that differ': {
    bytes: head(['POST /a HTTP/1.1', HOST, 'Content-Length: 0', 'Content-Length: 5'], SMUGGLED),
  },
  'two Content-Lengths that do not': {
    bytes: head(['POST /a HTTP/1.1', HOST, 'Content-Length: 0', 'Content-Length: 0'], SMUGGLED),
  },
  'a list as Content-Length': {bytes: head(['POST /a HTTP/1.1', HOST, 'Content-Length: 0, 5'], SMUGGLED)},
  'a sign before Content-Length': {bytes: head(['POST /a HTTP/1.1', HOST, 'Content-Length: +5'], SMUGGLED)},
  'a transfer coding that is not chunked': {
    bytes: head(['POST /a HTTP/1.1', HOST, 'Transfer-Encoding: identity'], SMUGGLED),
  },
  'chunked behind another coding': {
    bytes: head(['POST /a HTTP/1.1', HOST, 'Transfer-Encoding: gzip, chunked'], `0\r\n\r\n${SMUGGLED}`),
  },
  'chunked before another coding': {
    bytes: head(['POST /a HTTP/1.1', HOST, 'Transfer-Encoding: chunked, gzip'], `0\r\n\r\n${SMUGGLED}`),
  },
  'chunked twice': {
    bytes: head(['POST /a HTTP/1.1', HOST, 'Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'], '0\r\n\r\n'),
  },
  'chunked in HTTP/1.0': {bytes: head(['POST /a HTTP/1.0', HOST, 'Transfer-Encoding: chunked'], '0\r\n\r\n')},
  'lines that end in LF alone': {bytes: 'GET /a HTTP/1.1\nHost: localhost\n\n'},
  'one header line that ends in LF alone': {bytes: 'GET /a HTTP/1.1\r\nHost: localhost\nX: y\r\n\r\n'},
  'a CR inside a header': {bytes: 'GET /a HTTP/1.1\r\nHost: localhost\r\nX: a\rY: b\r\n\r\n'},
  'a folded header': {bytes: 'GET /a HTTP/1.1\r\nHost: localhost\r\nX: a\r\n b\r\n\r\n'},
  'a folded Transfer-Encoding': {
    bytes: `POST /a HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n`,
  },
  'a blank before a colon': {bytes: head(['GET /a HTTP/1.1', HOST, 'X : y'])},
  'a NUL in a header': {bytes: head(['GET /a HTTP/1.1', HOST, 'X: a\0b'])},
  'a chunk size that is no number': {
    bytes: head(['POST /a HTTP/1.1', HOST, 'Transfer-Encoding: chunked'], `zz\r\n${SMUGGLED}`),
  },
  'a chunk size beyond all bounds': {
    bytes: head(['POST /a HTTP/1.1', HOST, 'Transfer-Encoding: chunked'], `fffffffffffffffff\r\n${SMUGGLED}`),
  },
  'no Host': {bytes: head(['GET /a HTTP/1.1'])},
  'two Hosts': {bytes: head(['GET /a HTTP/1.1', HOST, 'Host: localhost:1'])},
  'a target that is another host’s': {bytes: head(['GET http://evil.example/a HTTP/1.1', HOST]), status: 421},
  'a target that is another host’s, with a user': {
    bytes: head(['GET http://localhost@evil.example/a HTTP/1.1', HOST]),
    status: 421,
  },
  'a target without a slash': {bytes: head(['GET a HTTP/1.1', HOST])},
  'the target *': {bytes: head(['OPTIONS * HTTP/1.1', HOST])},
  'a target with a fragment': {bytes: head(['GET /a#b HTTP/1.1', HOST])},
  'a blank in the target': {bytes: head(['GET /a b HTTP/1.1', HOST])},
  'a byte beyond ASCII in the target': {bytes: head(['GET /\xff HTTP/1.1', HOST])},
  'a request of HTTP/0.9': {bytes: 'GET /a\r\n\r\n', status: 505},
  'the preface of HTTP/2': {bytes: 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'},
  'a TLS greeting': {bytes: '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'},
  CONNECT: {bytes: head(['CONNECT evil.example:443 HTTP/1.1', 'Host: evil.example:443'], SMUGGLED), status: 405},
}

describe('the front door, of requests that are not well formed,', () => {
  let scene: DoorScene
  before(async () => {
    scene = await makeDoorScene()
  })
  after(() => scene.dispose())

  for (const [name, {bytes, status = 400}] of Object.entries(SHAPES)) {
    it(`refuses ${name}, lets nothing of it in, and goes on`, async () => {
      scene.seen.length = 0
      const text = await scene.exchange(bytes)
      const answer = readAnswer(text)
      assert.deepEqual([answer.status, answer.answers], [status, 1], text)
      // HTTP/0.9 has no headers, and such an answer none that could be read.
      assert.ok(answer.headers.includes('connection: close'), text)
      const told = JSON.parse(answer.body) as Record<string, unknown>
      assert.deepEqual(Object.keys(told), ['detail', 'error', 'code'])
      assert.deepEqual(scene.seen, [])
      assert.equal(readAnswer(await scene.exchange(head(['GET /b HTTP/1.1', HOST, 'Connection: close']))).status, 200)
    })
  }

  it('answers requests that came before the malformed one on the same connection, and none after it', async () => {
    scene.seen.length = 0
    const good = head(['GET /good HTTP/1.1', HOST])
    const text = await scene.exchange(good + head(['GET bad HTTP/1.1', HOST]) + good)
    assert.deepEqual(
      scene.seen.map(({url}) => url),
      ['/good'],
    )
    assert.match(text, /^HTTP\/1\.1 200 [^]*}HTTP\/1\.1 400 /)
  })

  it('takes a target that names this host whole, in the way of proxies', async () => {
    scene.seen.length = 0
    const text = await scene.exchange(
      head(['GET http://LOCALHOST:1/a?b=c HTTP/1.1', 'Host: evil.example', 'Connection: close']),
    )
    assert.equal(readAnswer(text).status, 200)
    assert.deepEqual(scene.seen, [{room: 'app', method: 'GET', url: '/a?b=c', bytes: 0}])
  })

  it('stays with HTTP/1.1 where a client offers to change', async () => {
    for (const protocol of ['websocket', 'h2c']) {
      const lines = ['GET /a HTTP/1.1', HOST, 'Connection: Upgrade, close', `Upgrade: ${protocol}`]
      assert.equal(readAnswer(await scene.exchange(head(lines))).status, 200)
    }
  })

  it('answers in the envelope of /api/v1 there', async () => {
    const text = await scene.exchange(head(['GET /api/v1/bots HTTP/1.1', 'Host: evil.example']))
    const {status, body} = readAnswer(text)
    assert.equal(status, 421)
    const {message, ...rest} = JSON.parse(body) as {message: string}
    assert.deepEqual(rest, {code: '421', error: 'true'})
    assert.match(message, /--public-url/)
  })

  it('survives a client that is gone before its request has ended, wherever that is', async () => {
    const whole = head(['POST /a HTTP/1.1', HOST, 'Content-Length: 10'], '0123456789')
    for (let length = 1; length < whole.length; length += 7) {
      const socket = scene.open()
      await new Promise((resolve) => socket.once('connect', resolve))
      await new Promise((resolve) => socket.write(whole.slice(0, length), resolve))
      socket.resetAndDestroy()
    }
    assert.equal(readAnswer(await scene.exchange(head(['GET /b HTTP/1.1', HOST, 'Connection: close']))).status, 200)
  })
})
