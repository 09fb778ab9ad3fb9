import {BehalfError} from '../model/behalf-error.js'
import type {Flow} from '../model/flow.js'
import {mayServeSubject} from '../model/subject-pattern.js'
import {stateOf} from './api-tokens.js'
import type {BrokerDeps} from './broker-deps.js'

type Deps = Pick<BrokerDeps, 'store' | 'clock'>

/**
 * Why a flow ends with the API token that started it; undefined while that may still ask for it. A flow that no API token
 * started is nobody's to end.
 */
export async function findStarterGone(
  {store, clock}: Deps,
  {startedBy, provider, subject}: Flow,
): Promise<BehalfError | undefined> {
  if (startedBy === undefined) return undefined
  const apiToken = await store.apiTokens.get(startedBy)
  const isActive = apiToken !== undefined && stateOf(apiToken, clock.now()) === 'active'
  if (isActive && (subject === undefined || mayServeSubject(apiToken, {provider, subject}))) return undefined
  return new BehalfError('login-failed', 'What asked for this login may not do so any more.')
}

/** @throws BehalfError `login-failed` when a flow ends with the API token that started it. */
export async function requireStarter(deps: Deps, flow: Flow): Promise<void> {
  const why = await findStarterGone(deps, flow)
  if (why) throw why
}
