import assert from 'node:assert/strict'

import {checkCommandName} from '../../../src/cli/check-command-name.js'
import {BehalfError} from '../../../src/model/behalf-error.js'

const IDS = ['help', 'login', 'logout', 'bot:list', 'bot:add', 'helix:get']

function complaint(...argv: string[]): string | undefined {
  try {
    checkCommandName(argv, IDS)
    return undefined
  } catch (error) {
    assert.ok(error instanceof BehalfError)
    assert.equal(error.code, 'usage')
    return `${error.message} → ${error.hint ?? ''}`
  }
}

describe('checkCommandName', () => {
  it('takes commands, topics, help and nothing', () => {
    for (const argv of [['login'], ['bot', 'list', 'x'], ['bot'], ['help', 'nosuch'], [], ['-h']]) {
      assert.equal(complaint(...argv), undefined, argv.join(' '))
    }
  })

  it('suggests what was meant', () => {
    assert.equal(complaint('lgin'), 'There is no command “lgin”. Did you mean login? → behalf --help')
    assert.equal(complaint('bot', 'lst'), 'There is no command “bot lst”. Did you mean bot list? → behalf bot --help')
    assert.equal(complaint('hlix', 'get', 'users'), 'There is no command “hlix”. Did you mean helix? → behalf --help')
  })

  it('says where flags belong', () =>
    assert.equal(complaint('--json', 'status'), 'Flags such as --json stand behind the command. → behalf --help'))

  it('suggests nothing for what resembles none', () =>
    assert.equal(complaint('elephant'), 'There is no command “elephant”. → behalf --help'))

  it('does not repeat a text of any length', () => assert.ok((complaint('x'.repeat(100_000)) ?? '').length < 200))
})
