import {refreshAccounts, type AccountRefresh} from '../../../broker/refresh-accounts.js'
import {readableName} from '../../../model/readable-text.js'
import {addAction} from '../add-action.js'
import type {Admin} from '../admin-env.js'
import type {Note} from '../note-cookie.js'
import {accountHref, keyField} from './account-address.js'
import {findSeenAccount} from './account-sight.js'

/** “Refresh now”: what a person asks for does not wait for the schedule. */
export function addRefreshAction(admin: Admin): void {
  const {deps} = admin
  addAction(admin, '/admin/accounts/refresh', {
    fields: keyField,
    async submit(context, input) {
      const {key} = await findSeenAccount(deps, context.get('session'), input.key)
      const account = await deps.store.accounts.get(key)
      const report = await refreshAccounts(deps, {accounts: account ? [account] : [], withinMs: 0, force: true})
      const [result] = report.results
      return {goTo: accountHref(key), note: result ? noteOf(result) : {tone: 'warn', text: 'The account is gone.'}}
    },
  })
}

function noteOf({outcome, detail, account}: AccountRefresh): Note {
  const why = detail === undefined ? '' : ` ${sentence(detail)}`
  const name = readableName(account)
  switch (outcome) {
    case 'refreshed':
    case 'superseded':
      return {tone: detail === undefined ? 'good' : 'warn', text: `${name} has fresh tokens.${why}`}
    case 'fresh':
    case 'validated':
      return {tone: 'good', text: `There is nothing to refresh of ${name}.${why}`}
    case 'misconfigured':
      return {tone: 'bad', text: `${account.provider} refuses its client ID or secret.${why} Correct the provider.`}
    case 'rejected':
    case 'login-needed':
      return {tone: 'bad', text: `${name} needs a login.${why}`}
    case 'in-doubt':
      return {tone: 'warn', text: `Whether ${name} was refreshed is not known.${why} Try again in a moment.`}
    case 'unavailable':
      return {tone: 'warn', text: `${name} could not be refreshed now.${why} Nothing is lost; try again in a moment.`}
  }
}

const sentence = (text: string): string =>
  `${text.slice(0, 1).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`
