import {showAccountOf} from '../../../broker/accounts.js'
import {startFlow, type StartFlowInput} from '../../../broker/start-flow.js'
import type {AccountStatus} from '../../../model/account-status.js'
import {BehalfError} from '../../../model/behalf-error.js'
import {sessionStarter} from '../../../model/flow.js'
import {checkMayServe} from '../../api/check-may-serve.js'
import {hasTooManyFlows} from '../../api/has-too-many-flows.js'
import type {Admin, AdminContext} from '../admin-env.js'
import {pageOriginOf} from '../page-origin.js'
import {findSeenAccount} from './account-sight.js'
import {canLogInHere} from './login-kinds.js'
import {LOGIN_PATH} from './login-path.js'

/** Begins a login, and leads on to the page that says how far it has come. */
export async function begin(
  {deps}: Admin,
  context: AdminContext,
  asked: Pick<StartFlowInput, 'provider' | 'role' | 'subject' | 'scopes' | 'expect'>,
): Promise<{goTo: string}> {
  const startedBy = sessionStarter(context.get('session').id)
  if (await hasTooManyFlows(deps, startedBy)) {
    throw new BehalfError('refused', 'Too many logins wait for their people.', {hint: 'Wait ten minutes.'})
  }
  const {flowId} = await startFlow(
    {...deps, flowPlace: deps.flowPages},
    {
      ...asked,
      startPage: true,
      startedBy,
      returnTo: new URL(LOGIN_PATH, pageOriginOf(context, deps)).href,
    },
  )
  return {goTo: loginHref(flowId)}
}

/** The same for an account that is there: nobody else may come back. */
export async function beginAgain(admin: Admin, context: AdminContext, key: string): Promise<{goTo: string}> {
  const {deps} = admin
  const session = context.get('session')
  await findSeenAccount(deps, session, key)
  const account = await showAccountOf(deps, key)
  if (!canLogInHere(account)) throw notByLogin(account)
  const {provider, subject, userId, role} = account
  if (subject === undefined && role !== 'user') {
    return begin(admin, context, {provider, role, expect: `id:${userId}`})
  }
  if (session.delegate && subject !== undefined) checkMayServe(session.delegate, provider, subject)
  return begin(admin, context, {provider, expect: userId, ...(subject !== undefined && {subject})})
}

const loginHref = (flowId: string): string => `${LOGIN_PATH}?${String(new URLSearchParams({flow: flowId}))}`

const notByLogin = ({login, subject = login}: AccountStatus): BehalfError =>
  new BehalfError('invalid-input', 'This account is not logged in: what it has is handed in.', {
    hint: `behalf user link ${subject}`,
  })
