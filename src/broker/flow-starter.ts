import {BehalfError} from '../model/behalf-error.js'
import type {ApiToken} from '../model/api-token.js'
import {startingSession, type Flow} from '../model/flow.js'
import {mayServeSubject} from '../model/subject-pattern.js'
import {listSessions} from './admin-sessions.js'
import {stateOf} from './api-tokens.js'
import type {BrokerDeps} from './broker-deps.js'

type Deps = Pick<BrokerDeps, 'store' | 'clock'>

/**
 * Why a flow ends with the API token, or the session of the admin page, that started it; undefined while that may still
 * ask for it. A flow that neither started is nobody's to end.
 */
export async function findStarterGone(deps: Deps, flow: Flow): Promise<BehalfError | undefined> {
  if (flow.startedBy === undefined || (await mayStillAsk(deps, flow, flow.startedBy))) return undefined
  return new BehalfError('login-failed', 'What asked for this login may not do so any more.')
}

async function mayStillAsk(deps: Deps, flow: Flow, startedBy: string): Promise<boolean> {
  const sessionId = startingSession(flow)
  if (sessionId === undefined) {
    const apiToken = await deps.store.apiTokens.get(startedBy)
    return apiToken !== undefined && stateOf(apiToken, deps.clock.now()) === 'active' && mayServe(apiToken, flow)
  }
  const session = (await listSessions(deps)).find(({id}) => id === sessionId)
  return session !== undefined && (session.delegate === undefined || mayServe(session.delegate, flow))
}

const mayServe = (apiToken: ApiToken, {provider, subject}: Flow): boolean =>
  subject === undefined || mayServeSubject(apiToken, {provider, subject})

/** @throws BehalfError `login-failed` when a flow ends with the API token that started it. */
export async function requireStarter(deps: Deps, flow: Flow): Promise<void> {
  const why = await findStarterGone(deps, flow)
  if (why) throw why
}
