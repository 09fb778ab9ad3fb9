import {BehalfError} from '../model/behalf-error.js'
import type {Account, AccountKey} from '../model/account.js'
import type {Clock} from '../model/time.js'
import {areSameGrant, openAccount, withoutDoubt} from './account-record.js'
import {AccountDoubts} from './account-doubts.js'
import type {AccountIndex} from './account-index.js'
import {acquireAccountLock} from './account-lock-file.js'
import {AccountNames} from './account-names.js'
import {compareText} from './compare-text.js'
import type {DocumentBase} from './document-base.js'
import type {Section} from './document.js'
import {JournalFolder} from './journal.js'
import {openJsonAccountLock} from './json-account-lock.js'
import {OpenedRecords} from './opened-records.js'
import {readAccount, saveAccount} from './stored-account.js'
import {SoftNotes} from './soft-notes.js'
import type {AccountStore} from './store.js'
import {TurnQueue} from './turn-queue.js'

/** Accounts of the JSON store, with what is soft about them. */
export interface JsonAccounts extends AccountStore {
  /** Saves what is soft. */
  flush(): Promise<void>
}

export function createJsonAccounts(base: DocumentBase, clock: Clock): JsonAccounts {
  const journals = new JournalFolder(base.path)
  const doubts = new AccountDoubts(journals)
  const notes = new SoftNotes(base, {section: 'accounts', field: 'lastValidatedAt'})
  const turns = new TurnQueue()
  const opened = new OpenedRecords(openAccount)
  /** Of each reading of the accounts, as long as it is the last one. */
  const namesOf = new WeakMap<Section, AccountNames>()

  function nameAll(accounts: Section): AccountNames {
    const names = namesOf.get(accounts) ?? new AccountNames(accounts)
    namesOf.set(accounts, names)
    return names
  }

  const readNames = async (): Promise<AccountNames> => nameAll((await base.read()).sections.accounts)

  let index: Promise<AccountIndex> | undefined
  /** Nobody but a daemon asks for it, and every command pays for what is loaded. */
  const loadIndex = (): Promise<AccountIndex> =>
    (index ??= import('./account-index.js').then(
      (loaded) =>
        new loaded.AccountIndex({
          base,
          journals,
          clock,
          withNotes: (account) => notes.layOver(account.key, account),
          findDoubt: async (key) => (await get(key))?.doubt,
        }),
    ))

  async function get(key: AccountKey): Promise<Account | undefined> {
    const document = await base.read()
    const record = document.sections.accounts.get(key)
    if (record === undefined) return undefined
    const keys = await base.openKeys(document)
    return doubts.layOver(notes.layOver(key, opened.get(record, key, keys)), keys)
  }

  return {
    get,
    getNamed: ({key}) => get(key),

    async list() {
      const document = await base.read()
      if (document.sections.accounts.size === 0) return []
      const keys = await base.openKeys(document)
      const accounts = Array.from(document.sections.accounts, ([key, record]) =>
        notes.layOver(key, openAccount(record, key, keys)),
      )
      return doubts.layOverAll(
        accounts.sort((a, b) => compareText(a.key, b.key)),
        keys,
      )
    },

    count: async (provider) => (await readNames()).count(provider),
    keysOf: async (provider) => (await readNames()).keysOf(provider),
    names: async () => (await readNames()).all(),
    name: async (key) => (await readNames()).name(key),
    find: async (texts) => (await readNames()).find(texts),
    owners: async (provider) => (await readNames()).owners(provider),

    upcomingRefreshes: async (provider, limit, dueBy) => (await loadIndex()).upcomingRefreshes(provider, limit, dueBy),
    upcomingValidations: async (provider, limit) => (await loadIndex()).upcomingValidations(provider, limit),
    stranded: async () => (await loadIndex()).stranded(),
    outlines: async () => (await loadIndex()).outlines(),

    put: (account, check) =>
      base.change((draft, keys) => {
        const accounts = draft.entries('accounts')
        // What this draft has changed already is changed in place, and would not be named again.
        const names = accounts === draft.base.sections.accounts ? nameAll(accounts) : new AccountNames(accounts)
        check?.({
          names: names.near(account),
          hasProvider: draft.get('providers', account.provider) !== undefined,
        })
        notes.forget(account.key)
        return saveAccount(draft, keys, withoutDoubt(account))
      }),

    async update(key, change) {
      const document = await base.read()
      if (!document.sections.accounts.has(key)) return undefined
      const updated = await base.change((draft, keys) => {
        const current = readAccount(draft, keys, key)
        if (current === undefined) return undefined
        const given = notes.layOver(key, current)
        const changed = change(given)
        if (changed === given) return given
        if (changed.key !== key) throw new BehalfError('internal', `A change of ${key} gave another key`)
        const {doubt} = current
        const keepsDoubt = doubt !== undefined && areSameGrant(current, changed)
        return saveAccount(draft, keys, {...withoutDoubt(changed), ...(keepsDoubt && {doubt})})
      })
      return updated && doubts.layOver(updated, await base.openKeys(await base.read()))
    },

    noteValidated(key, at) {
      notes.add(key, at)
      return Promise.resolve()
    },

    async lock(key, options) {
      const held = await acquireAccountLock(base, key, turns, clock, options)
      try {
        return await openJsonAccountLock({base, clock, journals, notes, key, held})
      } catch (error) {
        await held.release()
        throw error
      }
    },

    flush: () => notes.flush(),
  }
}
