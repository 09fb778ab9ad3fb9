import {nameOf} from '../model/account-name.js'
import {loginCommandFor} from '../model/account-status.js'
import type {HealthCheck} from '../model/health-check.js'
import {listAccounts} from './accounts.js'
import type {BrokerDeps} from './broker-deps.js'
import {loadProviders} from './load-provider.js'

/** Which accounts need a login. */
export async function diagnoseAccounts(
  deps: Pick<BrokerDeps, 'store' | 'providers' | 'clock'>,
): Promise<HealthCheck[]> {
  const accounts = await listAccounts(deps)
  if (accounts.length === 0) return (await loadProviders(deps)).length === 0 ? [] : [NO_ACCOUNT]
  const broken = accounts.filter(({state}) => state === 'login-needed')
  const doubtful = accounts.filter(({state}) => state === 'in-doubt')
  return [
    ...broken.map((account): HealthCheck => ({
      name: 'account',
      status: 'problem',
      code: 'login-needed',
      message: `${nameOf(account)} needs a login.`,
      hint: loginCommandFor(account),
    })),
    ...doubtful.map((account): HealthCheck => ({
      name: 'account',
      status: 'warning',
      message: `${nameOf(account)} is in doubt: whether its refresh token was used is not known.`,
      hint: `behalf refresh ${nameOf(account)}`,
    })),
    ...(broken.length + doubtful.length === 0 ? [allWell(accounts.length)] : []),
  ]
}

const allWell = (count: number): HealthCheck => ({
  name: 'account',
  status: 'ok',
  message:
    count === 1 ? 'One account, and it needs no login.' : `${String(count)} accounts, none of which needs a login.`,
})

const NO_ACCOUNT: HealthCheck = {
  name: 'account',
  status: 'warning',
  message: 'Nobody is logged in yet.',
  hint: 'behalf login',
}
