import type {FlowView} from '../model/flow-view.js'
import type {AccountStatus} from '../model/account-status.js'
import type {FlowOutcome} from '../model/flow.js'

/** For the person who has just logged in. */
export const tellConnected = ({displayName, login, provider}: AccountStatus): string =>
  `You have authenticated: behalf may now act as ${displayName ?? login} at ${provider}.`

/** For the person whose login failed. Hints are commands of a shell, and not for people in a chat. */
export const tellFailed = (provider: string, {message}: Extract<FlowOutcome, {kind: 'failed'}>): string =>
  `Your login at ${provider} failed. ${message}`

/** For an operator: a line. */
export function describeFlow({id, provider, role, subject, state}: FlowView): string {
  const fate = state === 'pending' ? 'was still pending' : state === 'done' ? 'had ended well' : 'had failed or expired'
  return `Collected the flow ${id} of ${subject ?? `a ${role}`} at ${provider}, which ${fate}.`
}
