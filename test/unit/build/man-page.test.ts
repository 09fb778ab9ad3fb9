import assert from 'node:assert/strict'
import {execFileSync, spawnSync} from 'node:child_process'
import {readFileSync} from 'node:fs'
import {join} from 'node:path'

import {renderManPage} from '../../../build/man-page.js'
import {readManifest} from '../../../src/cli/package-files.js'
import {findProgram, needing, skipWithout} from '../../support/skip-without.js'

const ROOT = join(import.meta.dirname, '../../..')
const GROFF = findProgram('groff')

describe('renderManPage', () => {
  const program = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Parameters<typeof renderManPage>[0]
  const manifest = readManifest(ROOT)
  const page = renderManPage(program, manifest)

  it('has every command that is not hidden, with its flags', () => {
    for (const {id, hidden} of Object.values(manifest.commands)) {
      const heading = `.SS behalf ${id.replaceAll(':', ' ').replaceAll('-', '\\-')}`
      assert.equal(page.includes(heading), hidden !== true, id)
    }
    assert.ok(page.includes('\\-\\-min\\-ttl'))
  })

  it('begins no line of text with a macro', () => {
    const commands = {
      odd: {id: 'odd', summary: '.so file', aliases: [], args: {}, flags: {}},
    }
    const odd = renderManPage(program, {commands, topics: {}})
    assert.ok(odd.includes('\n\\&.so file\n'))
  })

  describe(needing('groff', GROFF !== undefined, 'as groff reads it'), () => {
    before(function () {
      skipWithout('groff', GROFF !== undefined, this)
    })

    it('gives no warning', () => {
      const {stderr, status} = spawnSync('groff', ['-man', '-Kutf8', '-Tutf8', '-ww', '-z'], {input: page})
      assert.equal(String(stderr), '')
      assert.equal(status, 0)
    })

    it('shows commands as they are typed', () => {
      const text = execFileSync('groff', ['-man', '-Kutf8', '-Tutf8', '-P-c', '-P-b', '-P-u'], {
        input: page,
        encoding: 'utf8',
      })
      assert.match(text, /behalf bot token LOGIN/)
      assert.match(text, /--min-ttl TIME/)
      assert.match(text, /behalf helix get users --as techydrroid/)
    })
  })
})
