import assert from 'node:assert/strict'

import {checkProgram, splitProgram} from '../../../src/cli/split-program.js'

describe('splitProgram', () => {
  it('parts the arguments at the first --', () => {
    assert.deepEqual(splitProgram(['--as', 'a', '--', 'ls', '-l', '--', '--as']), {
      own: ['--as', 'a'],
      program: ['ls', '-l', '--', '--as'],
    })
    assert.deepEqual(splitProgram(['--as', 'a', 'ls']), {own: ['--as', 'a', 'ls']})
    assert.deepEqual(splitProgram(['--']), {own: [], program: []})
  })
})

describe('checkProgram', () => {
  it('takes what stands behind the --, as it is', () => {
    assert.deepEqual(checkProgram({own: [], program: ['sh', '-c', '', 'x y']}, []), ['sh', '-c', '', 'x y'])
  })

  it('takes what is left over where there is no --', () => {
    assert.deepEqual(checkProgram({own: []}, ['env', 'a=b']), ['env', 'a=b'])
  })

  it('refuses words before the --', () => {
    assert.throws(() => checkProgram({own: [], program: ['ls']}, ['--nope']), {
      code: 'usage',
      message: /“--nope” stands/,
    })
    assert.throws(() => checkProgram({own: [], program: ['ls']}, ['env']), {code: 'usage'})
  })

  it('says how it is written when there is no program', () => {
    for (const program of [[], ['']]) {
      assert.throws(() => checkProgram({own: [], program}, []), {
        code: 'usage',
        hint: 'Write it like: behalf exec --as ACCOUNT -- PROGRAM [ARGUMENT…]',
      })
    }
    assert.throws(() => checkProgram({own: []}, []), {code: 'usage'})
  })
})
