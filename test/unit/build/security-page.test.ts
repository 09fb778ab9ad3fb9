import assert from 'node:assert/strict'
import {existsSync, readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'

const ROOT = join(import.meta.dirname, '../../..')
const page = readFileSync(join(ROOT, 'docs/security.md'), 'utf8')
const [, table = ''] = page.split('## The OAuth 2.0 Security BCP')
const rows = table.split('\n').filter((line) => /^\| +\d/.test(line))

describe('docs/security.md', () => {
  it('names no test that is not there', () => {
    const named = [...page.matchAll(/`(test\/[^`]+)`/g)].map(([, path = '']) => path)
    assert.ok(named.length > 20)
    assert.deepEqual(
      named.filter((path) => !existsSync(join(ROOT, path))),
      [],
    )
  })

  it('says of every line of RFC 9700 what holds it, or why nothing does', () => {
    for (const row of rows) {
      const [, section = '', about = '', how = '', tests = ''] = row.split('|').map((cell) => cell.trim())
      assert.ok(about && how, row)
      assert.ok(
        tests.includes('`test/') || (tests === '–' && /Not spoken|The server’s part|The server's part/.test(how)),
        section,
      )
    }
  })

  it('has all sections of RFC 9700 that recommend something', () => {
    const sections = new Set(
      rows.flatMap((row) => row.split('|')[1]?.split(',') ?? []).map((section) => section.trim()),
    )
    const wanted = [
      ...['2.1', '2.1.1', '2.1.2', '2.2.1', '2.2.2', '2.3', '2.4', '2.5', '2.6'],
      ...Array.from({length: 17}, (_, index) => `4.${String(index + 1)}`).filter((section) => section !== '4.10'),
      ...['4.10.1', '4.10.2'],
    ]
    assert.deepEqual(
      wanted.filter((section) => !sections.has(section)),
      [],
    )
  })

  it('links to decisions that are there', () => {
    const decisions = readdirSync(join(ROOT, 'docs/decisions'))
    const linked = [...page.matchAll(/\(decisions\/([^)#]+)/g)].map(([, name = '']) => name)
    assert.deepEqual(
      linked.filter((name) => !decisions.includes(name)),
      [],
    )
  })
})
