import type {NamedAccount} from '../../model/account-name.js'
import type {ApiToken} from '../../model/api-token.js'
import type {Clock, EpochMs} from '../../model/time.js'
import {createRecentRecords, type RecentRecords} from './recent-records.js'
import {cutText, redactText} from './redact-text.js'

/** A call of our doors that has been answered. */
export interface EndedCall {
  /** Undefined: nobody knows who called. */
  apiToken?: Pick<ApiToken, 'id' | 'name'>
  /** On whose behalf. */
  account?: NamedAccount
  method: string
  /** Without its query, which may hold anything. */
  path: string
  status: number
  /** Why it failed, where the failure was ours to tell. */
  code?: string
  durationMs: number
  userAgent?: string
}

/** What happened to a connection of a chat client. */
export interface ChatEvent extends Pick<EndedCall, 'apiToken' | 'account' | 'code'> {
  event: 'opened' | 'refused' | 'closed'
  /** Why it was refused or cut, in words. */
  message?: string
  /** How long it was open. */
  durationMs?: number
}

/** What is told of either. All but ids, numbers and our own words is text of others, without secrets and cut. */
export interface ActivityEntry {
  /** Counts up: later entries have larger ones, also than those of an earlier process. */
  sequence: number
  at: EpochMs
  apiToken?: {id: string; name: string}
  account?: NamedAccount
  what: {kind: 'call'; method: string; path: string; status: number} | {kind: 'chat'; event: ChatEvent['event']}
  code?: string
  message?: string
  durationMs?: number
  userAgent?: string
}

/** What the daemon remembers of calls, in memory alone and only of the last ones. */
export interface Activity {
  noteCall(call: EndedCall): void
  noteChat(event: ChatEvent): void
  /** What has come after that entry and is still remembered, the latest first. Without one: all. */
  since(sequence?: number): ActivityEntry[]
}

/** Of callers that are known. */
const MOST_KNOWN = 500
/** Of strangers: however often they knock, what is known of others stays. */
const MOST_STRANGERS = 100
/** What a stranger was told that is worth knowing. Pages that are for everyone are not. */
const REFUSALS: ReadonlySet<number> = new Set([401, 403, 404])

/** More of a path or a user agent is not kept, and less of it is told. */
const LONGEST_KEPT = 512
const LONGEST_PATH = 200
const LONGEST_USER_AGENT = 120

/** A thousand calls a millisecond would be too many. */
const SEQUENCES_PER_MS = 1000

/** Notes every call, so it does next to nothing with it: what takes time is done for who looks. */
export function createActivity({clock}: {clock: Pick<Clock, 'now'>}): Activity {
  const known = createRecentRecords<ActivityEntry>(MOST_KNOWN)
  const strangers = createRecentRecords<ActivityEntry>(MOST_STRANGERS)
  let sequence = clock.now() * SEQUENCES_PER_MS

  function keep(
    records: RecentRecords<ActivityEntry>,
    what: ActivityEntry['what'],
    {apiToken, account, code, message, durationMs, userAgent}: Partial<EndedCall & ChatEvent>,
  ): void {
    sequence += 1
    records.add({
      sequence,
      at: clock.now(),
      what,
      ...(account && {account}),
      ...(userAgent !== undefined && {userAgent: userAgent.length > LONGEST_KEPT ? copyOf(userAgent) : userAgent}),
      ...(apiToken && {apiToken: {id: apiToken.id, name: apiToken.name}}),
      ...(code !== undefined && {code}),
      ...(message !== undefined && {message: cutText(message, LONGEST_KEPT)}),
      ...(durationMs !== undefined && {durationMs}),
    })
  }

  return {
    noteCall(call) {
      if (!call.apiToken && !REFUSALS.has(call.status)) return
      const {method, status} = call
      keep(call.apiToken ? known : strangers, {kind: 'call', method, path: copyOf(call.path), status}, call)
    },
    noteChat(event) {
      keep(event.apiToken ? known : strangers, {kind: 'chat', event: event.event}, event)
    },
    since: (after = 0) =>
      [...known.since(after), ...strangers.since(after)].sort((a, b) => b.sequence - a.sequence).map(tell),
  }
}

/** What V8 cuts out of a text holds on to all of it: here, to the query. What HTTP brings is Latin-1, and quickly copied. */
const copyOf = (text: string): string =>
  text.length > LONGEST_KEPT
    ? Buffer.from(cutText(text, LONGEST_KEPT)).toString()
    : Buffer.from(text, 'latin1').toString('latin1')

function tell({userAgent, message, what, ...rest}: ActivityEntry): ActivityEntry {
  return {
    ...rest,
    what: what.kind === 'call' ? {...what, path: cut(redactText(what.path), LONGEST_PATH)} : what,
    ...(userAgent !== undefined && {userAgent: cut(redactText(userAgent), LONGEST_USER_AGENT)}),
    ...(message !== undefined && {message: redactText(message)}),
  }
}

const cut = (text: string, most: number): string => (text.length <= most ? text : `${text.slice(0, most - 1)}…`)
