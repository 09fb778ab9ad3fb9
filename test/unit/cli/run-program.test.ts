import assert from 'node:assert/strict'
import {tmpdir} from 'node:os'

import {runProgram} from '../../../src/cli/run-program.js'

const ENVIRONMENT = {PATH: process.env.PATH ?? ''}

describe('runProgram', () => {
  it('ends with the code of the program, or with 128 and the number of its signal', async () => {
    const script = (text: string) => runProgram(['sh', '-c', text], ENVIRONMENT).then(({ended}) => ended)
    assert.deepEqual(await Promise.all([script('exit 0'), script('exit 200'), script('kill -9 $$')]), [0, 200, 137])
  })

  it('sends signals, and does not mind that the program has ended', async () => {
    const program = await runProgram(['sleep', '60'], ENVIRONMENT)
    program.send('SIGTERM')
    assert.equal(await program.ended, 143)
    program.send('SIGTERM')
  })

  it('looks for the program on the PATH that it is given', async () => {
    await assert.rejects(runProgram(['sh'], {PATH: '/no/such/folder'}), {code: 'program-not-found'})
  })

  const failures: [string, string[], string][] = [
    ['a name that is nowhere', ['no-such-program'], 'program-not-found'],
    ['a file that is nowhere', ['./no/such/program'], 'program-not-found'],
    ['a folder', [tmpdir()], 'program-not-runnable'],
    ['a file within a file', [`${import.meta.filename}/program`], 'program-not-runnable'],
    ['a file that is not executable', [import.meta.filename], 'program-not-runnable'],
    ['arguments that are too long', ['true', 'x'.repeat(3_000_000)], 'program-not-runnable'],
  ]
  for (const [what, words, code] of failures) {
    it(`fails for ${what}, and leaves nothing behind`, async () => {
      const listeners = process.listenerCount('SIGQUIT')
      await assert.rejects(runProgram(words, ENVIRONMENT), {code})
      assert.equal(process.listenerCount('SIGQUIT'), listeners)
    })
  }
})
