import {describeAccount, type AccountStatus} from '../model/account-status.js'
import {BehalfError} from '../model/behalf-error.js'
import type {FlowView} from '../model/flow-view.js'
import type {Flow} from '../model/flow.js'
import type {BrokerDeps} from './broker-deps.js'
import {flowNotFound} from './leave-for-provider.js'
import {loadProvider} from './load-provider.js'

export type {FlowView}

type Deps = Pick<BrokerDeps, 'store' | 'clock' | 'providers'>

/** A flow for who started it. @throws BehalfError `flow-not-found`, also for a flow of somebody else. */
export async function readFlow(deps: Deps, flowId: string, startedBy?: string): Promise<FlowView> {
  return viewFlow(deps, await findFlowOf(deps, flowId, startedBy))
}

/** All flows, oldest first. */
export async function listFlows(deps: Deps): Promise<FlowView[]> {
  return Promise.all((await deps.store.flows.list()).map((flow) => viewFlow(deps, flow)))
}

/** @throws BehalfError `flow-not-found`, also for a flow of somebody else. */
export async function findFlowOf(
  deps: Pick<Deps, 'store'>,
  flowId: string,
  startedBy: string | undefined,
): Promise<Flow> {
  const flow = await deps.store.flows.get(flowId)
  if (flow === undefined || flow.startedBy !== startedBy) throw flowNotFound()
  return flow
}

async function viewFlow(deps: Deps, flow: Flow): Promise<FlowView> {
  const {id, provider, role, subject, createdAt, expiresAt} = flow
  const fixed = {id, provider, role, createdAt, expiresAt, ...(subject !== undefined && {subject})}
  if (flow.outcome?.kind === 'done') {
    const {account: key, created, missingScopes, cannotRefresh} = flow.outcome
    const account = await findStatus(deps, key)
    return {...fixed, state: 'done', created, missingScopes, cannotRefresh, ...(account && {account})}
  }
  if (flow.outcome) {
    const {code, message} = flow.outcome
    return {...fixed, state: 'failed', failure: {code, message}}
  }
  if (deps.clock.now() >= expiresAt) {
    return {...fixed, state: 'failed', failure: {code: 'login-failed', message: 'Nobody finished it in time.'}}
  }
  const waitsFor =
    flow.held === undefined ? (flow.pin ? 'code' : 'callback') : flow.confirm === 'code' ? 'code' : 'confirmation'
  return {...fixed, state: 'pending', waitsFor}
}

async function findStatus(deps: Deps, key: string): Promise<AccountStatus | undefined> {
  const account = await deps.store.accounts.get(key)
  if (account === undefined) return undefined
  const provider = await loadProvider(deps, account.provider).catch((error: unknown) => {
    if (error instanceof BehalfError) return undefined
    throw error
  })
  return describeAccount(account, provider, deps.clock.now())
}
