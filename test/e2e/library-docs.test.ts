import assert from 'node:assert/strict'
import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'

import type {Sandbox} from '../../src/sandbox/start-sandbox.js'
import {readDocBlocks} from '../support/doc-blocks.js'
import type {ProgramHome} from '../support/program-home.js'
import {stockHome} from '../support/stocked-home.js'
import {startWatchedSandbox} from '../support/watched-sandbox.js'

const isRun = ({mark}: {mark: string}): boolean => mark === 'run' || mark.startsWith('run: ')

/** What each `console.log` of a program says that it prints, in the order of its lines. */
const expectedOf = (code: string): string[] =>
  [...code.matchAll(/console\.log\(.*\) \/\/ (.*)/g)].map(([, said = '']) => said)

for (const [file, atLeast] of [
  ['docs/library.md', 7],
  ['README.md', 1],
] as const) {
  describe(`the programs in ${file}`, function () {
    this.timeout(60_000)

    let sandbox: Sandbox
    let home: ProgramHome
    before(async () => {
      sandbox = await startWatchedSandbox()
      home = await stockHome(sandbox, [{login: 'techydrroid'}, {login: 'viewer_vera', subject: 'slack:U02AB'}])
    })
    after(async () => {
      await home.remove()
      await sandbox.stop()
    })

    const blocks = readDocBlocks(file).filter(isRun)

    it('are there', () => assert.ok(blocks.length >= atLeast, String(blocks.length)))

    for (const [index, {mark, code}] of blocks.entries()) {
      it(`print what they say: ${String(index + 1)}`, async () => {
        const name = mark === 'run' ? `program-${String(index)}.mjs` : mark.slice('run: '.length)
        await writeFile(join(home.path, name), code)
        const {exitCode, stdout, stderr} = await home.startHere(process.execPath, [name]).ended
        assert.deepEqual([exitCode, stderr], [0, ''])
        assert.deepEqual(stdout.split('\n').slice(0, -1), expectedOf(code))
      })
    }
  })
}
