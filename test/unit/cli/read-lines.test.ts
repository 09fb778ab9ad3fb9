import assert from 'node:assert/strict'
import {Readable} from 'node:stream'

import {readLines, type InputLine} from '../../../src/cli/read-lines.js'

const LIMIT = 10

async function read(...chunks: (string | Buffer)[]): Promise<InputLine[]> {
  const lines: InputLine[] = []
  for await (const line of readLines(Readable.from(chunks.map((chunk) => Buffer.from(chunk))), LIMIT)) lines.push(line)
  return lines
}

const texts = async (...chunks: string[]): Promise<unknown[]> =>
  (await read(...chunks)).map((line) => ('text' in line ? line.text : line.problem))

describe('readLines', () => {
  it('ends lines with either line break, and the last one without', async () => {
    assert.deepEqual(await read('a\nb\r\n\nc'), [
      {line: 1, text: 'a'},
      {line: 2, text: 'b'},
      {line: 3, text: ''},
      {line: 4, text: 'c'},
    ])
    assert.deepEqual(await texts('a\n'), ['a'])
    assert.deepEqual(await texts(), [])
  })

  it('joins what came in pieces, within a character too', async () => {
    assert.deepEqual(await texts('a', 'b\r', '\nc'), ['ab', 'c'])
    const bytes = Buffer.from('äö\n')
    assert.deepEqual(await read(bytes.subarray(0, 1), bytes.subarray(1, 3), bytes.subarray(3)), [{line: 1, text: 'äö'}])
  })

  it('leaves out the mark that some editors put first, there alone', async () => {
    assert.deepEqual(await texts('\ufeffa\n\ufeffb\n'), ['a', '\ufeffb'])
  })

  it('tells of a line that is too long, in one piece or in many, and reads on', async () => {
    assert.deepEqual(await texts(`${'x'.repeat(10)}\n${'x'.repeat(11)}\nok`), ['x'.repeat(10), 'too-long', 'ok'])
    assert.deepEqual(await texts('xxxxxx', 'xxxxxx', 'x\nok'), ['too-long', 'ok'])
    assert.deepEqual(await texts('x'.repeat(11)), ['too-long'])
  })

  it('tells of a line that is not UTF-8, and reads on', async () => {
    assert.deepEqual(await read(Buffer.from([0x61, 0xff, 0x0a]), 'ok\n'), [
      {line: 1, problem: 'not-utf8'},
      {line: 2, text: 'ok'},
    ])
  })
})
