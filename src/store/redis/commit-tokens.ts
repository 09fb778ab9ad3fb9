import {isOAuth2Account, type Account, type NewOAuth2Account, type OAuth2Account} from '../../model/account.js'
import {BehalfError} from '../../model/behalf-error.js'
import {SECOND_MS, type Clock, type Moment} from '../../model/time.js'
import {withoutDoubt} from '../account-record.js'
import type {StoreKeys} from '../store-keys.js'
import type {CommitResult} from '../store.js'
import {toRecordArguments, type AccountHash, type GrantMark} from './account-hash.js'
import type {AccountReader} from './account-reader.js'
import type {AccountSteps} from './account-steps.js'
import {makeWriteId, versionOf} from './account-writes.js'
import type {TakenLock} from './acquire-account-lock.js'
import {insist} from './insist.js'

/** Tokens that a provider has given out wait so long for Redis to answer; then they wait in the journal. */
const COMMIT_MS = 5 * SECOND_MS

export interface CommitParts {
  steps: AccountSteps
  reader: AccountReader
  clock: Clock
  key: string
  taken: TakenLock
}

export interface Commit {
  /** As it was read with the lock, and what a commit replaces (rule 3). */
  account: Account | undefined
  mark: GrantMark
  /** When what is to be saved was asked for; undefined where nothing was sent. */
  sentAt: Moment | undefined
  /** The intents that end with it: when something is saved, and when nothing is. Empty where there is none. */
  intents: {saved: string; other: string}
  change: (current: OAuth2Account) => NewOAuth2Account
}

/**
 * Saves new tokens, if and only if the ones they come from are stored still.
 * @returns what became of them; `isLate` where no replica has said in time that it has them.
 */
export async function commitTokens(
  parts: CommitParts,
  commit: Commit,
): Promise<{result: CommitResult; isLate: boolean}> {
  const {key, reader, taken} = parts
  const id = makeWriteId()
  let hash = taken.hash
  let isLate = false
  const save = async (isRepeated: boolean): Promise<CommitResult> => {
    if (isRepeated) hash = await reader.read(key)
    for (;;) {
      const {keys, account: current, hash: now} = await reader.openStored({key, hash})
      hash = now
      if (current !== undefined && !isOAuth2Account(current)) return {kind: 'gone'}
      // It had been done, and the reply was lost.
      if (hash.write === id && current) return {kind: 'saved', account: current}
      const saved = toSaved(commit, hash, current)
      const step = await runCommit(parts, commit, {saved, hash, id}, keys)
      isLate = step.isLate
      if (step.word === 'saved' && saved) return {kind: 'saved', account: saved}
      hash = await reader.read(key)
      if (step.word !== 'conflict') return toOther((await reader.openStored({key, hash})).account)
    }
  }
  const result = await insist(save, COMMIT_MS).catch((error: unknown) => {
    // Sealed anew while this process stood still: with the keys of now it can be saved.
    if (!(error instanceof BehalfError && error.code === 'store-locked')) throw error
    return insist(() => save(true), COMMIT_MS)
  })
  return {result, isLate}
}

/** The record to save; undefined where it is not the one that was locked. */
function toSaved(
  {account, mark, sentAt, change}: Commit,
  hash: AccountHash,
  current: OAuth2Account | undefined,
): OAuth2Account | undefined {
  const isSame = account !== undefined && hash.grant === mark.grant && hash.fingerprint === mark.fingerprint
  if (!isSame || current === undefined || isOvertaken(account, current, sentAt)) return undefined
  return {...withoutDoubt(change(withoutDoubt(current))), version: versionOf(hash) + 1}
}

/**
 * Whether whoever had the lock after this one has saved other tokens already. The refresh token does not tell where a
 * provider gives the same one back; and the clocks of two machines are asked only if the tokens differ.
 */
function isOvertaken(account: Account, {credential}: OAuth2Account, sentAt: Moment | undefined): boolean {
  if (sentAt === undefined || !isOAuth2Account(account)) return false
  const isOther = credential.accessToken.reveal() !== account.credential.accessToken.reveal()
  return isOther && credential.issuedAt > sentAt.wallMs
}

function runCommit(
  {clock, key, steps, taken}: CommitParts,
  {account, mark, intents}: Commit,
  {saved, hash, id}: {saved: OAuth2Account | undefined; hash: AccountHash; id: string},
  keys: StoreKeys,
) {
  const record =
    saved === undefined
      ? [key, '', ...Array<string>(8).fill('')]
      : toRecordArguments({account: saved, replaces: hash.write, id}, keys, clock.now())
  const intent = saved === undefined ? intents.other : intents.saved
  const args = [...record, taken.owner, mark.grant, mark.fingerprint, intent]
  return steps.write('commit', key, args, {provider: account?.provider})
}

const toOther = (account: Account | undefined): CommitResult =>
  account !== undefined && isOAuth2Account(account) ? {kind: 'superseded', account} : {kind: 'gone'}
