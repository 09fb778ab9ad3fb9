/** Gets what is kept of a budget, undefined where nothing is known; returns what to keep, and what the caller gets. */
export type BudgetChange<B, T> = (current: B | undefined) => {budget: B; result: T}

/**
 * How much of an API's limits is left, for all processes that share the store. Soft state: it may be lost at any time,
 * and then nothing is known. It never fails: where a budget cannot be kept it is shared in this process alone.
 */
export interface BudgetStore<B> {
  /** Changes the budget of a key, one caller at a time among all processes. */
  update<T>(key: string, change: BudgetChange<B, T>): Promise<T>
}

/** How a kind of budget is written. */
export interface BudgetRecord<B> {
  format(budget: B): string
  /** What cannot be understood says nothing. */
  parse(text: string): B | undefined
}
