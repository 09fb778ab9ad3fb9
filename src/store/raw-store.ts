import type {EpochMs} from '../model/time.js'
import type {SectionName} from './document.js'
import type {StoreKeys, WrappedKeys} from './store-keys.js'

/**
 * Kinds of records, as they are kept. `refreshes`: those that were begun and not ended, with what was answered; they come
 * after the accounts. `points`: the changes of the ledger, in their order.
 */
export type RawSection = SectionName | 'refreshes' | 'points'

/** A record as it is kept, its secrets sealed. The value is JSON. */
export interface RawRecord {
  section: RawSection
  key: string
  value: unknown
}

export type RawRecords = AsyncIterable<RawRecord> | Iterable<RawRecord>

/** What a store holds besides its records. */
export interface RawHead {
  keys: WrappedKeys
  writtenAt: EpochMs
  flowsCollectedAt?: EpochMs | undefined
}

/** All of a store. */
export interface RawContent {
  head: RawHead
  /** Those of the head, opened: what is found by a fingerprint is found by it elsewhere too. */
  keys: StoreKeys
  records: RawRecords
}

export type RawState =
  | {kind: 'empty'}
  | {kind: 'live'}
  /** `incoming`: being filled, `moved`: given up, by the move `id` from or to the other store. */
  | {kind: 'incoming' | 'moved'; id: string; other: string}

/** One of the two ends of a move. */
export interface RawMove {
  /** Of this move among all others. */
  id: string
  /** The location of the other end, without credentials. */
  other: string
}

/**
 * A store as it is kept, for who copies or changes it as a whole. Between `claim` and `close` it is had alone; without
 * a claim it is only read.
 */
export interface RawStore {
  /** For messages: the path or URL, without credentials. */
  readonly location: string
  /**
   * Has the store alone until it is closed.
   * @throws BehalfError `store-locked` after `waitMs`, naming who is at it.
   */
  claim(waitMs: number): Promise<void>
  /** @throws BehalfError `store-damaged`, `store-foreign`, `store-newer`. */
  readState(): Promise<RawState>
  /** Of a store that is live or incoming. */
  readHead(): Promise<RawHead>
  /** Of a store that is live or incoming: every record there is. */
  records(): AsyncIterable<RawRecord>
  /** Makes an empty store, or one that was moved away or is incoming, one that comes in with these records. */
  stage(move: RawMove, content: RawContent): Promise<void>
  /** Takes what has come in into use. */
  activate(): Promise<void>
  /** Gives up what is in use: from then on nobody reads or writes it. */
  retire(move: RawMove): Promise<void>
  /** Puts these records in place of all there are: all or nothing. */
  replace(content: RawContent): Promise<void>
  /**
   * Changes the head first, then every record but points; killed in between, the head is changed and some of the records
   * are.
   * @returns how many refreshes have begun whose answers, if there are any, are kept where they cannot be changed.
   */
  rewrite(head: RawHead, change: (record: RawRecord) => unknown): Promise<number>
  writeHead(head: RawHead): Promise<void>
  /** Idempotent. */
  close(): Promise<void>
}
