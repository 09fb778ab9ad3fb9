import {isOAuth2Account, type Account, type AccountKey, type Doubt} from '../../model/account.js'
import {nextAttemptAt} from '../../model/token-life.js'
import type {EpochMs} from '../../model/time.js'
import {isUnfinishedImport} from '../../model/unfinished-import.js'
import {doubtShape, openAccount, sealAccount} from '../account-record.js'
import {intentShape, type Intent} from '../journal.js'
import {damagedRecord} from '../record-parts.js'
import {fit} from '../shape.js'
import type {StoreKeys} from '../store-keys.js'
import type {HASH_FIELDS} from './account-scripts.js'

/** What Redis has of an account, as it came. */
export type AccountHash = Readonly<Record<(typeof HASH_FIELDS)[number], string | undefined>>

/** @param values Of `HMGET`, in the order of `HASH_FIELDS`. */
export function readHash(values: unknown): AccountHash {
  const list = Array.isArray(values) ? (values as unknown[]) : []
  const at = (place: number): string | undefined => {
    const value = list[place]
    return typeof value === 'string' ? value : undefined
  }
  return {
    record: at(0),
    write: at(1),
    version: at(2),
    grant: at(3),
    fingerprint: at(4),
    intent: at(5),
    validated: at(6),
    doubt: at(7),
  }
}

/** The record as JSON; undefined where it cannot be read. */
export function parseRecord(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}

/**
 * The account with what Redis keeps beside its record, but without what its intent tells; undefined where there is none.
 * @throws BehalfError `store-damaged`.
 */
export function openStored(hash: AccountHash, key: AccountKey, keys: StoreKeys): Account | undefined {
  if (hash.record === undefined) return undefined
  const record = parseRecord(hash.record)
  if (record === undefined) throw damagedRecord('account', key, 'record')
  const account = openAccount(record, key, keys)
  const doubt = readDoubt(hash.doubt)
  return {...withValidation(hash, account), ...(doubt && {doubt})}
}

/** A validation is noted beside the record. */
export function withValidation<A extends {lastValidatedAt?: EpochMs}>({validated}: AccountHash, account: A): A {
  const at = Number(validated ?? Number.NaN)
  return at > (account.lastValidatedAt ?? -Infinity) ? {...account, lastValidatedAt: at} : account
}

/** `unreadable`: something was sent, and it is not known what. */
export function readIntent({intent}: AccountHash): Intent | 'unreadable' | undefined {
  if (intent === undefined) return undefined
  const read = fit(intentShape, parseRecord(intent))
  return 'value' in read ? read.value : 'unreadable'
}

function readDoubt(text: string | undefined): Doubt | undefined {
  const read = fit(doubtShape, parseRecord(text))
  return 'value' in read ? read.value : undefined
}

/** What a refresh is saved by (rule 3). Both empty where there is no account, or no refresh token. */
export interface GrantMark {
  grant: string
  fingerprint: string
}

export function markOf(account: Pick<Account, 'grantId' | 'credential'> | undefined, keys: StoreKeys): GrantMark {
  if (account === undefined) return {grant: '', fingerprint: ''}
  const {credential, grantId} = account
  const refreshToken = credential.kind === 'oauth2' ? credential.refreshToken : undefined
  return {grant: grantId, fingerprint: refreshToken === undefined ? '' : keys.fingerprint(refreshToken.reveal())}
}

export interface RecordWrite {
  account: Account
  /** The write that was read, which this one replaces; undefined where there was none. */
  replaces: string | undefined
  /** Random: tells this write from all others, also after its reply was lost. */
  id: string
}

/** Arguments 1 to 10 of the scripts that write a record. @throws BehalfError `invalid-input`. */
export function toRecordArguments({account, replaces, id}: RecordWrite, keys: StoreKeys, now: EpochMs): string[] {
  const record = JSON.stringify(sealAccount(account, keys))
  const {grant, fingerprint} = markOf(account, keys)
  const needsLogin = account.state.kind === 'login-needed'
  const isValidated = isOAuth2Account(account) && !needsLogin && !isUnfinishedImport(account)
  return [
    account.key,
    replaces ?? '',
    String(account.version),
    record,
    grant,
    fingerprint,
    id,
    `${dueScore(account, now, false)} ${dueScore(account, now, true)}`,
    isValidated ? String(account.lastValidatedAt ?? 0) : '',
    needsLogin ? '1' : '',
  ]
}

/** When the account is due, as the sets keep it: 0 for at once, nothing for never by itself. */
function dueScore(account: Account, now: EpochMs, inDoubt: boolean): string {
  if (!isOAuth2Account(account)) return ''
  const dueAt = nextAttemptAt(account, now, inDoubt)
  if (dueAt === undefined) return ''
  return inDoubt && dueAt <= now ? '0' : String(dueAt)
}
