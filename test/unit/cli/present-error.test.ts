import assert from 'node:assert/strict'

import {errorJson, toBehalfError} from '../../../src/cli/present-error.js'
import {BehalfError} from '../../../src/model/behalf-error.js'
import {Secret} from '../../../src/model/secret.js'

const HELP = 'behalf login --help'

describe('toBehalfError', () => {
  it('takes what oclif finds wrong with the arguments as a usage error, without its advertising', () => {
    const thrown = Object.assign(new Error('Nonexistent flag: --nope\nSee more help with --help'), {oclif: {exit: 2}})
    const error = toBehalfError(thrown, HELP)
    assert.equal(error.code, 'usage')
    assert.equal(error.message, 'There is no flag --nope.')
    assert.equal(error.hint, HELP)
  })

  it('drops the note about greedy flags, which ours are not', () => {
    const note = '\n\nNote: --query allows multiple values. Because of this …\nAlternatively, …'
    const thrown = Object.assign(
      new Error(`Missing 1 required arg:\npath  What to call.${note}\nSee more help with --help`),
      {
        oclif: {exit: 2},
      },
    )
    assert.equal(toBehalfError(thrown, HELP).message, 'PATH is missing: what to call.')
  })

  it('says in our own words which arguments are missing, and which flags exclude each other', () => {
    const messageOf = (text: string) => toBehalfError(Object.assign(new Error(text), {oclif: {exit: 2}}), HELP).message
    assert.equal(
      messageOf('Missing 2 required args:\nlogin  Which account: its login,\n       or a name.\npath'),
      'LOGIN is missing: which account: its login, or a name.\nPATH is missing.',
    )
    assert.equal(
      messageOf('The following error occurred:\n  --paste=true cannot also be provided when using --device'),
      '--paste and --device exclude each other.',
    )
  })

  it('names the flag whose value was refused', () => {
    const refused = new BehalfError('invalid-input', 'That is no time span.', {hint: 'Use 5m.'})
    refused.message = `Parsing --timeout \n\t${refused.message}\nSee more help with --help`
    const error = toBehalfError(refused, HELP)
    assert.equal(error.message, '--timeout: That is no time span.')
    assert.equal(error.code, 'invalid-input')
    assert.equal(error.hint, 'Use 5m.')
  })

  it('suggests the flag that was meant', () => {
    const refuse = (message: string) => Object.assign(new Error(message), {oclif: {exit: 2}})
    const flags = ['json', 'store', 'query']
    const messageOf = (text: string) => toBehalfError(refuse(text), HELP, flags).message
    assert.equal(messageOf('Nonexistent flag: --jsn'), 'There is no flag --jsn. Did you mean --json?')
    assert.equal(messageOf('Nonexistent flags: --stroe, --x'), 'There are no flags --stroe, --x. Did you mean --store?')
    assert.equal(messageOf('Nonexistent flag: --elephant'), 'There is no flag --elephant.')
  })

  it('keeps an error of ours as it is', () => {
    const error = new BehalfError('refused', 'No.')
    assert.equal(toBehalfError(error, HELP), error)
  })

  it('takes whatever else was thrown as a fault of ours', () => {
    for (const thrown of [new TypeError('x is undefined'), 'a text', undefined]) {
      const error = toBehalfError(thrown, HELP)
      assert.equal(error.code, 'internal')
      assert.match(error.hint ?? '', /report/)
    }
  })

  it('does not call it a fault when the output cannot be written', () => {
    const thrown = Object.assign(new Error('ENOSPC: no space left on device, write'), {
      code: 'ENOSPC',
      syscall: 'write',
    })
    const error = toBehalfError(thrown, HELP)
    assert.match(error.message, /output could not be written.*no space left/)
    assert.equal(error.hint, undefined)
  })
})

describe('errorJson', () => {
  it('shows the code, the message and the hint', () => {
    const error = new BehalfError('account-not-found', 'There is no account “x”.', {hint: 'behalf status'})
    assert.deepEqual(errorJson(error), {
      error: {code: 'account-not-found', message: 'There is no account “x”.', hint: 'behalf status'},
    })
  })

  it('shows status and body when an API answered', () => {
    const body = {error: 'Not Found', status: 404, message: ''}
    const error = new BehalfError('api-error', 'Helix answered 404 Not Found.', {status: 404, body})
    assert.deepEqual(errorJson(error).error, {
      code: 'api-error',
      message: 'Helix answered 404 Not Found.',
      status: 404,
      body,
    })
  })

  it('shows nothing else that hangs on the error', () => {
    const cause = Object.assign(new Error('made-up-secret'), {token: 'made-up-secret'})
    const error = Object.assign(new BehalfError('internal', 'Broken.', {cause}), {
      token: 'made-up-secret',
      more: new Secret('x'),
    })
    assert.deepEqual(Object.keys(errorJson(error).error), ['code', 'message'])
    assert.doesNotMatch(JSON.stringify(errorJson(error)), /made-up-secret/)
  })
})
