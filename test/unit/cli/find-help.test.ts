import assert from 'node:assert/strict'
import {join} from 'node:path'
import {stripVTControlCharacters} from 'node:util'

import {findHelp} from '../../../src/cli/find-help.js'
import {renderHelp} from '../../../src/cli/render-help.js'
import {CapturedStream} from '../../support/captured-stream.js'

const ROOT = join(import.meta.dirname, '../../..')
const terminal = (columns: number, hasColours = false) =>
  Object.assign(new CapturedStream(), {isTTY: true, columns, hasColors: () => hasColours})

describe('findHelp', () => {
  it('finds the help of the program, a topic, a command and an alias', async () => {
    const find = (...words: string[]) => findHelp(ROOT, words, new CapturedStream())
    assert.match(await find(), /^Call an API on behalf/)
    assert.match(await find('bot'), /\$ behalf bot COMMAND/)
    assert.match(await find('bot', 'token', '--help'), /\$ behalf bot token LOGIN/)
    assert.match(await find('bot', 'token', 'techydrroid', '-h'), /\$ behalf bot token LOGIN/)
    assert.match(await find('login', '--json', '--help'), /\$ behalf login /)
    assert.match(await find('provider', 'patch', '--help'), /Change some of how a service is set up/)
  })

  it('is what is rendered for 80 columns', async () => {
    const written = await findHelp(ROOT, ['bot', 'add'], new CapturedStream())
    assert.equal(written, stripVTControlCharacters(await renderHelp(ROOT, ['bot', 'add'])))
    for (const line of written.split('\n')) assert.ok(line.length <= 80, line)
  })

  it('says nothing of the machine that built it', async () =>
    assert.doesNotMatch(await findHelp(ROOT, [], new CapturedStream()), /node-v|linux/))

  it('has colours on a terminal that has them alone', async () => {
    const isColoured = (text: string) => text !== stripVTControlCharacters(text)
    assert.ok(isColoured(await findHelp(ROOT, [], terminal(80, true))))
    assert.ok(!isColoured(await findHelp(ROOT, [], terminal(80))))
  })
})
