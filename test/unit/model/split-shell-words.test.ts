import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'

import fc from 'fast-check'

import {splitShellWords} from '../../../src/model/split-shell-words.js'

describe('splitShellWords', () => {
  const SPLIT: [string, string[]][] = [
    ['notify-send behalf', ['notify-send', 'behalf']],
    ['  a \t b  ', ['a', 'b']],
    [`a 'b c' "d e"`, ['a', 'b c', 'd e']],
    [`a'b'"c"d`, ['abcd']],
    [`a '' ""`, ['a', '', '']],
    [String.raw`a\ b \' \"`, ['a b', "'", '"']],
    [String.raw`a "b\"c\\d\$e\n"`, ['a', String.raw`b"c\d$e\n`]],
    [`sh -c 'echo $HOME | wc > /dev/null; true & (x)'`, ['sh', '-c', 'echo $HOME | wc > /dev/null; true & (x)']],
    [String.raw`a \$b`, ['a', '$b']],
    [`a 'b\nc'`, ['a', 'b\nc']],
    ['naïve ✓', ['naïve', '✓']],
  ]
  for (const [line, words] of SPLIT) {
    it(`makes ${JSON.stringify(words)} of ${JSON.stringify(line)}`, () => {
      assert.deepEqual(splitShellWords(line), words)
    })
  }

  const REFUSED = ['', '  ', `''`, `a 'b`, `a "b`, 'a \\', 'a | b', 'a; b', 'a && b', 'a > b', 'a < b', '(a)', 'a $B']
  for (const line of [...REFUSED, 'a `b`', 'a "$B"', 'a "`b`"', 'a\nb', String.raw`a "\\$B"`]) {
    it(`refuses ${JSON.stringify(line)}`, () => {
      assert.throws(() => splitShellWords(line), {code: 'invalid-input'})
    })
  }

  it('makes of whatever it takes the words that sh makes of it', () => {
    const piece = fc.constantFrom('a', 'b', ' ', '\t', "'", '"', '\\', '$', '|', 'é', '\\"', '\\$', '""', "''")
    const lines: string[] = []
    fc.assert(
      fc.property(fc.array(piece, {maxLength: 10}), (pieces) => {
        const line = pieces.join('')
        try {
          splitShellWords(line)
        } catch {
          return
        }
        lines.push(line)
      }),
      {numRuns: 2000},
    )
    const taken = [...new Set(lines)].slice(0, 400)
    assert.ok(taken.length > 100)
    // A program called `a` must not run: all are arguments of one that prints them.
    const script = taken.map((line) => `printf '%s\\0' x ${line}; printf '\\n\\0'`).join('\n')
    const printed = execFileSync('sh', ['-c', script], {encoding: 'utf8'}).split('\n\0').slice(0, -1)
    const expected = taken.map((line) => ['x', ...splitShellWords(line), ''].join('\0'))
    assert.deepEqual(printed, expected)
  })
})
