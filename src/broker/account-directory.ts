import {matchName, mayBeAnyone, ownersAmong, type AccountName, type NamedAccount} from '../model/account-name.js'

/** Finds accounts by key or name without walking through all of them. */
export interface AccountDirectory {
  byKey: ReadonlyMap<string, NamedAccount>
  owners: readonly NamedAccount[]
  /** Those that the name fits at its provider, or at any where it names none. */
  match(name: AccountName): NamedAccount[]
}

/** A store gives the same list until something is written: what was found out of it holds as long. */
const known = new WeakMap<readonly NamedAccount[], AccountDirectory>()

export function openDirectory(accounts: readonly NamedAccount[]): AccountDirectory {
  const directory = known.get(accounts) ?? buildDirectory(accounts)
  known.set(accounts, directory)
  return directory
}

function buildDirectory(accounts: readonly NamedAccount[]): AccountDirectory {
  const byText = new Map<string, NamedAccount[]>()
  const note = (text: string, account: NamedAccount): void => {
    const others = byText.get(text)
    if (others) others.push(account)
    else byText.set(text, [account])
  }
  for (const account of accounts) {
    if (account.subject !== undefined) note(account.subject, account)
    else for (const text of new Set([account.login, account.userId])) note(text, account)
  }
  const anyone = accounts.filter(mayBeAnyone)
  return {
    byKey: new Map(accounts.map((account) => [account.key, account])),
    owners: ownersAmong(accounts),
    match(name) {
      const texts = new Set([name.value, name.value.toLowerCase()])
      const candidates = [...new Set([...[...texts].flatMap((text) => byText.get(text) ?? []), ...anyone])]
      const there = candidates.filter(({provider}) => name.provider === undefined || provider === name.provider)
      return matchName(there, name)
    },
  }
}
