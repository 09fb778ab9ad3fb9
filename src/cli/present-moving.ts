import type {ImportReport, MigrationResult, MigrationStep, RekeyReport} from '../compose.js'
import {countThings} from '../model/count-things.js'

type Counts = ImportReport['records']

/** How many there are of what people know of. */
export const countsJson = ({accounts = 0, providers = 0, apiTokens = 0, flows = 0}: Counts) => ({
  accounts,
  providers,
  tokens: apiTokens,
  flows,
})

/** `2 accounts, 1 provider and 3 API tokens`. */
export function describeCounts({accounts = 0, providers = 0, apiTokens = 0}: Counts): string {
  return `${countThings(accounts, 'account')}, ${countThings(providers, 'provider')} and ${countThings(apiTokens, 'API token')}`
}

export const importJson = ({location, records, doubtful}: ImportReport): Record<string, unknown> => ({
  store: location,
  ...countsJson(records),
  in_doubt: doubtful,
})

export const migrationJson = ({from, to, records, resumed}: MigrationResult): Record<string, unknown> => ({
  from,
  to,
  ...countsJson(records),
  refreshes: records.refreshes ?? 0,
  resumed,
})

export const rekeyJson = ({location, resumed, damaged, elsewhere, keyFile}: RekeyReport): Record<string, unknown> => ({
  store: location,
  resumed,
  damaged,
  pending_elsewhere: elsewhere,
  ...(keyFile && {key_file: keyFile.path, ...(keyFile.kept !== undefined && {old_key_file: keyFile.kept})}),
})

const STEPS: Record<MigrationStep, string> = {
  copying: 'Copying the records …',
  comparing: 'Comparing them one by one …',
  switching: 'Switching over …',
}
export const describeStep = (step: MigrationStep): string => STEPS[step]
