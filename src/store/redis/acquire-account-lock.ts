import {randomBytes} from 'node:crypto'
import {hostname} from 'node:os'
import {setTimeout as sleep} from 'node:timers/promises'

import type {AccountKey} from '../../model/account.js'
import {BehalfError} from '../../model/behalf-error.js'
import type {Clock} from '../../model/time.js'
import {isObject} from '../shape.js'
import type {TurnQueue} from '../turn-queue.js'
import {parseRecord, readHash, type AccountHash} from './account-hash.js'
import type {AccountSteps} from './account-steps.js'
import {isGone, writeGateNote} from './gate-note.js'
import {insist} from './insist.js'
import {parseMark, type WriteMark} from './write-mark.js'

const FIRST_PAUSE_MS = 10
const LONGEST_PAUSE_MS = 250
/** An outage does not fill the memory; a lock that none of these has ends with its lease. */
const MOST_LEFT = 100

export interface AcquireParts {
  steps: AccountSteps
  turns: TurnQueue
  clock: Clock
  leaseMs: number
  /** Owners of this process whose release Redis did not hear: any of them may have the lock. */
  left: Map<AccountKey, readonly string[]>
}

/** The account's lock among all processes of all machines, and what there was when it was taken. */
export interface TakenLock {
  readonly owner: string
  readonly hash: AccountHash
  /** The last change of tokens in the slot. */
  readonly mark: WriteMark
  /** Idempotent; never rejects: a lock that cannot be released ends with its lease. */
  release(): Promise<void>
}

/**
 * First in line in this process, then the lock in Redis.
 * @throws BehalfError `lock-timeout` naming the holder; `interrupted` when the signal fires first.
 */
export async function acquireAccountLock(
  {steps, turns, clock, leaseMs, left}: AcquireParts,
  key: AccountKey,
  {waitMs, signal}: {waitMs: number; signal?: AbortSignal},
): Promise<TakenLock> {
  const deadlineMs = performance.now() + waitMs
  const holder = writeGateNote(clock)
  if (signal?.aborted) throw interrupted(key)
  const endTurn = await turns.take(key, deadlineMs, signal)
  if (endTurn === undefined) throw signal?.aborted ? interrupted(key) : timedOut(key, holder)
  const owner = randomBytes(12).toString('base64url')
  const release = async (): Promise<void> => {
    try {
      await steps.run('release', key, [owner])
    } catch {
      left.set(key, [...(left.get(key) ?? []), owner].slice(-MOST_LEFT))
    }
  }
  try {
    let gone = ''
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      const free = [...(left.get(key) ?? []), gone]
      const reply = await insist(() => steps.run('take', key, [owner, holder, leaseMs, ...free]))
      if (reply[0] === 'held') {
        left.delete(key)
        let isReleased = false
        return {
          owner,
          mark: parseMark(reply[1]),
          hash: readHash(reply[2]),
          async release() {
            if (isReleased) return
            isReleased = true
            await release()
            endTurn()
          },
        }
      }
      const [, otherOwner, other, restMs] = reply.map(String)
      // A process of this machine that was killed will never let go.
      const wasGone = gone
      if (isGone(other ?? '', clock)) gone = otherOwner ?? ''
      if (gone !== wasGone) continue
      const nowMs = performance.now()
      if (nowMs >= deadlineMs) throw timedOut(key, other ?? '')
      const waitedMs = Math.min(pauseMs * (0.5 + Math.random()), Number(restMs) + 1, deadlineMs - nowMs)
      await sleep(waitedMs, undefined, {signal}).catch(() => {
        throw interrupted(key)
      })
    }
  } catch (error) {
    // It may have been taken, and the reply lost.
    if (error instanceof BehalfError && error.code === 'store-unavailable') await release()
    endTurn()
    throw error
  }
}

const interrupted = (key: AccountKey): BehalfError =>
  new BehalfError('interrupted', `Interrupted while waiting for the lock of ${key}`)

const timedOut = (key: AccountKey, holder: string): BehalfError =>
  new BehalfError(
    'lock-timeout',
    `The account ${key} is in use by ${describeHolder(holder)}, which did not finish in time`,
    {hint: 'Try again when it has ended.'},
  )

/** @param text as it was stored by whoever holds the lock. */
export function describeHolder(text: string): string {
  const note = parseRecord(text)
  if (!isObject(note)) return 'another process'
  const host = note.host === hostname() ? '' : ` on ${String(note.host)}`
  return `process ${String(note.pid)}${host} since ${String(note.since)}`
}
