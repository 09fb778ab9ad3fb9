import assert from 'node:assert/strict'

import {EMPTY_CHAT_BUDGET} from '../../src/model/chat-budget.js'
import {EMPTY_BUDGET, type RateBudget} from '../../src/model/rate-budget.js'
import type {BudgetStore} from '../../src/store/budget-store.js'
import type {StoreUnderTest} from './store-harness.js'

const BUDGET: RateBudget = {
  taken: [1_800_000_000_000, 1_800_000_000_001],
  sequence: 7,
  meter: {limit: 800, perMinute: 799.5, points: -3.25, at: 1_800_000_000_000, blockedUntil: 1_800_000_030_000},
}

const read = (budgets: BudgetStore<RateBudget>, key: string): Promise<RateBudget | undefined> =>
  budgets.update(key, (current) => ({budget: current ?? EMPTY_BUDGET, result: current}))

const keep = (budgets: BudgetStore<RateBudget>, key: string, budget: RateBudget): Promise<void> =>
  budgets.update(key, () => ({budget, result: undefined}))

export function describeBudgets(current: () => StoreUnderTest): void {
  describe('budgets', () => {
    it('know nothing at first', async () => {
      assert.equal(await read(current().store.rateBudgets, 'made-up'), undefined)
    })

    it('are kept for every instance, whatever their kind, each for its own key', async () => {
      const {store, other} = current()
      const kinds: RateBudget[] = [BUDGET, {...EMPTY_BUDGET, sequence: 1, meter: 'none'}, EMPTY_BUDGET]
      for (const [index, budget] of kinds.entries()) await keep(store.rateBudgets, `key ${String(index)}`, budget)
      for (const [index, budget] of kinds.entries()) {
        assert.deepEqual(await read(other.rateBudgets, `key ${String(index)}`), budget)
      }
    })

    it('forget nothing of a longer one that was kept before', async () => {
      const {store, other} = current()
      const long = {...BUDGET, taken: Array.from({length: 300}, (_, index) => 1_800_000_000_000 + index)}
      await keep(store.rateBudgets, 'key', long)
      assert.deepEqual(await read(other.rateBudgets, 'key'), long)
      await keep(other.rateBudgets, 'key', BUDGET)
      assert.deepEqual(await read(store.rateBudgets, 'key'), BUDGET)
    })

    it('are changed by one at a time, in one instance and in several', async () => {
      const {store, other} = current()
      const count = (budgets: BudgetStore<RateBudget>) =>
        budgets.update('key', (budget = EMPTY_BUDGET) => {
          const sequence = budget.sequence + 1
          return {budget: {...budget, sequence}, result: sequence}
        })
      const seen = await Promise.all(
        Array.from({length: 60}, (_, index) => count((index % 2 === 0 ? store : other).rateBudgets)),
      )
      assert.equal(new Set(seen).size, 60)
      assert.equal((await read(store.rateBudgets, 'key'))?.sequence, 60)
    })

    it('of chat are kept for every instance too, beside those of rates', async () => {
      const {store, other} = current()
      const spent = [{at: 1_800_000_000_000, count: 3}]
      const chat = {message: spent, join: [], login: spent, channels: [{channel: '#a', at: 1_800_000_000_000}]}
      await keep(store.rateBudgets, 'rate', BUDGET)
      await store.chatBudgets.update('chat', () => ({budget: chat, result: undefined}))
      const read = (key: string) =>
        other.chatBudgets.update(key, (current) => ({budget: current ?? EMPTY_CHAT_BUDGET, result: current}))
      assert.deepEqual(await read('chat'), chat)
      // What is none of its kind says nothing.
      assert.equal(await read('rate'), undefined)
    })

    it('leave what is stored alone', async () => {
      const {store} = current()
      await keep(store.rateBudgets, 'key', BUDGET)
      assert.equal(await store.lastWrittenAt(), undefined)
    })
  })
}
