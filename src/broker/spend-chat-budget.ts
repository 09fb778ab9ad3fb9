import {
  EMPTY_CHAT_BUDGET,
  joinBudgets,
  spendBudget,
  waitForBudget,
  type ChatBudget,
  type ChatRequest,
} from '../model/chat-budget.js'
import type {BrokerDeps} from './broker-deps.js'

export interface ChatBudgetDeps {
  clock: Pick<BrokerDeps['clock'], 'now'>
  store: Pick<BrokerDeps['store'], 'chatBudgets'>
}

/**
 * Counts a line in the budget that a Twitch user has over all processes of the store, if there is room for it.
 * @param own what this process knows of it: what it sent while the store could not be asked is in no other place.
 * @returns what is known now, and whether the line may be sent.
 */
export function spendChatBudget(
  {clock, store}: ChatBudgetDeps,
  userId: string,
  request: ChatRequest,
  own: ChatBudget,
): Promise<{budget: ChatBudget; isSpent: boolean}> {
  return store.chatBudgets.update(JSON.stringify(['irc', userId]), (stored = EMPTY_CHAT_BUDGET) => {
    const now = clock.now()
    const known = joinBudgets(stored, own)
    const isSpent = waitForBudget(known, request, now) === 0
    const budget = isSpent ? spendBudget(known, request, now) : known
    return {budget, result: {budget, isSpent}}
  })
}
