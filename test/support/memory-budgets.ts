import type {BudgetStore} from '../../src/store/budget-store.js'

/** Budgets in memory, for tests in which a clock stands still. As those of a store, asked one after the other. */
export function createMemoryBudgets<B>(): BudgetStore<B> {
  const kept = new Map<string, B>()
  return {
    async update(key, change) {
      await Promise.resolve()
      const {budget, result} = change(kept.get(key))
      kept.set(key, budget)
      return result
    },
  }
}
