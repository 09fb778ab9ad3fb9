import {SECOND_MS, type EpochMs} from './time.js'

/** What counts towards a limit of Twitch's chat (facts of Twitch 6.7). */
export type ChatKind = 'message' | 'join' | 'login'

/** What an account has sent of late over all its connections, in whatever process. The oldest comes first. */
export type ChatBudget = Record<ChatKind, readonly ChatSpending[]> & {
  /** The last message to each channel where the account is nobody. */
  readonly channels: readonly {readonly channel: string; readonly at: EpochMs}[]
}

export interface ChatSpending {
  /** The end of the tenth of a second in which it was spent. */
  readonly at: EpochMs
  readonly count: number
}

/** What is to be sent in one line. */
export interface ChatRequest {
  kind: ChatKind
  count: number
  /** How many of its kind there may be in a window. */
  limit: number
  /** Those of its channels where the account is nobody. */
  commonChannels: readonly string[]
}

/** A line may take longer on its way to Twitch than the one before it. */
const SLACK_MS = SECOND_MS
const WINDOWS_MS: Record<ChatKind, number> = {
  message: 30 * SECOND_MS + SLACK_MS,
  join: 10 * SECOND_MS + SLACK_MS,
  login: 10 * SECOND_MS + SLACK_MS,
}
/** In a channel where the account is nobody, there is one message a second. */
const CHANNEL_MS = 1.1 * SECOND_MS
/** What is spent in so much time is one entry, however much it is. */
const GRAIN_MS = SECOND_MS / 10

export const EMPTY_CHAT_BUDGET: ChatBudget = {message: [], join: [], login: [], channels: []}

/** How long to wait until a line may be sent; Infinity: it never may. */
export function waitForBudget(budget: ChatBudget, request: ChatRequest, now: EpochMs): number {
  const {kind, commonChannels} = request
  const last =
    commonChannels.length === 0 ? [] : budget.channels.filter(({channel}) => commonChannels.includes(channel))
  const waits = last.filter(({at}) => isRecent(at, CHANNEL_MS, now)).map(({at}) => at + CHANNEL_MS - now)
  return Math.max(0, ...waits, waitForWindow(budget[kind], WINDOWS_MS[kind], request, now))
}

function waitForWindow(
  spent: readonly ChatSpending[],
  windowMs: number,
  {count, limit}: ChatRequest,
  now: EpochMs,
): number {
  if (count > limit) return Infinity
  const recent = spent.filter(({at}) => isRecent(at, windowMs, now))
  let over = recent.reduce((sum, one) => sum + one.count, count) - limit
  if (over <= 0) return 0
  const lastInTheWay = recent.find((one) => (over -= one.count) <= 0)
  return lastInTheWay ? lastInTheWay.at + windowMs - now : Infinity
}

/** Counts a line as sent. What is too old to matter is forgotten. */
export function spendBudget(budget: ChatBudget, {kind, count, commonChannels}: ChatRequest, now: EpochMs): ChatBudget {
  const at = Math.ceil(now / GRAIN_MS) * GRAIN_MS
  const recent = forgetOld(budget, now)
  const same = recent[kind].find((one) => one.at === at)
  const others = recent[kind].filter((one) => one !== same)
  return {
    ...recent,
    [kind]: [...others, {at, count: count + (same?.count ?? 0)}],
    channels: [
      ...recent.channels.filter(({channel}) => !commonChannels.includes(channel)),
      ...commonChannels.map((channel) => ({channel, at: now})),
    ],
  }
}

/**
 * What is known from two sides, of which each may have missed something that the other has not: the store, and a process
 * that could not ask it for a while.
 */
export function joinBudgets(one: ChatBudget, other: ChatBudget): ChatBudget {
  if (one === other) return one
  return {
    message: joinSpendings(one.message, other.message),
    join: joinSpendings(one.join, other.join),
    login: joinSpendings(one.login, other.login),
    channels: highest(
      [...one.channels, ...other.channels],
      ({channel}) => channel,
      ({at}) => at,
    ),
  }
}

const joinSpendings = (one: readonly ChatSpending[], other: readonly ChatSpending[]): ChatSpending[] =>
  highest(
    [...one, ...other],
    ({at}) => at,
    ({count}) => count,
  ).sort((a, b) => a.at - b.at)

/** Of those with the same key the one whose figure is highest. */
function highest<T>(all: readonly T[], keyOf: (one: T) => unknown, figureOf: (one: T) => number): T[] {
  const kept = new Map<unknown, T>()
  for (const one of all) {
    const present = kept.get(keyOf(one))
    if (!present || figureOf(present) < figureOf(one)) kept.set(keyOf(one), one)
  }
  return [...kept.values()]
}

function forgetOld(budget: ChatBudget, now: EpochMs): ChatBudget {
  const keep = (kind: ChatKind) => budget[kind].filter(({at}) => isRecent(at, WINDOWS_MS[kind], now))
  return {
    message: keep('message'),
    join: keep('join'),
    login: keep('login'),
    channels: budget.channels.filter(({at}) => isRecent(at, CHANNEL_MS, now)),
  }
}

/** A time further ahead than that was noted by a clock that was wrong. */
const isRecent = (at: EpochMs, windowMs: number, now: EpochMs): boolean => Math.abs(now - at) < windowMs
