import assert from 'node:assert/strict'
import {once} from 'node:events'

import {head, makeDoorScene, readAnswer, type DoorScene, type Where} from '../../../support/door-scene.js'
import {until} from '../../../support/until.js'

/** What Java's client and `curl --http2` send with a first request. */
const OFFER = ['Host: localhost', 'Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQ']
const CHAT = [
  'Host: localhost',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: bWFkZS11cC1rZXkxMjM0NQ==',
]

const EVERYWHERE: Where[] = [{}, {onSocket: true}]

describe('a request that offers another protocol', () => {
  let scene: DoorScene
  let taken: string[]

  before(async () => {
    scene = await makeDoorScene({
      corsOrigins: ['https://panel.example'],
      chat: (request, socket) => {
        taken.push(request.url ?? '')
        socket.end('taken')
      },
    })
  })
  beforeEach(() => {
    taken = []
    scene.seen.length = 0
  })
  after(() => scene.dispose())

  it('is answered as if it had not, and so are those that follow', async () => {
    const answer = await scene.exchange(
      head(['POST /one?a=b HTTP/1.1', ...OFFER, 'Content-Length: 5'], 'first') +
        head(['GET /two HTTP/1.1', 'Host: localhost', 'Connection: close']),
    )
    assert.equal(readAnswer(answer).answers, 2)
    assert.deepEqual(scene.seen.map(({method, url, bytes}) => `${method} ${url} ${String(bytes)}`).sort(), [
      'GET /two 0',
      'POST /one?a=b 5',
    ])
  })

  it('is answered although its body comes late, in pieces, to the passthrough too, and on the socket', async () => {
    for (const where of EVERYWHERE) {
      scene.seen.length = 0
      const socket = scene.open(where)
      socket.write(head(['POST /api/twitch/helix/x HTTP/1.1', ...OFFER, 'Content-Length: 10'], 'later'))
      setTimeout(() => socket.write('still'), 20)
      const [answer] = (await once(socket, 'data')) as [Buffer]
      assert.equal(readAnswer(answer.toString()).status, 200)
      assert.deepEqual(scene.seen, [{room: 'passthrough', method: 'POST', url: '/api/twitch/helix/x', bytes: 10}])
      socket.destroy()
    }
  })

  it('keeps to the rules of the door', async () => {
    const foreign = OFFER.map((line) => line.replace('Host: localhost', 'Host: evil.example'))
    assert.equal(readAnswer(await scene.exchange(head(['GET /a HTTP/1.1', ...foreign]))).status, 421)
    const huge = head(['POST /a HTTP/1.1', ...OFFER, 'Content-Length: 1001', 'Connection: close'], 'x'.repeat(1001))
    assert.equal(readAnswer(await scene.exchange(huge)).status, 413)
  })

  it('is taken over for chat, on TCP and on the socket', async () => {
    for (const where of EVERYWHERE) {
      assert.equal(await scene.exchange(head(['GET /irc?v=1 HTTP/1.1', ...CHAT]), where), 'taken')
    }
    assert.deepEqual(taken, ['/irc?v=1', '/irc?v=1'])
  })

  it('is not taken over elsewhere, or for another protocol', async () => {
    for (const start of ['GET /irc/ HTTP/1.1', 'GET /other HTTP/1.1']) {
      const answer = await scene.exchange(head([start, ...CHAT, 'Connection: close']))
      assert.equal(readAnswer(answer).status, 200)
    }
    assert.deepEqual(taken, [])
  })

  const REFUSED = [
    {what: 'under a foreign host', lines: [...CHAT.slice(1), 'Host: evil.example'], status: 421},
    {what: 'for a page from elsewhere', lines: [...CHAT, 'Origin: https://evil.example'], status: 403},
    {what: 'for a page without an origin', lines: [...CHAT, 'Origin: null'], status: 403},
    {
      what: 'for two origins',
      lines: [...CHAT, 'Origin: https://panel.example', 'Origin: https://a.example'],
      status: 403,
    },
    {what: 'for two hosts', lines: [...CHAT, 'Host: localhost'], status: 400},
  ]
  for (const {what, lines, status} of REFUSED) {
    it(`is refused for chat ${what}, with ${String(status)}`, async () => {
      assert.equal(readAnswer(await scene.exchange(head(['GET /irc HTTP/1.1', ...lines]))).status, status)
      assert.deepEqual(taken, [])
    })
  }

  it('is taken over for chat for a page that --cors-origin names', async () => {
    const answer = await scene.exchange(head(['GET /irc HTTP/1.1', ...CHAT, 'Origin: https://panel.example']))
    assert.equal(answer, 'taken')
  })

  it('has no more time for its body than others', async () => {
    const one = await makeDoorScene({
      limits: {requestTimeout: 200, headersTimeout: 100, connectionsCheckingInterval: 20},
    })
    const socket = one.open()
    const dripping = setInterval(() => socket.write('x'), 20)
    socket.write(head(['POST /a HTTP/1.1', ...OFFER, 'Content-Length: 900'], 'x'))
    try {
      const [answer] = (await once(socket, 'data')) as [Buffer]
      assert.equal(readAnswer(answer.toString()).status, 408)
    } finally {
      clearInterval(dripping)
      socket.destroy()
      await one.dispose()
    }
  })

  it('ends with the daemon', async () => {
    const one = await makeDoorScene()
    const socket = one.open()
    socket.write(head(['POST /a HTTP/1.1', ...OFFER, 'Content-Length: 10'], 'never'))
    const answered = once(socket, 'close')
    await until('it is there', () => !socket.connecting)
    await one.dispose()
    await answered
  })
})
