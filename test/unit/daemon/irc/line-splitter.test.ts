import assert from 'node:assert/strict'

import fc from 'fast-check'

import {LineSplitter} from '../../../../src/daemon/irc/line-splitter.js'

describe('LineSplitter', () => {
  const split = (splitter: LineSplitter, text: string): string[] | undefined =>
    splitter.split(Buffer.from(text))?.map(String)

  it('gives lines that end with CRLF or LF, and leaves out empty ones', () => {
    const splitter = new LineSplitter(10)
    assert.deepEqual(split(splitter, 'one\r\n\ntwo\n\r\nthr'), ['one', 'two'])
    assert.deepEqual(split(splitter, 'ee\r'), [])
    assert.deepEqual(split(splitter, '\nfour\n'), ['three', 'four'])
  })

  it('takes lines of the longest length, and nothing longer, whole or not', () => {
    assert.deepEqual(split(new LineSplitter(4), 'four\r\n'), ['four'])
    assert.equal(split(new LineSplitter(4), 'fives\n'), undefined)
    assert.deepEqual(split(new LineSplitter(4), 'four\r'), [])
    assert.equal(split(new LineSplitter(4), 'fives!'), undefined)
  })

  it('gives the same lines however they are cut', () => {
    fc.assert(
      fc.property(fc.array(fc.string({minLength: 1})), fc.infiniteStream(fc.nat(5)), (texts, sizes) => {
        const lines = texts.map((text) => text.replaceAll(/[\r\n]/g, '.'))
        const bytes = Buffer.from(lines.map((line) => `${line}\r\n`).join(''))
        const splitter = new LineSplitter(1000)
        const got: string[] = []
        for (let at = 0; at < bytes.length;) {
          const size = (sizes.next().value as number) + 1
          got.push(...(splitter.split(bytes.subarray(at, at + size)) ?? []).map(String))
          at += size
        }
        assert.deepEqual(got, lines)
      }),
    )
  })
})
