import assert from 'node:assert/strict'

import {foldMessage} from '../../../src/cli/fold-message.js'
import {CapturedStream} from '../../support/captured-stream.js'

const terminalOf = (columns: number) => Object.assign(new CapturedStream(), {isTTY: true, columns})

describe('foldMessage', () => {
  it('breaks between words at the width of the terminal, and puts what follows under the text', () => {
    const folded = foldMessage('Copy that once more, or make a new one:', terminalOf(20), 2)
    assert.equal(folded, 'Copy that once\n  more, or make a\n  new one:')
  })

  it('keeps the margin of a line', () => {
    assert.equal(foldMessage('one\n  two three\n', terminalOf(8)), 'one\n  two\n  three\n')
  })

  it('leaves addresses and commands whole', () => {
    const address = `http://localhost/${'x'.repeat(30)}`
    assert.equal(foldMessage(address, terminalOf(20)), address)
    const command = 'behalf bot add --expect techydrroid'
    assert.equal(foldMessage(`It needs a login: ${command}`, terminalOf(20)), `It needs a login:\n${command}`)
    assert.equal(foldMessage(command, terminalOf(20)), command)
  })

  it('changes nothing where there is no terminal', () => {
    const text = 'many words '.repeat(40)
    assert.equal(foldMessage(text, new CapturedStream()), text)
  })
})
