import assert from 'node:assert/strict'
import {Writable} from 'node:stream'

import {SteadyOutput} from '../../../src/cli/steady-output.js'

/** A stream whose writes end as they are told, one at a time. */
class ToldStream extends Writable {
  readonly written: string[] = []
  finishWrite: (error?: Error) => void = () => undefined

  constructor() {
    super()
    this.on('error', () => undefined)
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    this.written.push(chunk.toString())
    this.finishWrite = done
  }
}

describe('SteadyOutput', () => {
  let stream: ToldStream
  let output: SteadyOutput
  beforeEach(() => {
    stream = new ToldStream()
    output = new SteadyOutput(stream)
  })

  it('waits until the text has left', async () => {
    let isDone = false
    const writing = output.write('a').then(() => (isDone = true))
    await new Promise((resolve) => setImmediate(resolve))
    assert.equal(isDone, false)
    stream.finishWrite()
    await writing
    assert.deepEqual([stream.written, output.isClosed], [['a'], false])
  })

  it('is closed when its reader has gone, and writes nothing more', async () => {
    const writing = output.write('a')
    stream.finishWrite(Object.assign(new Error('made-up'), {code: 'EPIPE'}))
    await writing
    assert.ok(output.isClosed)
    await output.write('b')
    assert.deepEqual(stream.written, ['a'])
  })

  it('tells of any other failure', async () => {
    const writing = output.write('a')
    stream.finishWrite(Object.assign(new Error('made-up'), {code: 'ENOSPC'}))
    await assert.rejects(writing, {code: 'ENOSPC'})
    assert.equal(output.isClosed, false)
  })
})
