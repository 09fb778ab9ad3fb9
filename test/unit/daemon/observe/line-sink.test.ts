import assert from 'node:assert/strict'
import {once} from 'node:events'
import {connect, createServer, type Server, type Socket} from 'node:net'
import type {AddressInfo} from 'node:net'
import {Writable} from 'node:stream'

import {createLineSink} from '../../../../src/daemon/observe/line-sink.js'
import {until} from '../../../support/until.js'

const describeDropped = (count: number): string => `dropped ${String(count)}\n`
const turn = () => new Promise((resolve) => setImmediate(resolve))

describe('a sink for lines', () => {
  let server: Server
  let stream: Socket
  let reader: Socket

  beforeEach(async () => {
    server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const accepted = once(server, 'connection')
    stream = connect((server.address() as AddressInfo).port, '127.0.0.1')
    await once(stream, 'connect')
    ;[reader] = (await accepted) as [Socket]
    reader.pause()
    reader.on('error', () => undefined)
  })
  afterEach(async () => {
    stream.destroy()
    reader.destroy()
    server.close()
    await once(server, 'close')
  })

  /** All that is read from now on. */
  function read(): {text: string} {
    const seen = {text: ''}
    reader.setEncoding('utf8').on('data', (text: string) => (seen.text += text))
    reader.resume()
    return seen
  }

  it('hands over every line, in order', async () => {
    const sink = createLineSink(stream, describeDropped)
    for (let at = 0; at < 1000; at += 1) sink.write(`${String(at)}\n`)
    const seen = read()
    await sink.close()
    await until('all is read', () => seen.text.endsWith('999\n'))
    assert.deepEqual(
      seen.text.trimEnd().split('\n').map(Number),
      Array.from({length: 1000}, (_, at) => at),
    )
  })

  it('neither waits for a reader that reads nothing nor keeps all for it, and tells how much was dropped', async () => {
    const sink = createLineSink(stream, describeDropped)
    const line = `${'x'.repeat(1023)}\n`
    const count = 20_000
    const begun = performance.now()
    for (let at = 0; at < count; at += 1) {
      sink.write(line)
      if (at % 100 === 0) await turn()
    }
    assert.ok(performance.now() - begun < 5000)
    assert.ok(stream.writableLength <= 1024 * 1024 + line.length, String(stream.writableLength))

    const seen = read()
    await until('there is room again', () => stream.writableLength === 0)
    sink.write('last\n')
    await until('the last line is read', () => seen.text.includes('last\n'))
    const dropped = Number(/dropped (\d+)\n/.exec(seen.text)?.[1])
    assert.ok(dropped > 0)
    assert.equal(seen.text.split('x\n').length - 1, count - dropped)
  })

  it('goes on in silence when the reader has gone', async () => {
    const sink = createLineSink(stream, describeDropped)
    reader.destroy()
    await until('that was noticed', () => {
      sink.write('nobody reads this\n')
      return stream.destroyed
    })
    sink.write('nor this\n')
    await sink.close()
  })

  it('ends within a second or so though nobody reads', async () => {
    const sink = createLineSink(stream, describeDropped)
    for (let at = 0; at < 20; at += 1) {
      sink.write('x'.repeat(512 * 1024))
      await turn()
    }
    const begun = performance.now()
    await sink.close()
    const took = performance.now() - begun
    assert.ok(took > 500 && took < 3000, String(took))
  })

  it('writes again after a failure that passes, such as a full disk', async () => {
    let isFull = true
    const written: string[] = []
    const disk = new Writable({
      autoDestroy: false,
      write(chunk: Buffer, _encoding, done) {
        if (isFull) {
          done(Object.assign(new Error('no space'), {code: 'ENOSPC'}))
        } else {
          written.push(chunk.toString())
          done()
        }
      },
    })
    const sink = createLineSink(disk, describeDropped)
    sink.write('lost\n')
    await turn()
    isFull = false
    // As Node does for stdout and stderr, which it never closes.
    ;(disk as unknown as {_undestroy(): void})._undestroy()
    sink.write('kept\n')
    await sink.close()
    assert.ok(written.join('').includes('kept\n'))
  })
})
