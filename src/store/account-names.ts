import {mayBeAnyone, type NamedAccount} from '../model/account-name.js'
import {providerOfKey, type NewAccount} from '../model/account.js'
import {readAccountName} from './account-record.js'
import {compareText} from './compare-text.js'
import type {Section} from './document.js'

/** What the accounts of one reading are called. They are looked at once, and only for what needs all of them. */
export class AccountNames {
  readonly #accounts: Section
  #read: readonly NamedAccount[] | undefined
  #sorted: readonly NamedAccount[] | undefined
  #byText: ReadonlyMap<string, readonly NamedAccount[]> | undefined
  #owners: readonly NamedAccount[] | undefined
  #anyone: readonly NamedAccount[] | undefined

  constructor(accounts: Section) {
    this.#accounts = accounts
  }

  count(provider?: string): number {
    return provider === undefined ? this.#accounts.size : this.keysOf(provider).length
  }

  keysOf(provider: string): readonly string[] {
    return Array.from(this.#accounts.keys())
      .filter((key) => providerOfKey(key) === provider)
      .sort(compareText)
  }

  all(): readonly NamedAccount[] {
    return (this.#sorted ??= sortByKey(this.#readAll()))
  }

  name(key: string): NamedAccount | undefined {
    const record = this.#accounts.get(key)
    return record === undefined ? undefined : readAccountName(record, key)
  }

  find(texts: readonly string[]): readonly NamedAccount[] {
    const byText = (this.#byText ??= indexByText(this.#readAll()))
    const anyone = (this.#anyone ??= this.#readAll().filter(mayBeAnyone))
    return sortByKey(new Set([...texts.flatMap((text) => byText.get(text) ?? []), ...anyone]))
  }

  owners(provider?: string): readonly NamedAccount[] {
    const owners = (this.#owners ??= sortByKey(this.#readAll().filter(({role}) => role === 'owner')))
    return provider === undefined ? owners : owners.filter((owner) => owner.provider === provider)
  }

  /** Whom a new account may clash with: the owners at its provider, and what is stored under its key. */
  near({key, provider}: Pick<NewAccount, 'key' | 'provider'>): readonly NamedAccount[] {
    const others = this.owners(provider).filter((owner) => owner.key !== key)
    return sortByKey([...others, ...[this.name(key)].filter((account) => account !== undefined)])
  }

  #readAll(): readonly NamedAccount[] {
    return (this.#read ??= Array.from(this.#accounts, ([key, record]) => readAccountName(record, key)))
  }
}

/** By all that an account is found by. */
function indexByText(accounts: readonly NamedAccount[]): ReadonlyMap<string, readonly NamedAccount[]> {
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
  return byText
}

const sortByKey = (accounts: Iterable<NamedAccount>): readonly NamedAccount[] =>
  [...accounts].sort((a, b) => compareText(a.key, b.key))
