import assert from 'node:assert/strict'
import {setImmediate as turn} from 'node:timers/promises'

import fc from 'fast-check'

import {AccountPace, type PacedLine} from '../../../../src/daemon/irc/account-pace.js'
import {createFakeClock, type FakeClock} from '../../../support/fake-clock.js'

const LIMITS = {messages: 20, privilegedMessages: 100, joins: 20, logins: 20}
const OWNER = {}

interface Sent {
  at: number
  channel: string
  kind: PacedLine['kind']
  order: number
}

describe('AccountPace', () => {
  let clock: FakeClock
  let pace: AccountPace
  let sent: Sent[]
  beforeEach(() => {
    clock = createFakeClock()
    pace = new AccountPace(clock, LIMITS)
    sent = []
  })

  let order = 0
  function submit(channel: string, kind: PacedLine['kind'] = 'message', owner: object = OWNER) {
    order += 1
    const own = order
    const send = (): void => void sent.push({at: clock.now(), channel, kind, order: own})
    return pace.submit({owner, kind, channels: [channel], send})
  }
  async function pass(ms: number): Promise<void> {
    clock.advance(ms)
    await turn()
  }

  it('lets one message a second into a channel where the account is nobody', async () => {
    assert.deepEqual([submit('#a'), submit('#a'), submit('#b')], ['sent', 'waits', 'sent'])
    await pass(1000)
    assert.equal(sent.length, 2)
    await pass(100)
    assert.equal(sent.length, 3)
  })

  it('holds up nothing behind a channel that waits but what is for that channel, of the same connection', () => {
    submit('#a')
    assert.deepEqual(
      [submit('#a'), submit('#a', 'free'), submit('#b'), submit('#a', 'free', {})],
      ['waits', 'waits', 'sent', 'sent'],
    )
  })

  it('counts a line that names no channel', () => {
    const line = {owner: OWNER, kind: 'message' as const, channels: [], send: () => undefined}
    for (let count = 0; count < 20; count += 1) assert.equal(pace.submit(line), 'sent')
    assert.equal(pace.submit({...line}), 'waits')
  })

  it('keeps 100 lines of a connection waiting, and no more', () => {
    for (let count = 0; count <= 100; count += 1) submit('#a')
    assert.equal(submit('#b'), 'full')
    assert.equal(submit('#b', 'message', {}), 'sent')
  })

  it('sends nothing of a connection that has ended', async () => {
    submit('#a')
    submit('#a')
    pace.drop(OWNER)
    await pass(60_000)
    assert.deepEqual([sent.length, clock.sleeping], [1, 0])
  })

  it('lets no more logins pass than there may be, the rest in order, and forgets who gave up', async () => {
    const gaveUp = new AbortController()
    let passed = 0
    for (let count = 0; count < 20; count += 1) await pace.awaitLogin(new AbortController().signal)
    const lost = pace.awaitLogin(gaveUp.signal)
    const kept = pace.awaitLogin(new AbortController().signal).then(() => (passed += 1))
    gaveUp.abort(new Error('gave up'))
    await assert.rejects(lost, /gave up/)
    assert.equal(passed, 0)
    await pass(11_000)
    await kept
    assert.equal(passed, 1)
  })

  it('never sends more than Twitch takes in any window, and all of it in the order of each channel', async () => {
    const channel = fc.constantFrom('#a', '#b', '#c', '#d', '#mod')
    const action = fc.oneof(
      {weight: 6, arbitrary: fc.record({channel, kind: fc.constantFrom('message' as const, 'join' as const)})},
      {weight: 2, arbitrary: fc.record({waitMs: fc.integer({min: 0, max: 5000})})},
      {weight: 1, arbitrary: fc.record({isModerator: fc.boolean()})},
    )
    const numRuns = process.env.BEHALF_TEST_LONG === '1' ? 3000 : 60
    await fc.assert(
      fc.asyncProperty(fc.array(action, {maxLength: 150}), async (actions) => {
        clock = createFakeClock()
        pace = new AccountPace(clock, LIMITS)
        sent = []
        for (const one of actions) {
          if ('waitMs' in one) await pass(one.waitMs)
          else if ('isModerator' in one) pace.noteStanding('#mod', one.isModerator)
          else submit(one.channel, one.kind)
        }
        pace.noteStanding('#mod', false)
        for (let count = 0; count < 300; count += 1) await pass(1000)
        checkWindows(sent)
        const submitted = actions.filter((one) => 'kind' in one).length
        assert.ok(sent.length === submitted || submitted > 100)
        assert.equal(pace.countWaiting(OWNER), 0)
      }),
      {numRuns},
    )
  })
})

function checkWindows(sent: readonly Sent[]): void {
  const messages = sent.filter(({kind}) => kind === 'message')
  const joins = sent.filter(({kind}) => kind === 'join')
  for (const [at, one] of messages.entries()) {
    const window = messages.slice(at).filter((other) => other.at < one.at + 30_000)
    assert.ok(window.length <= 100)
    // The last one that went where the account is nobody found fewer than 20 before it.
    const last = window.findLastIndex(({channel}) => channel !== '#mod')
    assert.ok(last < 20)
    const next = messages.slice(at + 1).find(({channel}) => channel === one.channel && channel !== '#mod')
    assert.ok(next === undefined || next.at >= one.at + 1000)
  }
  for (const [at, one] of joins.entries()) {
    assert.ok(joins.slice(at).filter((other) => other.at < one.at + 10_000).length <= 20)
  }
  for (const channel of new Set(sent.map((one) => one.channel))) {
    const orders = sent.filter((one) => one.channel === channel).map(({order}) => order)
    assert.deepEqual(
      orders,
      orders.toSorted((a, b) => a - b),
    )
  }
}
