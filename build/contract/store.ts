import {z} from 'zod'

const store = z.string().describe('where it is, without a password')
const count = z.int().nonnegative()
const counts = {
  accounts: count,
  providers: count,
  tokens: count.describe('API tokens'),
  flows: count,
  points_changes: count.describe('changes in the ledger of points'),
}

export const exported = z
  .strictObject({store, file: z.string().nullable().describe('what was written'), ...counts})
  .meta({id: 'StoreExport'})

export const imported = z
  .strictObject({
    store,
    ...counts,
    in_doubt: count.describe('accounts that may have been refreshed since the export, and should be looked at'),
  })
  .meta({id: 'StoreImport'})

export const migrated = z
  .strictObject({
    from: store,
    to: store,
    ...counts,
    refreshes: count.describe('refreshes that had begun and not ended; they are taken up there'),
    resumed: z.boolean().describe('an earlier run had been interrupted when only the switch was left'),
  })
  .meta({id: 'StoreMigration'})

export const rekeyed = z
  .strictObject({
    store,
    resumed: z.boolean().describe('an earlier run had been interrupted, and this one ended it'),
    damaged: z.array(z.string()).describe('records that did not open before either'),
    pending_elsewhere: count.describe(
      'refreshes that other machines have begun; until they have ended the old key is kept beside the new one',
    ),
    key_file: z.string().optional().describe('where a new key file was made'),
    old_key_file: z.string().optional().describe('where the one before is kept'),
  })
  .meta({id: 'StoreRekeying'})
