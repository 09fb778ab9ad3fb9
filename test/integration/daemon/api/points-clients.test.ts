import assert from 'node:assert/strict'
import {connect} from 'node:net'
import {text} from 'node:stream/consumers'

import type {ApiScene} from '../../../support/api-scene.js'
import type {BrokerWorld} from '../../../support/broker-world.js'

const FORM = 'Content-Type: application/x-www-form-urlencoded'
const JSON_TYPE = 'Content-Type: application/json; charset=utf-8'

/** What such clients find, to the last letter. */
const answerOf = (message: string, balance: string): string => {
  const user = `{"user":{"name":"techydrroid","points":"${balance}"}`
  return `${user},"code":"200","message":"${message}","error":"false","data":${user}}}`
}
const ADDED = answerOf('Successfully added 5 points to techydrroid', '25')
const REMOVED = answerOf('Successfully removed 5 points from techydrroid', '15')
const UNAUTHORIZED = '{"code":"401","message":"Unauthorized","error":"true"}'

describe('clients of such bots, byte by byte', () => {
  let world: BrokerWorld
  let scene: ApiScene
  let token: string

  before(async () => {
    // The ledger is loaded when it is first used: under mocha what is imported statically has another copy of the errors.
    const {makeBrokerWorld} = await import('../../../support/broker-world.js')
    const {startApi} = await import('../../../support/api-scene.js')
    world = await makeBrokerWorld()
    scene = await startApi(world.deps, {hasDoor: true})
    token = await scene.issue(['points:read', 'points:write'])
  })
  after(async () => {
    await scene.stop()
    await world.dispose()
  })
  beforeEach(() => scene.call('PUT', '/api/v1/points/techydrroid', {token, body: {points: 20}}))

  /** The status and the body. */
  async function send(line: string, headers: readonly string[], body = ''): Promise<[number, string]> {
    const socket = connect(scene.port, '127.0.0.1')
    socket.write(
      `${[`${line} HTTP/1.1`, 'Host: localhost:8420', 'Connection: close', ...headers].join('\r\n')}\r\n\r\n`,
    )
    socket.write(body)
    const answer = await text(socket)
    assert.match(answer, /^content-type: application\/json$/im)
    return [Number(answer.split(' ')[1]), answer.slice(answer.indexOf('\r\n\r\n') + 4)]
  }
  const lengthOf = (body: string): string => `Content-Length: ${String(Buffer.byteLength(body))}`

  for (const scheme of ['Bearer', 'bearer', 'Token']) {
    it(`sends a form with ${scheme}`, async () => {
      const body = 'user=techydrroid&points=5'
      const headers = ['Accept-Encoding: gzip, deflate', 'Accept: */*', `Authorization: ${scheme} ${token}`, FORM]
      assert.deepEqual(await send('PUT /api/v1/points/', [...headers, lengthOf(body)], body), [200, ADDED])
    })
  }

  it('takes away by a form', async () => {
    const body = 'points=-5&user=techydrroid'
    const headers = [`Authorization: Bearer ${token}`, FORM, lengthOf(body)]
    assert.deepEqual(await send('PUT /api/v1/points/', headers, body), [200, REMOVED])
  })

  for (const [what, headers] of [
    ['no length', []],
    ['a length of nothing', ['Content-Length: 0']],
    ['a type for a body that does not come', [JSON_TYPE, 'Content-Length: 0']],
  ] as const) {
    it(`says it in the query alone, with ${what}`, async () => {
      const line = 'PUT /api/v1/points/?user=techydrroid&points=5'
      assert.deepEqual(await send(line, [`Authorization: Bearer ${token}`, ...headers]), [200, ADDED])
    })
  }

  for (const points of ['5', '"5"']) {
    it(`sends JSON with a charset and the number ${points}`, async () => {
      const body = `{"user": "techydrroid", "points": ${points}}`
      const headers = [`Authorization: Bearer ${token}`, JSON_TYPE, lengthOf(body)]
      assert.deepEqual(await send('PUT /api/v1/points/', headers, body), [200, ADDED])
      assert.deepEqual(await send('PUT /api/v1/points', headers, body), [200, ADDED.replaceAll('25', '30')])
    })
  }

  it('sends JSON in chunks', async () => {
    const chunks = ['{"user":"techydrroid",', '"points":-5}', '']
    const body = chunks.map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`).join('')
    const headers = [`Authorization: Bearer ${token}`, JSON_TYPE, 'Transfer-Encoding: chunked']
    assert.deepEqual(await send('PUT /api/v1/points/', headers, body), [200, REMOVED])
  })

  for (const [what, headers] of [
    ['no API token', []],
    ['one that is unknown', [`Authorization: Bearer bhf_unknown1_${'x'.repeat(32)}_abcdef`]],
    ['another scheme', ['Authorization: Basic bWFkZTp1cA==']],
  ] as const) {
    it(`is told with three keys that it has ${what}`, async () => {
      const body = 'user=techydrroid&points=5'
      const sent = await send('PUT /api/v1/points/', [...headers, FORM, lengthOf(body)], body)
      assert.deepEqual(sent, [401, UNAUTHORIZED])
      assert.deepEqual(await send('GET /api/v1/points/techydrroid', headers), [401, UNAUTHORIZED])
    })
  }
})
