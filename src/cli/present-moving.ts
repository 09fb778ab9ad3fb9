import type {ImportReport, MigrationResult, MigrationStep, RekeyReport} from '../compose.js'
import {countThings} from '../model/count-things.js'

type Counts = ImportReport['records']

/** How many there are of what people know of. */
export const countsJson = ({accounts = 0, providers = 0, apiTokens = 0, flows = 0, points = 0}: Counts) => ({
  accounts,
  providers,
  tokens: apiTokens,
  flows,
  points_changes: points,
})

/** `2 accounts, 1 provider, 3 API tokens and 40 changes of points`; the last where there are any. */
export function describeCounts({accounts = 0, providers = 0, apiTokens = 0, points = 0}: Counts): string {
  const ledger = points === 0 ? [] : [`${countThings(points, 'change')} of points`]
  const all = [
    countThings(accounts, 'account'),
    countThings(providers, 'provider'),
    countThings(apiTokens, 'API token'),
    ...ledger,
  ]
  return `${all.slice(0, -1).join(', ')} and ${all.slice(-1).join('')}`
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
