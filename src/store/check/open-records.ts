import {loginCommandFor} from '../../model/account-status.js'
import type {Account} from '../../model/account.js'
import type {ApiToken} from '../../model/api-token.js'
import {BehalfError} from '../../model/behalf-error.js'
import type {Provider} from '../../model/provider.js'
import type {StoreFinding} from '../../model/store-report.js'
import {openAccount, readAccountName} from '../account-record.js'
import {readApiToken} from '../api-token-record.js'
import type {Section, StoreDocument} from '../document.js'
import {openFlow} from '../flow-record.js'
import {openProvider, openProviderState} from '../provider-record.js'
import type {StoreKeys} from '../store-keys.js'

/** The records that open, and what is wrong with the others. */
export interface OpenedRecords {
  accounts: Account[]
  providers: Provider[]
  apiTokens: ApiToken[]
  /** Keys of all accounts and names of all providers, damaged ones too. */
  accountKeys: ReadonlySet<string>
  providerNames: ReadonlySet<string>
  damaged: StoreFinding[]
}

/** Opens every record and every secret in it: one that was changed, or moved to another record, does not open. */
export function openRecords({sections}: StoreDocument, keys: StoreKeys): OpenedRecords {
  const damaged: StoreFinding[] = []
  const openAll = <T>(section: Section, open: (record: unknown, key: string) => T, mend: Mend): T[] =>
    Array.from(section).flatMap(([key, record]) => {
      try {
        return [open(record, key)]
      } catch (error) {
        if (!(error instanceof BehalfError)) throw error
        damaged.push({severity: 'error', code: error.code, message: error.message, hint: mend(key, record)})
        return []
      }
    })
  const accounts = openAll(sections.accounts, (record, key) => openAccount(record, key, keys), mendAccount)
  const providers = openAll(sections.providers, (record, name) => openProvider(record, name, keys), mendProvider)
  openAll(sections.providerStates, (record, name) => openProviderState(record, name, keys), mendProvider)
  openAll(
    sections.flows,
    (record, id) => openFlow(record, id, keys),
    () => 'Start that login again.',
  )
  const apiTokens = openAll(sections.apiTokens, readApiToken, () => RESTORE)
  return {
    accounts,
    providers,
    apiTokens,
    accountKeys: new Set(sections.accounts.keys()),
    providerNames: new Set(sections.providers.keys()),
    damaged,
  }
}

type Mend = (key: string, record: unknown) => string

const RESTORE = 'Restore the store from its backup, the same path with .bak.'

/** A new login replaces a damaged record, if it is known whose it is. */
function mendAccount(key: string, record: unknown): string {
  try {
    return loginCommandFor(readAccountName(record, key))
  } catch (error) {
    if (!(error instanceof BehalfError)) throw error
    return RESTORE
  }
}

/** Its accounts stay. */
const mendProvider: Mend = (name) => `behalf provider replace ${name} …`
