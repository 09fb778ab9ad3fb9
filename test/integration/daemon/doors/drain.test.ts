import assert from 'node:assert/strict'
import {once} from 'node:events'
import {connect} from 'node:net'
import {setTimeout as wait} from 'node:timers/promises'

import {head, makeDoorScene, readAnswer} from '../../../support/door-scene.js'

const KEPT = head(['GET /a HTTP/1.1', 'Host: localhost'])

describe('draining', () => {
  it('answers what runs, tells that it was the last on its connection, and lets nobody in', async () => {
    let answer: () => void = () => undefined
    const scene = await makeDoorScene({app: (_request, response) => void (answer = () => response.end('late'))})
    try {
      const running = scene.exchange(KEPT)
      await wait(50)
      const drained = scene.drain()
      await assert.rejects(once(connect(scene.port, '127.0.0.1'), 'connect'), /ECONNREFUSED/)
      await assert.rejects(once(connect(scene.socketPath), 'connect'), /ENOENT/)
      answer()
      const {status, headers, body} = readAnswer(await running)
      assert.deepEqual([status, body], [200, 'late'])
      assert.ok(headers.includes('connection: close'))
      await drained
    } finally {
      await scene.dispose()
    }
  })

  it('answers a request that comes on a connection which was idle, and ends it', async () => {
    const scene = await makeDoorScene()
    try {
      const socket = scene.open()
      let text = ''
      socket.on('data', (chunk) => (text += String(chunk)))
      socket.write(KEPT)
      while (text === '') await wait(5)
      text = ''
      const drained = scene.drain()
      socket.write(KEPT)
      await once(socket, 'close')
      assert.equal(readAnswer(text).status, 200)
      assert.ok(readAnswer(text).headers.includes('connection: close'))
      await drained
    } finally {
      await scene.dispose()
    }
  })

  it('does not wait for connections on which nothing is said', async () => {
    const scene = await makeDoorScene()
    try {
      const quiet = scene.open()
      await once(quiet, 'connect')
      const ended = once(quiet.resume(), 'close')
      const begunAtMs = performance.now()
      await scene.drain()
      await ended
      assert.ok(performance.now() - begunAtMs < 3000)
    } finally {
      await scene.dispose()
    }
  })

  it('cuts what has not ended after 10 s, and after 30 s where a refresh is under way', async () => {
    for (const [isRefreshing, expectedMs] of [
      [false, 10_000],
      [true, 30_000],
    ] as const) {
      const scene = await makeDoorScene({app: () => undefined})
      const realNow = performance.now.bind(performance)
      let aheadMs = 0
      try {
        const running = scene.exchange(KEPT)
        await wait(50)
        performance.now = () => realNow() + aheadMs
        let isCut = false
        void running.then(() => (isCut = true))
        const drained = scene.drain(() => isRefreshing)
        aheadMs = expectedMs - 1000
        await wait(200)
        assert.equal(isCut, false, 'not yet')
        aheadMs = expectedMs
        await drained
        assert.equal(await running, '')
      } finally {
        performance.now = realNow
        await scene.dispose()
      }
    }
  })
})
