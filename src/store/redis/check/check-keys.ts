import {nameOf} from '../../../model/account-name.js'
import type {Account} from '../../../model/account.js'
import type {StoreFinding} from '../../../model/store-report.js'
import type {OpenedRecords} from '../../check/open-records.js'
import type {RedisConnection} from '../connection.js'
import {slotOf, type RedisKeys} from '../keys.js'

const ACCOUNT_NAME = /^\{a:(\d+)\}account-([^]*)$/
/** Sets of account keys. */
const HINT_NAME = /^(?:login|id|user)-/
const MOST_NAMED = 3

/** Whether the keys of the store agree with its records: what leads nowhere, what nothing leads to, what is not ours. */
export async function checkKeys(
  connection: RedisConnection,
  keys: RedisKeys,
  {accounts, accountKeys}: OpenedRecords,
): Promise<StoreFinding[]> {
  const unknown: string[] = []
  const unlisted: string[] = []
  const stray: string[] = []
  for await (const key of connection.scan()) {
    const name = key.slice(connection.prefix.length)
    const [, slot, account] = ACCOUNT_NAME.exec(name) ?? []
    if (!keys.isOurs(key)) unknown.push(key)
    else if (account !== undefined) {
      if (Number(slot) !== slotOf(account)) unknown.push(key)
      else if (!accountKeys.has(account) && (await connection.send(key, ['HEXISTS', key, 'record'])) === 1) {
        unlisted.push(account)
      }
    } else if (HINT_NAME.test(name)) {
      const members = (await connection.send(key, ['SMEMBERS', key])) as string[]
      if (members.some((member) => !accountKeys.has(member))) stray.push(key)
    }
  }
  const unfound = (await Promise.all(accounts.map((account) => isFound(connection, keys, account)))).flat()
  return [
    ...tell([...unfound, ...unlisted], MISSING),
    ...tell(stray, {severity: 'note', code: 'stray-hint', what: 'names that lead to no account any more'}),
    ...tell(unknown, {severity: 'warning', code: 'unknown-key', what: 'keys that behalf does not know'}),
  ]
}

/** What leads to a name of an account that it is not found by. */
async function isFound(connection: RedisConnection, keys: RedisKeys, account: Account): Promise<string[]> {
  const {key, subject, login, userId} = account
  const sets = subject === undefined ? [keys.hint('login', login), keys.hint('id', userId)] : [keys.user(subject)]
  const found = await Promise.all(sets.map((set) => connection.send(set, ['SISMEMBER', set, key])))
  return found.every((isThere) => isThere === 1) ? [] : [nameOf(account)]
}

interface Kind extends Pick<StoreFinding, 'severity' | 'code' | 'hint'> {
  what: string
}

const MISSING: Kind = {
  severity: 'error',
  code: 'missing-hint',
  what: 'accounts that are not found by their names',
  hint: 'behalf store export FILE, then behalf store import --replace FILE: that makes what leads to them anew.',
}

function tell(names: readonly string[], {what, ...kind}: Kind): StoreFinding[] {
  if (names.length === 0) return []
  const some = names.slice(0, MOST_NAMED).join(', ')
  return [{...kind, message: `There are ${String(names.length)} ${what}, such as ${some}.`}]
}
