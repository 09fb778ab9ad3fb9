import {randomBytes} from 'node:crypto'
import {setTimeout as sleep} from 'node:timers/promises'

import type {NamedAccount} from '../../model/account-name.js'
import type {Account, AccountKey, NewAccount} from '../../model/account.js'
import {BehalfError} from '../../model/behalf-error.js'
import {MINUTE_MS, SECOND_MS, type Clock} from '../../model/time.js'
import {areSameGrant, withoutDoubt} from '../account-record.js'
import type {StoreKeys} from '../store-keys.js'
import type {PresentAccounts} from '../store.js'
import {TurnQueue} from '../turn-queue.js'
import {markOf, openStored, toRecordArguments, type AccountHash} from './account-hash.js'
import type {AccountHints} from './account-hints.js'
import type {AccountReader} from './account-reader.js'
import type {AccountSteps} from './account-steps.js'
import {insist} from './insist.js'

export interface AccountWritesParts {
  steps: AccountSteps
  hints: AccountHints
  reader: AccountReader
  clock: Clock
  /** How long who claims the place of the owner has for becoming it. */
  claimMs?: number | undefined
  openKeys(): Promise<StoreKeys>
  hasProvider(name: string): Promise<boolean>
}

type Check = (present: PresentAccounts) => void

/** Writes of one account in this process follow one another; none takes so long. */
const TURN_MS = MINUTE_MS
/** While somebody else is about to become the owner. */
const OWNER_PAUSE_MS = 20
/** A claim that was not settled for so long is nobody's: who made it died, or writes nothing by it any more. */
const CLAIM_MS = 10 * SECOND_MS

/** Logins and changes of accounts: read, change, and write if nobody has written in between. */
export class AccountWrites {
  readonly #parts: AccountWritesParts
  readonly #turns = new TurnQueue()

  constructor(parts: AccountWritesParts) {
    this.#parts = parts
  }

  async put(given: NewAccount, check?: Check): Promise<Account> {
    const account = withoutDoubt(given)
    const id = makeWriteId()
    // Whoever looks who is there sees the owners that this process was putting before.
    const turn = check || account.role === 'owner' ? `owner@${account.provider}` : account.key
    let grantBefore: string | undefined
    return this.#repeat(account.key, turn, async (hash, isRepeated) => {
      const keys = await this.#parts.openKeys()
      if (!isRepeated) grantBefore = hash.grant
      // Where the reply was lost somebody may have gone on from this login already, and must not be undone.
      const isDone = isRepeated && hash.grant === account.grantId && (hash.write === id || hash.grant !== grantBefore)
      const saved = isDone ? openStored(hash, account.key, keys) : await this.#login(account, check, {hash, id}, keys)
      if (saved !== undefined && check && account.role === 'owner') await this.#parts.hints.settleOwner(account)
      return saved
    })
  }

  async update(key: AccountKey, change: (current: Account) => NewAccount): Promise<Account | undefined> {
    const {reader} = this.#parts
    if ((await reader.read(key)).record === undefined) return undefined
    const id = makeWriteId()
    const result = await this.#repeat(key, key, async (read, isRepeated): Promise<Account | 'gone' | undefined> => {
      const {account: current, hash, keys} = await reader.openStored({key, hash: read})
      if (current === undefined) return 'gone'
      const changed = isRepeated && hash.write === id ? current : change(current)
      if (changed === current) return reader.withDoubt(current, hash)
      if (changed.key !== key) throw new BehalfError('internal', `A change of ${key} gave another key`)
      const {doubt} = current
      const keepsDoubt = doubt !== undefined && areSameGrant(current, changed)
      const saved = {...withoutDoubt(changed), ...(keepsDoubt && {doubt}), version: versionOf(hash) + 1}
      const isSaved = await this.#save(saved, current, {hash, id, how: 'update'}, keys)
      return isSaved ? reader.withDoubt(saved, hash) : undefined
    })
    return result === 'gone' ? undefined : result
  }

  /**
   * Reads and tries until there is a result; what others wrote in between, or a reply that was lost, leads to another
   * try. Where a reply was lost *and* somebody wrote after it, a change may be made a second time.
   */
  async #repeat<T>(
    key: AccountKey,
    turn: string,
    attempt: (hash: AccountHash, isRepeated: boolean) => Promise<T | undefined>,
  ): Promise<T> {
    const endTurn = await this.#turns.take(turn, performance.now() + TURN_MS)
    if (endTurn === undefined) throw new BehalfError('lock-timeout', `The account ${key} is being written by others`)
    try {
      return await insist(async (isRepeated) => {
        for (;;) {
          const result = await attempt(await this.#parts.reader.read(key), isRepeated)
          if (result !== undefined) return result
        }
      })
    } finally {
      endTurn()
    }
  }

  /** Undefined: somebody was faster. */
  async #login(
    account: NewAccount,
    check: Check | undefined,
    read: {hash: AccountHash; id: string},
    keys: StoreKeys,
  ): Promise<Account | undefined> {
    const admission = check === undefined ? {} : await this.#admit(account, check)
    if (admission === undefined) return undefined
    const {hash} = read
    const saved = {...account, version: versionOf(hash) + 1}
    const before = hash.record === undefined ? undefined : this.#parts.reader.name({key: account.key, hash})
    const isSaved = await this.#save(saved, before, {...read, how: 'login', ...admission}, keys)
    return isSaved ? saved : undefined
  }

  /** Shows the check what there is, and claims the place of the owner. Undefined: somebody else is about to take it. */
  async #admit(account: NewAccount, check: Check): Promise<{ownerUntilMs?: number} | undefined> {
    const {claimMs = CLAIM_MS, hints, reader} = this.#parts
    const {key, provider} = account
    const looked = await hints.lookAtOwners(provider)
    const near = await reader.nameAll(Array.from(new Set([...looked.keys, key])))
    const names = near.filter((one) => one.key === key || one.role === 'owner')
    check({names, hasProvider: await this.#parts.hasProvider(provider)})
    if (account.role !== 'owner') return {}
    const claim = await hints.claimOwner(account, looked, claimMs)
    // The nodes of a cluster have clocks of their own: who has stood still for half of it is too late.
    if (claim.kind === 'claimed') return {ownerUntilMs: claim.untilMs - claimMs / 2}
    await sleep(OWNER_PAUSE_MS)
    return undefined
  }

  /** False when somebody has written since, or the claim is over. */
  async #save(
    account: Account,
    before: NamedAccount | undefined,
    write: {hash: AccountHash; id: string; how: 'login' | 'update'; ownerUntilMs?: number},
    keys: StoreKeys,
  ): Promise<boolean> {
    const {clock, hints, reader, steps} = this.#parts
    const {key, provider} = account
    const {hash, id, how, ownerUntilMs} = write
    const isOwnerClaimed = ownerUntilMs !== undefined
    const args = toRecordArguments({account, replaces: hash.write, id}, keys, clock.now())
    const isNamed = before !== undefined && hasSameNames(before, account)
    const bringsTokens = how === 'login' || hash.fingerprint !== markOf(account, keys).fingerprint
    if (how === 'login' || !isNamed) await hints.add(account, {isOwnerClaimed})
    const {word} = await steps.write('save', key, [...args, how, String(ownerUntilMs ?? '')], {provider, bringsTokens})
    if (word !== 'saved') return false
    if (how === 'login' || !isNamed) await hints.add(account, {isOwnerClaimed})
    if (before !== undefined && !isNamed) await hints.drop(before, () => reader.findName(key))
    return true
  }
}

export const makeWriteId = (): string => randomBytes(9).toString('base64url')

/** Of a damaged record too, which a login may replace. */
export function versionOf({version}: AccountHash): number {
  const number = Number(version ?? 0)
  return Number.isSafeInteger(number) ? number : 0
}

const hasSameNames = (a: Omit<NamedAccount, 'isDamaged'>, b: Omit<NamedAccount, 'isDamaged'>): boolean =>
  a.login === b.login && a.userId === b.userId && a.role === b.role && a.subject === b.subject
