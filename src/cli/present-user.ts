import type {UserView} from '../compose.js'
import {accountJson} from '../model/account-json.js'
import type {OutputStream} from './surroundings.js'
import {renderTable} from './table.js'

export const userJson = ({subject, accounts}: UserView): Record<string, unknown> => ({
  subject,
  accounts: accounts.map(accountJson),
})

/** A row for each account that a chat user has linked. */
export function userTable(users: readonly UserView[], stream: OutputStream): string {
  const columns = [
    {title: 'SUBJECT'},
    {title: 'PROVIDER'},
    {title: 'LOGIN'},
    {title: 'CREDENTIAL', dropRank: 1},
    {title: 'STATE'},
  ]
  const rows = users.flatMap(({subject, accounts}) =>
    accounts.map(({provider, login, credential, state}) => [subject, provider, login, credential, state]),
  )
  return renderTable(columns, rows, stream)
}
