import assert from 'node:assert/strict'

import {head, makeDoorScene, readAnswer, type DoorScene, type Where} from '../../../support/door-scene.js'

describe('the front door, of hosts,', () => {
  let scene: DoorScene
  before(async () => {
    scene = await makeDoorScene({publicUrl: 'https://behalf.example:8443'})
  })
  after(() => scene.dispose())

  const statusFor = async (host: string, where?: Where): Promise<number> =>
    readAnswer(await scene.exchange(head(['GET /a HTTP/1.1', `Host: ${host}`, 'Connection: close']), where)).status

  const OWN = ['localhost', 'LocalHost:8420', '127.0.0.1:1', '[::1]:8420', 'behalf.example', 'BEHALF.example:443']
  for (const host of OWN) {
    it(`serves ${host}`, async () => {
      assert.equal(await statusFor(host), 200)
    })
  }

  const FOREIGN = [
    ...['evil.example', 'localhost.evil.example', 'evil.example:8420', 'localhost.', '127.0.0.1.evil.example'],
    ...[
      '0.0.0.0:8420',
      '127.0.0.2',
      '[::2]',
      '[::ffff:127.0.0.1]',
      '2130706433',
      'x.behalf.example',
      '',
      'a@localhost',
    ],
    ...['localhost:8420:1', 'localhost,evil.example', 'localhost/evil.example', 'localhost#evil.example', '[::1', ' '],
  ]
  for (const host of FOREIGN) {
    it(`turns “${host}” away with 421`, async () => {
      scene.seen.length = 0
      assert.equal(await statusFor(host), 421)
      assert.deepEqual(scene.seen, [])
    })
  }

  it('turns HTTP/1.0 without a host away', async () => {
    assert.equal(readAnswer(await scene.exchange(head(['GET /a HTTP/1.0']))).status, 421)
  })

  it('takes any host on the socket, where no web page comes from', async () => {
    assert.equal(await statusFor('evil.example', {onSocket: true}), 200)
  })

  it('serves the address that a client connected to when it listens on all of them', async () => {
    const everywhere = await makeDoorScene({listen: '0.0.0.0'})
    try {
      const ask = async (host: string): Promise<number> =>
        readAnswer(
          await everywhere.exchange(head(['GET / HTTP/1.1', `Host: ${host}`, 'Connection: close']), {
            host: '127.0.0.3',
          }),
        ).status
      assert.deepEqual(
        [await ask('127.0.0.3:80'), await ask('127.0.0.4:80'), await ask('evil.example')],
        [200, 421, 421],
      )
    } finally {
      await everywhere.dispose()
    }
  })

  it('serves the name that it was told to listen on', async () => {
    const named = await makeDoorScene({listen: 'localhost'})
    try {
      assert.equal(readAnswer(await named.exchange(head(['GET / HTTP/1.0', 'Host: localhost']))).status, 200)
    } finally {
      await named.dispose()
    }
  })
})

describe('the front door, of origins,', () => {
  let scene: DoorScene
  before(async () => {
    scene = await makeDoorScene({publicUrl: 'https://behalf.example', corsOrigins: ['https://panel.example']})
  })
  after(() => scene.dispose())
  beforeEach(() => (scene.seen.length = 0))

  async function send(method: string, origins: string[], more: string[] = [], where?: Where) {
    const lines = [`${method} /api/twitch/helix/users HTTP/1.1`, 'Host: localhost:8420', 'Connection: close', ...more]
    return readAnswer(await scene.exchange(head([...lines, ...origins.map((origin) => `Origin: ${origin}`)]), where))
  }

  const FOREIGN = [
    ...['https://evil.example', 'null', 'http://localhost:3000', 'https://localhost:8420', 'http://panel.example', '*'],
    ...['https://panel.example.evil.example', 'https://panel.example:444', 'https://behalf.example.evil.example', ''],
  ]
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND']) {
    it(`refuses ${method} from pages of other origins with 403, and lets nothing of it in`, async () => {
      for (const origin of FOREIGN) {
        const answer = await send(method, [origin])
        assert.equal(answer.status, 403, origin)
        assert.ok(!answer.headers.some((line) => line.startsWith('access-control-')), origin)
      }
      assert.deepEqual(scene.seen, [])
    })
  }

  it('refuses them on the socket too', async () => {
    assert.equal((await send('POST', ['https://evil.example'], [], {onSocket: true})).status, 403)
    assert.equal((await send('POST', ['http://localhost:8420'], [], {onSocket: true})).status, 403)
    assert.equal((await send('POST', ['https://behalf.example'], [], {onSocket: true})).status, 200)
  })

  it('refuses the forms of flows from pages without an origin, too', async () => {
    const post = head(['POST /flows/x/start HTTP/1.0', 'Host: localhost:8420', 'Origin: null', 'Content-Length: 0'])
    assert.equal(readAnswer(await scene.exchange(post)).status, 403)
    assert.deepEqual(scene.seen, [])
  })

  it('refuses two origins, whatever they are', async () => {
    assert.equal((await send('POST', ['https://panel.example', 'https://panel.example'])).status, 403)
  })

  it('takes calls from its own pages, from the public address, from named origins, and from no page at all', async () => {
    const own = [['http://localhost:8420'], ['https://behalf.example'], ['https://panel.example'], []]
    for (const origins of own) assert.equal((await send('POST', origins)).status, 200, origins.join())
  })

  it('refuses pages that stand under the public name without its TLS', async () => {
    const lines = ['POST /a HTTP/1.1', 'Host: behalf.example', 'Connection: close']
    for (const [origin, status] of [
      ['http://behalf.example', 403],
      ['https://behalf.example', 200],
    ] as const) {
      assert.equal(readAnswer(await scene.exchange(head([...lines, `Origin: ${origin}`]))).status, status, origin)
    }
  })

  it('answers GET from elsewhere, which any page can make, but lets no page read it', async () => {
    const answer = await send('GET', ['https://evil.example'])
    assert.equal(answer.status, 200)
    assert.ok(!answer.headers.some((line) => line.startsWith('access-control-')))
    assert.ok(answer.headers.includes('vary: origin'))
  })

  it('lets pages of a named origin read the answer, its rate limit and its error', async () => {
    for (const method of ['GET', 'POST']) {
      const {headers} = await send(method, ['https://panel.example'])
      assert.ok(headers.includes('access-control-allow-origin: https://panel.example'))
      assert.ok(headers.includes('vary: origin'))
      const exposed = headers.find((line) => line.startsWith('access-control-expose-headers: ')) ?? ''
      for (const name of ['ratelimit-reset', 'www-authenticate', 'x-behalf-error']) assert.ok(exposed.includes(name))
      assert.ok(!headers.some((line) => line.startsWith('access-control-allow-credentials')))
    }
  })

  const ASKS = ['Access-Control-Request-Method: POST', 'Access-Control-Request-Headers: authorization,x-behalf-of']

  it('answers preflights of named origins by itself', async () => {
    const {status, headers, body} = await send('OPTIONS', ['https://panel.example'], ASKS)
    assert.deepEqual([status, body], [204, ''])
    assert.ok(headers.includes('access-control-allow-origin: https://panel.example'))
    const allowed = headers.find((line) => line.startsWith('access-control-allow-headers: ')) ?? ''
    for (const name of ['authorization', 'content-type', 'x-behalf-of', 'x-tau-on-behalf-of']) {
      assert.ok(allowed.includes(name), name)
    }
    assert.deepEqual(scene.seen, [])
  })

  it('refuses preflights of all others', async () => {
    for (const origin of FOREIGN) {
      const {status, headers} = await send('OPTIONS', [origin], ASKS)
      assert.equal(status, 403, origin)
      assert.ok(!headers.some((line) => line.startsWith('access-control-')), origin)
    }
  })

  it('passes an OPTIONS on that is no preflight', async () => {
    assert.equal((await send('OPTIONS', [])).status, 200)
    assert.equal(scene.seen[0]?.method, 'OPTIONS')
  })
})
