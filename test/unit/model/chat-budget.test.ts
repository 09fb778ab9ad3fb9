import assert from 'node:assert/strict'

import {
  EMPTY_CHAT_BUDGET,
  joinBudgets,
  spendBudget,
  waitForBudget,
  type ChatBudget,
  type ChatRequest,
} from '../../../src/model/chat-budget.js'

const NOW = 1_800_000_000_000
const JOIN: ChatRequest = {kind: 'join', count: 1, limit: 20, commonChannels: []}
const MESSAGE: ChatRequest = {kind: 'message', count: 1, limit: 20, commonChannels: ['#a']}

function spend(times: number, request: ChatRequest, at: number, budget: ChatBudget = EMPTY_CHAT_BUDGET): ChatBudget {
  return Array.from({length: times}).reduce<ChatBudget>((spent) => spendBudget(spent, request, at), budget)
}

describe('a budget of chat', () => {
  it('is used up by so many, and free again when the oldest are out of the window', () => {
    const budget = spend(10, JOIN, NOW + 5000, spend(10, JOIN, NOW))
    assert.equal(waitForBudget(budget, JOIN, NOW + 5000), 6000)
    assert.equal(waitForBudget(budget, {...JOIN, count: 11}, NOW + 5000), 11_000)
    assert.equal(waitForBudget(budget, {...JOIN, count: 10}, NOW + 11_000), 0)
  })

  it('is never enough for what is more than the limit', () => {
    assert.equal(waitForBudget(EMPTY_CHAT_BUDGET, {...JOIN, count: 21}, NOW), Infinity)
  })

  it('has one window for all messages, whatever their limit', () => {
    const budget = spend(19, {...MESSAGE, commonChannels: []}, NOW)
    assert.equal(waitForBudget(budget, MESSAGE, NOW), 0)
    assert.equal(waitForBudget(budget, {...MESSAGE, count: 2}, NOW), 31_000)
    assert.equal(waitForBudget(budget, {...MESSAGE, limit: 100, count: 81}, NOW), 0)
    assert.equal(waitForBudget(budget, JOIN, NOW), 0)
  })

  it('has a second between two messages for a channel where the account is nobody', () => {
    const budget = spend(1, MESSAGE, NOW)
    assert.equal(waitForBudget(budget, {...MESSAGE, commonChannels: ['#b', '#a']}, NOW + 100), 1000)
    assert.equal(waitForBudget(budget, {...MESSAGE, commonChannels: ['#b']}, NOW + 100), 0)
    assert.equal(waitForBudget(budget, MESSAGE, NOW + 1100), 0)
  })

  it('stays small, however much is spent', () => {
    let budget = EMPTY_CHAT_BUDGET
    for (let at = NOW; at < NOW + 60_000; at += 4) budget = spendBudget(budget, {...MESSAGE, limit: 7500}, at)
    assert.ok(budget.message.length <= 311)
    assert.equal(budget.channels.length, 1)
    assert.ok(waitForBudget(budget, {...MESSAGE, limit: 7500}, NOW + 60_000) > 0)
  })

  it('counts nothing that was noted by a clock that was wrong', () => {
    const budget = spend(20, MESSAGE, NOW + 3_600_000)
    assert.equal(waitForBudget(budget, MESSAGE, NOW), 0)
  })

  describe('that is known from two sides', () => {
    it('is all that either knows, and what both know once', () => {
      const common = spend(5, JOIN, NOW)
      const here = spend(3, JOIN, NOW + 1000, common)
      const there = spend(4, JOIN, NOW + 500, common)
      const joined = joinBudgets(here, there)
      assert.equal(waitForBudget(joined, {...JOIN, count: 8}, NOW + 1000), 0)
      assert.equal(waitForBudget(joined, {...JOIN, count: 9}, NOW + 1000), 10_000)
      assert.deepEqual(
        joined.join.map(({at}) => at - NOW),
        [0, 500, 1000],
      )
    })

    it('has the later message of each channel', () => {
      const joined = joinBudgets(spend(1, MESSAGE, NOW), spend(1, MESSAGE, NOW + 500))
      assert.equal(waitForBudget(joined, MESSAGE, NOW + 500), 1100)
    })
  })
})
