import assert from 'node:assert/strict'
import {setImmediate as turn} from 'node:timers/promises'

import fc from 'fast-check'

import {AccountPace} from '../../../../src/daemon/irc/account-pace.js'
import type {PacedLine} from '../../../../src/daemon/irc/waiting-lines.js'
import {EMPTY_CHAT_BUDGET, type ChatBudget} from '../../../../src/model/chat-budget.js'
import type {BudgetStore} from '../../../../src/store/budget-store.js'
import {createFakeClock, type FakeClock} from '../../../support/fake-clock.js'
import {createMemoryBudgets} from '../../../support/memory-budgets.js'

const LIMITS = {messages: 20, privilegedMessages: 100, joins: 20, logins: 20}
const OWNER = {}

interface Sent {
  at: number
  owner: object
  channel: string
  kind: PacedLine['kind']
  order: number
}

describe('AccountPace', () => {
  let clock: FakeClock
  let budgets: BudgetStore<ChatBudget>
  let pace: AccountPace
  let sent: Sent[]
  beforeEach(() => {
    clock = createFakeClock()
    budgets = createMemoryBudgets()
    pace = open()
    sent = []
  })
  /** Each daemon has one. */
  const open = (limits = LIMITS) => new AccountPace({clock, store: {chatBudgets: budgets}}, '2001', limits)

  /** What the store knows. */
  const known = () =>
    budgets.update(JSON.stringify(['irc', '2001']), (budget = EMPTY_CHAT_BUDGET) => ({budget, result: budget}))

  type State = 'asked' | 'sent' | 'waits' | 'full'

  /** What becomes of a line: what is not settled at once is so after a turn. */
  function follow(line: Omit<PacedLine, 'send' | 'onWait'>, onSend?: () => void, through = pace): {state: State} {
    const followed: {state: State} = {state: 'asked'}
    const isTaken = through.submit({
      ...line,
      send() {
        followed.state = 'sent'
        onSend?.()
      },
      onWait: () => void (followed.state = 'waits'),
    })
    if (!isTaken) followed.state = 'full'
    return followed
  }

  let order = 0
  function submit(
    channel: string,
    kind: PacedLine['kind'] = 'message',
    owner: object = OWNER,
    apiTokenId = 'one',
    through = pace,
  ) {
    order += 1
    const own = order
    const send = (): void => void sent.push({at: clock.now(), owner, channel, kind, order: own})
    return follow({owner, apiTokenId, kind, channels: [channel]}, send, through)
  }
  async function statesOf(...followed: {state: State}[]): Promise<State[]> {
    await turn()
    return followed.map(({state}) => state)
  }
  async function pass(ms: number): Promise<void> {
    clock.advance(ms)
    await turn()
  }

  it('lets one message a second into a channel where the account is nobody', async () => {
    assert.deepEqual(await statesOf(submit('#a'), submit('#a'), submit('#b')), ['sent', 'waits', 'sent'])
    await pass(1000)
    assert.equal(sent.length, 2)
    await pass(100)
    assert.equal(sent.length, 3)
  })

  it('holds up nothing behind a channel that waits but what is for that channel, of the same connection', async () => {
    submit('#a')
    assert.deepEqual(await statesOf(submit('#a'), submit('#a', 'free'), submit('#b'), submit('#a', 'free', {})), [
      'waits',
      'waits',
      'sent',
      'sent',
    ])
  })

  it('sends what has to wait for a moment at its time, though others wait longer', async () => {
    for (let count = 0; count < 21; count += 1) submit(`#join${String(count)}`, 'join')
    submit('#a')
    submit('#a')
    await turn()
    await pass(1100)
    assert.equal(channelsOf(sent).filter((channel) => channel === '#a').length, 2)
    assert.equal(sent.length, 22)
    await pass(9900)
    assert.equal(channelsOf(sent).at(-1), '#join20')
  })

  it('counts a line that names no channel', async () => {
    const line = {owner: OWNER, apiTokenId: 'one', kind: 'message' as const, channels: []}
    const lines = Array.from({length: 21}, () => follow(line))
    assert.deepEqual(await statesOf(...lines), [...Array.from({length: 20}, () => 'sent'), 'waits'])
  })

  it('keeps 100 lines of a connection waiting, and no more', async () => {
    for (let count = 0; count <= 100; count += 1) {
      submit('#a')
      await turn()
    }
    assert.deepEqual(await statesOf(submit('#b'), submit('#b', 'message', {})), ['full', 'sent'])
  })

  it('keeps a thousand joins of a connection waiting', async () => {
    const joins = Array.from({length: 1000}, (_, at) => submit(`#room${String(at)}`, 'join'))
    const states = await statesOf(...joins)
    assert.equal(states.filter((state) => state === 'waits').length, 980)
    for (let more = 0; more < 20; more += 1) submit(`#more${String(more)}`, 'join')
    assert.equal(submit('#too-much', 'join').state, 'full')
    for (let seconds = 0; seconds < 600; seconds += 11) await pass(11_000)
    assert.equal(sent.length, 1020)
  })

  it('keeps lines of another kind beside them, and what has nothing of its own before it goes at once', async () => {
    submit('#a')
    await turn()
    for (let count = 0; count < 100; count += 1) submit('#a')
    assert.equal(submit('#elsewhere', 'free').state, 'sent')
    for (let count = 0; count < 100; count += 1) assert.equal(submit('#a', 'free').state, 'waits')
    assert.equal(submit('#a', 'free').state, 'full')
    for (let count = 0; count < 120; count += 1) assert.notEqual(submit(`#room${String(count)}`, 'join').state, 'full')
  })

  it('looks at no limit for what goes at once, or behind its own, however much waits', async () => {
    const owners = Array.from({length: 20}, () => ({}))
    submit('#a')
    await turn()
    for (let count = 0; count <= 100; count += 1) for (const owner of owners) submit('#a', 'message', owner)
    let looks = 0
    const now = clock.now()
    clock.now = () => {
      looks += 1
      return now
    }
    const free = {owner: OWNER, apiTokenId: 'one', kind: 'free' as const, channels: ['#elsewhere']}
    for (let count = 0; count < 1000; count += 1) follow(free)
    for (const owner of owners) submit('#a', 'free', owner)
    for (const owner of owners) assert.equal(submit('#b', 'message', owner).state, 'full')
    assert.equal(looks, 0)
  })

  it('reads no channel of what waits already, however many those are', async () => {
    let reads = 0
    const wide = Array.from({length: 100}, (_, at) => `#x${String(at)}`)
    const channels = new Proxy(['#a', ...wide.slice(1)], {
      get: (list, name) => {
        reads += 1
        return Reflect.get(list, name) as unknown
      },
    })
    const line = {owner: OWNER, apiTokenId: 'one', kind: 'free' as const, channels}
    submit('#a')
    submit('#a')
    await turn()
    for (let count = 0; count < 100; count += 1) assert.equal(follow(line).state, 'waits')
    reads = 0
    for (let count = 0; count < 100; count += 1) assert.equal(submit(`#y${String(count)}`, 'free').state, 'sent')
    assert.equal(reads, 0)
  })

  it('keeps no list of more than 100 channels waiting, and lets one go that need not wait', async () => {
    const channels = Array.from({length: 101}, (_, at) => `#x${String(at)}`)
    const line = {owner: OWNER, apiTokenId: 'one', kind: 'free' as const, channels}
    assert.equal(follow(line).state, 'sent')
    submit('#x100')
    submit('#x100')
    await turn()
    assert.equal(follow(line).state, 'full')
    assert.equal(follow({...line, channels: channels.slice(1)}).state, 'waits')
  })

  it('sends nothing of a connection that has ended', async () => {
    submit('#a')
    submit('#a')
    await turn()
    pace.drop(OWNER)
    await pass(60_000)
    assert.deepEqual([sent.length, clock.sleeping], [1, 0])
  })

  it('lets no more logins pass than there may be, the rest in order, and forgets who gave up', async () => {
    const gaveUp = new AbortController()
    let passed = 0
    for (let count = 0; count < 20; count += 1) await pace.awaitLogin('one', new AbortController().signal)
    const lost = pace.awaitLogin('one', gaveUp.signal)
    const kept = pace.awaitLogin('one', new AbortController().signal).then(() => (passed += 1))
    gaveUp.abort(new Error('gave up'))
    await assert.rejects(lost, /gave up/)
    assert.equal(passed, 0)
    await pass(11_000)
    await kept
    assert.equal(passed, 1)
  })

  it('takes API tokens in turn, and of each the oldest first, however many connections one has', async () => {
    for (let count = 0; count < 20; count += 1) submit(`#before${String(count)}`)
    await turn()
    const [first, second, other] = [{}, {}, {}]
    for (let count = 0; count < 60; count += 1) submit(`#a${String(count)}`, 'message', count % 2 ? second : first)
    for (let count = 0; count < 3; count += 1) submit(`#b${String(count)}`, 'message', other, 'other')
    sent = []
    await pass(31_000)
    assert.deepEqual(channelsOf(sent).slice(0, 8), ['#b0', '#a0', '#b1', '#a1', '#b2', '#a2', '#a3', '#a4'])
    assert.equal(sent.length, 20)
  })

  it('remembers whose turn it is while it has no line that waits, for each kind by itself', async () => {
    pace = open({...LIMITS, messages: 1, joins: 1})
    const [flood, brief] = [{}, {}]
    for (let count = 0; count < 5; count += 1) submit(`#a${String(count)}`, 'message', flood)
    for (let count = 0; count < 9; count += 1) submit(`#join${String(count)}`, 'join', flood)
    await turn()
    for (let count = 0; count < 6; count += 1) {
      // Who has one line at a time has no more right to the next turn for that.
      if (pace.countWaiting(brief) === 0) submit(`#b${String(count)}`, 'message', brief, 'other')
      await pass(31_000)
    }
    const messages = sent.filter(({kind}) => kind === 'message')
    assert.deepEqual(channelsOf(messages), ['#a0', '#b0', '#a1', '#b1', '#a2', '#b3', '#a3'])
  })

  it('takes them in turn for joins and logins too', async () => {
    for (let count = 0; count < 60; count += 1) submit(`#a${String(count)}`, 'join')
    submit('#b', 'join', {}, 'other')
    const passed: string[] = []
    const logIn = (apiTokenId: string) =>
      pace.awaitLogin(apiTokenId, new AbortController().signal).then(() => passed.push(apiTokenId))
    for (let count = 0; count < 60; count += 1) void logIn('one')
    void logIn('other')
    await pass(0)
    assert.deepEqual([sent.length, passed.length], [20, 20])
    await pass(11_000)
    assert.ok(channelsOf(sent).includes('#b'))
    assert.ok(passed.includes('other'))
    assert.deepEqual([sent.length, passed.length], [40, 40])
  })

  it('has room for a list of joins while nobody waits to join', async () => {
    const list = {owner: OWNER, apiTokenId: 'one', kind: 'join' as const, channels: ['#x', '#y'], send: () => undefined}
    assert.equal(pace.hasRoomFor(list), true)
    for (let count = 0; count < 21; count += 1) submit(`#a${String(count)}`, 'join', {}, 'other')
    await turn()
    clock.advanceWall(11_000)
    assert.equal(pace.hasRoomFor(list), false)
  })

  it('shares its budget with every other daemon, and tells whom that makes wait', async () => {
    const elsewhere = open()
    for (let count = 0; count < 20; count += 1) submit(`#a${String(count)}`, 'message', OWNER, 'one', elsewhere)
    await turn()
    assert.deepEqual(await statesOf(submit('#b'), submit('#c', 'join')), ['waits', 'sent'])
    await pass(31_000)
    assert.equal(channelsOf(sent).at(-1), '#b')
  })

  it('shares the second between two messages in a channel', async () => {
    submit('#a', 'message', OWNER, 'one', open())
    await turn()
    assert.deepEqual(await statesOf(submit('#a')), ['waits'])
    await pass(1100)
    assert.equal(sent.length, 2)
  })

  it('keeps to what it has sent itself where the store has lost it', async () => {
    for (let count = 0; count < 20; count += 1) submit(`#a${String(count)}`)
    await turn()
    await budgets.update(JSON.stringify(['irc', '2001']), () => ({budget: EMPTY_CHAT_BUDGET, result: undefined}))
    assert.deepEqual(await statesOf(submit('#b')), ['waits'])
    await pass(31_000)
    assert.equal(sent.length, 21)
  })

  it('counts each line once, also where one comes in the moment in which another may go', async () => {
    for (let count = 0; count < 21; count += 1) submit(`#a${String(count)}`, 'join')
    await turn()
    clock.advance(11_000)
    submit('#b', 'join')
    await turn()
    assert.equal(sent.length, 22)
    const {join} = await known()
    assert.equal(
      join.reduce((sum, {count}) => sum + count, 0),
      2,
    )
  })

  it('tells who has to wait of it while another speaks without an end', async () => {
    pace = open({...LIMITS, messages: 100_000})
    let isTalking = true
    const talk = (): void => {
      if (isTalking) pace.submit({...talker, channels: [`#${String((order += 1))}`], send: () => queueMicrotask(talk)})
    }
    const talker = {owner: {}, apiTokenId: 'other', kind: 'message' as const}
    talk()
    talk()
    const joins = Array.from({length: 30}, (_, index) => submit(`#j${String(index)}`, 'join'))
    for (let count = 0; count < 500; count += 1) await Promise.resolve()
    const states = joins.map(({state}) => state)
    isTalking = false
    await turn()
    assert.deepEqual(states, [...Array<string>(20).fill('sent'), ...Array<string>(10).fill('waits')])
  })

  it('remembers no name that is none, but counts its message', async () => {
    const long = `#${'x'.repeat(7900)}`
    assert.deepEqual(await statesOf(submit(long)), ['sent'])
    const {message, channels} = await known()
    assert.deepEqual([message.map(({count}) => count), channels], [[1], []])
  })

  it('sends nothing whose connection ended while the store was asked', async () => {
    const lines = [submit('#a'), submit('#b', 'message', {})]
    pace.drop(OWNER)
    assert.deepEqual(await statesOf(...lines), ['asked', 'sent'])
  })

  it('never sends more than Twitch takes in any window, and all of it in the order of each channel', async () => {
    const channel = fc.constantFrom('#a', '#b', '#c', '#d', '#mod')
    const owners = [OWNER, {}, {}]
    const kind = fc.constantFrom('message' as const, 'join' as const)
    const action = fc.oneof(
      {weight: 6, arbitrary: fc.record({channel, kind, from: fc.nat(owners.length - 1)})},
      {weight: 2, arbitrary: fc.record({waitMs: fc.integer({min: 0, max: 5000})})},
      {weight: 1, arbitrary: fc.record({isModerator: fc.boolean()})},
    )
    const numRuns = process.env.BEHALF_TEST_LONG === '1' ? 3000 : 60
    await fc.assert(
      fc.asyncProperty(fc.array(action, {maxLength: 150}), async (actions) => {
        clock = createFakeClock()
        budgets = createMemoryBudgets()
        // Two daemons, and one account that speaks through both.
        pace = open()
        const elsewhere = open()
        sent = []
        for (const one of actions) {
          if ('waitMs' in one) await pass(one.waitMs)
          else if ('isModerator' in one)
            for (const each of [pace, elsewhere]) each.noteStanding('#mod', one.isModerator)
          else
            submit(
              one.channel,
              one.kind,
              owners[one.from],
              one.from === 0 ? 'one' : 'other',
              one.from === 2 ? elsewhere : pace,
            )
        }
        for (const each of [pace, elsewhere]) each.noteStanding('#mod', false)
        for (let count = 0; count < 300; count += 1) await pass(1000)
        checkWindows(sent)
        const submitted = actions.filter((one) => 'kind' in one).length
        assert.ok(sent.length === submitted || submitted > 100)
        for (const owner of owners) assert.equal(pace.countWaiting(owner) + elsewhere.countWaiting(owner), 0)
      }),
      {numRuns},
    )
  })
})

const channelsOf = (sent: readonly Sent[]): string[] => sent.map(({channel}) => channel)

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
  for (const {owner, channel} of sent) {
    const orders = sent.filter((one) => one.owner === owner && one.channel === channel).map(({order}) => order)
    assert.deepEqual(
      orders,
      orders.toSorted((a, b) => a - b),
    )
  }
}
