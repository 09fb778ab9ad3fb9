import type {ErrorCode} from './behalf-error.js'
import type {EpochMs} from './time.js'

/** `error`: something kept cannot be used. `warning`: it should be mended. `note`: good to know. */
export type Severity = 'error' | 'warning' | 'note'

/** Something that was found in a store. */
export interface StoreFinding {
  severity: Severity
  code: ErrorCode | StoreFindingCode
  message: string
  /** The command that mends it, or what else to do. */
  hint?: string
}

/** What can be found beside the failures that every command meets. */
export type StoreFindingCode =
  | 'open-to-others' // other users can read or change a file
  | 'key-beside-store' // whoever copies the folder has both
  | 'backup-unusable'
  | 'store-missing' // its backup is there
  | 'old-copy' // it was restored
  | 'no-provider' // an account's provider is not set up
  | 'two-owners'
  | 'unknown-account' // an API token may act as one that is gone
  | 'refresh-unfinished' // a refresh was begun, and how it ended is not known
  | 'stray-journal' // of an account that is gone
  | 'lock-held'
  | 'network-file-system'
  | 'missing-hint' // of an account that its name does not lead to
  | 'stray-hint' // of a name that leads to no account
  | 'unknown-key' // in the Redis, with our prefix, and not ours

/** What a store is like, without a change to it. */
export interface StoreReport {
  /** Its path. */
  location: string
  exists: boolean
  accounts: number
  /** By the clock of the machine that wrote it last. */
  lastWrittenAt?: EpochMs
  findings: StoreFinding[]
}

export const isSound = ({findings}: StoreReport): boolean => findings.every(({severity}) => severity !== 'error')
