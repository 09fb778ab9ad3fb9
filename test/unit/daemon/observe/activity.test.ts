import assert from 'node:assert/strict'

import {createActivity, type Activity, type EndedCall} from '../../../../src/daemon/observe/activity.js'
import {createFakeClock, type FakeClock} from '../../../support/fake-clock.js'

const BOT = {id: 'aaaaaaaa', name: 'the overlay'}

describe('activity', () => {
  let clock: FakeClock
  let activity: Activity
  /** The sequence of the first entry. */
  let first: number
  beforeEach(() => {
    clock = createFakeClock()
    activity = createActivity({clock})
    first = clock.now() * 1000 + 1
  })

  const note = (call: Partial<EndedCall>): void => {
    activity.noteCall({method: 'GET', path: '/api/v1/bots', status: 200, durationMs: 1, ...call})
  }
  const paths = (sequence?: number): string[] =>
    activity.since(sequence).map(({what}) => (what.kind === 'call' ? what.path : what.event))

  it('tells of a call what there is to know', () => {
    const account = {key: 'twitch:2002', provider: 'twitch', login: 'techydrroid', userId: '2002', role: 'bot'} as const
    note({apiToken: BOT, account, status: 409, code: 'login-needed', durationMs: 3.5, userAgent: 'curl/8.14.1'})
    assert.deepEqual(activity.since(), [
      {
        sequence: first,
        at: clock.now(),
        apiToken: BOT,
        account,
        what: {kind: 'call', method: 'GET', path: '/api/v1/bots', status: 409},
        code: 'login-needed',
        durationMs: 3.5,
        userAgent: 'curl/8.14.1',
      },
    ])
  })

  it('gives the latest first, and only what came after the one that was seen last', () => {
    note({apiToken: BOT, path: '/1'})
    note({status: 401, path: '/2'})
    note({apiToken: BOT, path: '/3'})
    assert.deepEqual(paths(), ['/3', '/2', '/1'])
    assert.deepEqual(paths(first), ['/3', '/2'])
    assert.deepEqual(paths(first + 2), [])
  })

  it('forgets all but the last 500', () => {
    for (let count = 1; count <= 501; count += 1) note({apiToken: BOT, path: `/${String(count)}`})
    const told = paths()
    assert.deepEqual([told.length, told[0], told.at(-1)], [500, '/501', '/2'])
    assert.deepEqual(paths(first + 498), ['/501', '/500'])
  })

  it('lets strangers push out none but strangers', () => {
    note({apiToken: BOT, path: '/known'})
    for (let count = 1; count <= 1000; count += 1) note({status: 401, path: `/${String(count)}`})
    const told = paths()
    assert.deepEqual([told.length, told[0], told.at(-2), told.at(-1)], [101, '/1000', '/901', '/known'])
  })

  for (const [status, isTold] of [
    [200, false],
    [302, false],
    [400, false],
    [401, true],
    [403, true],
    [404, true],
    [503, false],
  ] as const) {
    it(`tells ${isTold ? 'of' : 'nothing of'} a stranger that got ${String(status)}`, () => {
      note({status})
      assert.equal(activity.since().length, isTold ? 1 : 0)
    })
  }

  it('tells no secret of a path or a user agent', () => {
    const secret = 'made0up0'.repeat(4)
    note({apiToken: BOT, path: `/api/v1/flows/${secret}/code`, userAgent: `bot (Authorization: Bearer ${secret})`})
    // One that would be cut in half.
    note({apiToken: BOT, path: `/${'a.'.repeat(250)}${secret}`, userAgent: `x ${'b '.repeat(252)}${secret}`})
    const told = JSON.stringify(activity.since())
    assert.match(told, /\/api\/v1\/flows\/\[secret\]\/code/)
    assert.ok(!told.includes('made0up0'))
  })

  it('cuts what is long', () => {
    note({apiToken: BOT, path: '/a.b'.repeat(4000), userAgent: 'Agent/1.0 '.repeat(1600)})
    const [entry] = activity.since()
    assert.ok(entry?.what.kind === 'call')
    assert.deepEqual([entry.what.path.length, entry.userAgent?.length], [200, 120])
    assert.ok(entry.what.path.endsWith('…'))
  })

  it('tells of chat connections, of strangers too', () => {
    activity.noteChat({event: 'opened', apiToken: BOT})
    activity.noteChat({event: 'refused', code: 'unauthenticated', message: `It is no bhf_madeup00_${'A'.repeat(32)}.`})
    clock.advance(1000)
    activity.noteChat({event: 'closed', apiToken: BOT, durationMs: 1000})
    assert.deepEqual(paths(), ['closed', 'refused', 'opened'])
    const [closed, refused] = activity.since()
    assert.equal(closed?.durationMs, 1000)
    assert.equal(refused?.message, 'It is no bhf_madeup00_[secret].')
  })
})
