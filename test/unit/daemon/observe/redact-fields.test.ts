import assert from 'node:assert/strict'

import fc from 'fast-check'

import {redactFields} from '../../../../src/daemon/observe/redact-fields.js'
import {BehalfError} from '../../../../src/model/behalf-error.js'
import {Secret} from '../../../../src/model/secret.js'

const TOKEN = 'made0up1made0up2made0up3made0u'
const redact = (fields: Record<string, unknown>, withStacks = false) => redactFields(fields, {withStacks})

describe('the redaction of fields', () => {
  it('leaves what is no secret as it is', () => {
    const fields = {port: 8420, ready: true, none: null, account: 'twitch:2002', list: ['a', 1], code: 'store-full'}
    assert.deepEqual(redact(fields), fields)
  })

  it('hides values by their names, short or long', () => {
    const names = ['token', 'accessToken', 'refresh_tokens', 'Authorization', 'set-cookie', 'client_secret', 'password']
    for (const name of names) {
      for (const value of ['made up', ['made up'], {made: 'up'}]) {
        assert.deepEqual(redact({[name]: value}), {[name]: '[secret]'})
        assert.deepEqual(redact({request: {headers: {[name]: value}}}), {request: {headers: {[name]: '[secret]'}}})
      }
    }
  })

  it('tells codes and states of ours from those of providers', () => {
    assert.deepEqual(redact({code: 'ECONNREFUSED', state: 'login-needed'}), {
      code: 'ECONNREFUSED',
      state: 'login-needed',
    })
    const given = {code: 'made0up1made0up2made0up', state: 'made0up1made0up2made'}
    assert.deepEqual(redact(given), {code: '[secret]', state: '[secret]'})
  })

  it('keeps the id of an API token and the key of an account, however long its subject', () => {
    const fields = {apiTokenId: '4f8KpQ2z', account: 'twitch@webex:Y2lzY29zcGFyazovL3VzL1BFT1BMRS8wMDAw'}
    assert.deepEqual(redact(fields), fields)
    assert.deepEqual(redact({account: TOKEN}), {account: '[secret]'})
  })

  it('tells of an error what may be told, and of its causes', () => {
    const cause = Object.assign(new Error(`refused ${TOKEN}`), {code: 'ECONNRESET', config: {made: 'up'}})
    const error = new BehalfError('unavailable', 'It is away.', {hint: 'Wait.', status: 503, body: 'made up', cause})
    assert.deepEqual(redact({error}), {
      error: {
        code: 'unavailable',
        message: 'It is away.',
        hint: 'Wait.',
        status: 503,
        cause: {code: 'ECONNRESET', message: 'refused [secret]'},
      },
    })
    const several = new AggregateError([new TypeError(`Bearer ${TOKEN}`)], 'all')
    assert.deepEqual(redact({error: several}), {
      error: {name: 'AggregateError', message: 'all', errors: [{name: 'TypeError', message: 'Bearer [secret]'}]},
    })
  })

  it('writes stacks only where they are wanted, without secrets', () => {
    const error = new Error(`with ${TOKEN}`)
    assert.ok(!JSON.stringify(redact({error})).includes('redact-fields.test'))
    const text = JSON.stringify(redact({error}, true))
    assert.ok(text.includes('redact-fields.test') && !text.includes(TOKEN))
  })

  it('survives what cannot be written', () => {
    const circle: Record<string, unknown> = {}
    circle.itself = circle
    const hostile = {
      get made(): string {
        throw new Error('up')
      },
    }
    const {proxy: revoked, revoke}: {proxy: object; revoke: () => void} = Proxy.revocable({}, {})
    revoke()
    const written = redact({
      circle,
      hostile,
      revoked,
      bytes: Buffer.from(TOKEN),
      big: 10n,
      call: () => TOKEN,
      date: new Date(0),
      url: new URL(`https://example.com/a?token=${TOKEN}`),
      secret: new Secret(TOKEN),
      kept: new Secret(TOKEN),
      many: Array.from({length: 10_000}, (_, at) => ({at})),
    })
    const text = JSON.stringify(written)
    assert.ok(!text.includes(TOKEN) && text.length < 10_000, text)
    assert.deepEqual([written.bytes, written.big, written.call], ['[30 bytes]', '10', '[function]'])
    assert.deepEqual([written.date, written.url], ['1970-01-01T00:00:00.000Z', 'https://example.com/a?[left out]'])
    assert.deepEqual([written.revoked, written.kept], ['[unreadable]', '[secret]'])
  })

  it('lets no field stand for what the logger itself writes', () => {
    assert.deepEqual(redact({level: 'made', time: 'up', event: 'here', more: 1}), {more: 1})
  })

  it('finds what is recognised as a secret wherever it is', () => {
    const secret = fc.string({
      unit: fc.constantFrom(...Array.from('abcdefghijklmnopqrstuvwxyz0123456789')),
      minLength: 30,
      maxLength: 30,
    })
    const hide = (value: string) =>
      fc.letrec((tie) => ({
        leaf: fc.oneof(
          fc.constant(value),
          fc.tuple(fc.string(), fc.string()).map(([before, after]) => before + value + after),
          fc.string().map((name) => ({[name]: value})),
          fc.constant({[value]: 1}),
          fc.constant(new Error(value)),
          fc.constant(new Secret(value)),
          fc.webUrl().map((url) => new URL(`${url}?q=${value}`)),
        ),
        any: fc.oneof(
          {depthSize: 'small'},
          tie('leaf'),
          fc.array(tie('any'), {maxLength: 3}),
          fc.dictionary(fc.string(), tie('any'), {maxKeys: 3}),
          tie('any').map((cause) => new BehalfError('internal', 'made up', {cause, body: value, hint: value})),
        ),
      })).any
    const cases = secret.chain((value) => fc.tuple(fc.constant(value), hide(value), fc.boolean()))
    fc.assert(
      fc.property(cases, ([value, hidden, withStacks]) => {
        assert.ok(!JSON.stringify(redact({hidden}, withStacks)).includes(value))
      }),
      {numRuns: 150},
    )
  })
})
