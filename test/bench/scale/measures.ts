import {authorizeCaller, readForRequest, type CallerInput} from '../../../src/broker/authorize-caller.js'
import {findNamedAccount} from '../../../src/broker/find-named-account.js'
import {getFreshToken} from '../../../src/broker/get-fresh-token.js'
import type {DaemonDeps} from '../../../src/daemon/daemon-deps.js'
import {ProviderLane} from '../../../src/daemon/schedule/provider-lane.js'
import type {ScheduledWork} from '../../../src/daemon/schedule/scheduled-work.js'
import type {Clock} from '../../../src/model/time.js'
import {botId, botLogin, subjectOf, type FilledStore} from './filled-store.js'

/** Does one thing at a filled store, each time about another account. */
export interface Measure {
  name: string
  /** How often it is timed. */
  rounds: number
  prepare(filled: FilledStore): (round: number) => Promise<unknown>
}

/** Spread over all accounts, and never the same for long. */
const spread = (round: number, {count}: FilledStore): number => (round * 7919) % count
const botAt = (round: number, filled: FilledStore): number => spread(round, filled) & ~1
const userAt = (round: number, filled: FilledStore): number => spread(round, filled) | 1

/** All that is asked of the store before a call is passed on: who asks, whom as, and with which token. */
async function checkCall({deps, provider}: FilledStore, apiToken: string, actAs: string): Promise<void> {
  const input: CallerInput = {authorization: [`Bearer ${apiToken}`], actAs: [[actAs]]}
  const reads = {...deps, store: readForRequest(deps, input)}
  const wanted = {kind: 'call', provider: provider.name, isHelix: true, method: 'GET', segments: ['users']} as const
  const {account} = await authorizeCaller(reads, input, wanted)
  await getFreshToken(deps, account?.key ?? '', 0, reads)
}

/** The schedule's look at a provider where nothing is due, and at who needs a login. */
function prepareTick({deps, provider}: FilledStore): () => Promise<unknown> {
  const nobody = (): never => {
    throw new Error('Nothing was to be due')
  }
  const work = {refresh: nobody, validate: nobody} as unknown as ScheduledWork
  // A daemon that has run since before the accounts were validated.
  let startedAt: number | undefined = 0
  const clock: Clock = {...deps.clock, now: () => startedAt ?? deps.clock.now()}
  const laneDeps = {...deps, clock, settings: {refreshRate: 10}} as unknown as DaemonDeps
  const lane = new ProviderLane(laneDeps, provider.name, {work, wake: nobody})
  startedAt = undefined
  return async () => {
    await lane.look(provider, {dueMatters: true})
    await deps.store.accounts.stranded()
  }
}

export const MEASURES: readonly Measure[] = [
  {
    name: 'lookup by login',
    rounds: 1000,
    prepare: (filled) => (round) => findNamedAccount(filled.deps, botLogin(botAt(round, filled))),
  },
  {
    name: 'lookup by id',
    rounds: 1000,
    prepare: (filled) => (round) => findNamedAccount(filled.deps, `id:${botId(botAt(round, filled))}`),
  },
  {
    name: 'lookup by subject',
    rounds: 1000,
    prepare: (filled) => (round) => findNamedAccount(filled.deps, `subject:${subjectOf(userAt(round, filled))}`),
  },
  {
    name: 'passthrough check of a bot',
    rounds: 1000,
    prepare: (filled) => (round) => checkCall(filled, filled.apiTokens.any, botLogin(botAt(round, filled))),
  },
  {
    name: 'passthrough check of a chat user',
    rounds: 1000,
    prepare: (filled) => (round) =>
      checkCall(filled, filled.apiTokens.users, `subject:${subjectOf(userAt(round, filled))}`),
  },
  {name: 'schedule tick with nothing due', rounds: 300, prepare: prepareTick},
]
