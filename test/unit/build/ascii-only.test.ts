import assert from 'node:assert/strict'
import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {runInNewContext} from 'node:vm'

import {escapeNonAscii} from '../../../build/ascii-only.js'

const DIST = join(import.meta.dirname, '../../../dist')

describe('escapeNonAscii', () => {
  it('leaves what code says as it is', () => {
    const code = "['a–b’😀', `ü${'é'}`, /^[–…]$/u.test('…'), /😀/u.test('😀')]"
    const escaped = escapeNonAscii(code)
    assert.match(escaped, /^[\x20-\x7e]*$/)
    assert.deepEqual([...(runInNewContext(escaped) as unknown[])], ['a–b’😀', 'üé', true, true])
  })

  it('is done to all that was built', () => {
    const files = readdirSync(DIST, {recursive: true, encoding: 'utf8'}).filter((file) => file.endsWith('.cjs'))
    assert.ok(files.length > 10)
    // eslint-disable-next-line no-control-regex
    for (const file of files) assert.match(readFileSync(join(DIST, file), 'utf8'), /^[\x00-\x7f]*$/, file)
  })
})
