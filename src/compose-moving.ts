import {countDoubtful} from './broker/count-doubtful.js'
import type {BrokerDeps} from './broker/broker-deps.js'
import {readMoveEnds} from './config/read-move-ends.js'
import {readSettings, type SealingSecretSource, type Settings} from './config/settings.js'
import {createSystemClock} from './config/system-clock.js'
import {createSystemRandom} from './config/system-random.js'
import {BehalfError} from './model/behalf-error.js'
import type {Secret} from './model/secret.js'
import {SECOND_MS} from './model/time.js'
import type {RecordCounts} from './store/move/compare-records.js'
import {exportStore} from './store/move/export-store.js'
import {parseExport} from './store/move/export-format.js'
import {importStore} from './store/move/import-store.js'
import {migrateStore, type MigrationResult, type MigrationStep} from './store/move/migrate-store.js'
import {rekeyStore, type RekeyResult} from './store/move/rekey-store.js'
import {replaceKeyFile} from './store/move/replace-key-file.js'
import {openRawStore} from './store/open-raw-store.js'
import type {RawStore} from './store/raw-store.js'
import {nextKeyPathOf} from './store/sealing-secret.js'
import {Keyring} from './store/store-keys.js'

export type {MigrationResult, MigrationStep}

/** Who is just ending is waited for; a daemon does not end. */
const CLAIM_WAIT_MS = 5 * SECOND_MS

export interface ImportInput {
  bytes: Buffer
  /** What to call them in messages. */
  source: string
  passphrase: Secret
  /** Called when there is something that would be replaced. False: leave it. */
  mayReplace: (location: string) => Promise<boolean>
}

export interface ImportReport {
  location: string
  records: RecordCounts
  /** Accounts that are not simply refreshed again, for their tokens may have been used since (design 7, rule 12). */
  doubtful: number
}

export interface RekeyReport extends RekeyResult {
  location: string
  /** The default key file that is new, and where the one before is kept. */
  keyFile?: {path: string; kept: string | undefined}
}

/** What is done to a store as a whole. */
export interface StoreMoving {
  readonly location: string
  /** Seals all that is in it. */
  exportStore(passphrase: Secret, options: {armored: boolean}): Promise<{sealed: Buffer; records: RecordCounts}>
  importStore(input: ImportInput): Promise<ImportReport>
  /** @param newSecret what seals it from now on; the same as until now without one, or a new default key file. */
  rekeyStore(newSecret?: Secret): Promise<RekeyReport>
}

type OpenDeps = (settings: Settings) => Promise<BrokerDeps>

/** @throws BehalfError `configuration`. */
export function openMoving(flags: {store?: string}, openDeps: OpenDeps): StoreMoving {
  const settings = readSettings(flags)
  const {store: place, sealingSecret} = settings
  const clock = createSystemClock()
  const withStore = async <T>(work: (store: RawStore) => Promise<T>): Promise<T> => {
    const store = await openRawStore(place, clock)
    try {
      return await work(store)
    } finally {
      await store.close()
    }
  }
  return {
    location: place.kind === 'json' ? place.path : place.location,

    exportStore: (passphrase, options) =>
      withStore(async (store) => {
        const {sealExport} = await import('./store/move/sealed-export.js')
        const {text, records} = await exportStore(store, new Keyring(sealingSecret), clock.now())
        return {sealed: await sealExport(text, passphrase, options), records}
      }),

    async importStore({bytes, source, passphrase, mayReplace}) {
      const {openExport} = await import('./store/move/sealed-export.js')
      const parsed = parseExport(await openExport(bytes, passphrase, source), source)
      const report = await withStore(async (store) => {
        const {kind} = await store.readState()
        const replace = kind === 'live' && (await mayReplace(store.location))
        const keyring = new Keyring(sealingSecret)
        const now = clock.moment()
        const records = await importStore({store, keyring, parsed, replace, now, waitMs: CLAIM_WAIT_MS})
        return {location: store.location, records}
      })
      return {...report, doubtful: await countAfter(await openDeps(settings))}
    },

    rekeyStore: (newSecret) =>
      withStore(async (store) => {
        const next = chooseNextSecret(sealingSecret, newSecret)
        const [keyring, nextKeyring] = [new Keyring(sealingSecret), new Keyring(next)]
        const result = await rekeyStore({store, keyring, nextKeyring, waitMs: CLAIM_WAIT_MS})
        const report = {...result, location: store.location}
        if (sealingSecret.kind !== 'default-key-file' || newSecret !== undefined) return report
        const {path} = sealingSecret
        return {...report, keyFile: {path, kept: await replaceKeyFile(path)}}
      }),
  }
}

/** @throws BehalfError `configuration`, `usage`, and what the move throws. */
export async function moveStore(
  names: {from: string; to: string},
  report: (step: MigrationStep) => void,
): Promise<MigrationResult> {
  const ends = readMoveEnds(names)
  const clock = createSystemClock()
  const from = await openRawStore(ends.from, clock)
  const to = await openRawStore(ends.to, clock)
  try {
    if (from.location === to.location) {
      throw new BehalfError('usage', `FROM and TO are the same store, ${from.location}.`)
    }
    const keyring = new Keyring(ends.sealingSecret)
    const makeId = () => createSystemRandom().token(12)
    return await migrateStore({from, to, keyring, makeId, waitMs: CLAIM_WAIT_MS, report})
  } finally {
    await to.close()
    await from.close()
  }
}

function chooseNextSecret(source: SealingSecretSource, newSecret: Secret | undefined): SealingSecretSource {
  if (newSecret !== undefined) return {kind: 'inline', value: newSecret}
  return source.kind === 'default-key-file' ? {...source, path: nextKeyPathOf(source.path)} : source
}

async function countAfter(deps: BrokerDeps): Promise<number> {
  try {
    return await countDoubtful(deps)
  } finally {
    await deps.store.close()
  }
}
