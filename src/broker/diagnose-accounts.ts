import {nameOf} from '../model/account-name.js'
import {loginCommandFor, type AccountStatus} from '../model/account-status.js'
import type {HealthCheck} from '../model/health-check.js'
import {forgetImportCommand} from '../model/unfinished-import.js'
import {listAccounts} from './accounts.js'
import type {BrokerDeps} from './broker-deps.js'
import {loadProviders} from './load-provider.js'

/** Which accounts need a login, or something else that only a person can do. */
export async function diagnoseAccounts(
  deps: Pick<BrokerDeps, 'store' | 'providers' | 'clock'>,
): Promise<HealthCheck[]> {
  const accounts = await listAccounts(deps)
  if (accounts.length === 0) return (await loadProviders(deps)).length === 0 ? [] : [NO_ACCOUNT]
  const faults = accounts.flatMap((account) => findFault(account) ?? [])
  return faults.length > 0 ? faults : [allWell(accounts.length)]
}

function findFault(account: AccountStatus): HealthCheck | undefined {
  const name = 'account'
  switch (account.state) {
    case 'login-needed':
      return {
        name,
        status: 'problem',
        code: 'login-needed',
        message: `${nameOf(account)} needs a login.`,
        hint: loginCommandFor(account),
      }
    case 'in-doubt':
      return {
        name,
        status: 'warning',
        message: `${nameOf(account)} is in doubt: whether its refresh token was used is not known.`,
        hint: `behalf refresh ${nameOf(account)}`,
      }
    case 'unfinished':
      return {
        name,
        status: 'warning',
        message: `An import was begun and not finished: ${nameOf(account)}. Run the same import again, or forget it.`,
        hint: forgetImportCommand(account),
      }
    case 'ok':
    case 'expired':
      return undefined
  }
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
