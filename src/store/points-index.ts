import {isRecognised, type PointsBalance, type PointsRecord} from '../model/points.js'
import type {EpochMs} from '../model/time.js'
import {compareBytes} from './compare-text.js'
import {markOf, type PointsPosition} from './points-record.js'

/** What someone has, and where their last change is. */
export interface PointsStanding {
  points: number
  last: PointsPosition
}

/** What a ledger comes to: all that the next change must know, in memory. */
export class PointsIndex {
  readonly #standings = new Map<string, PointsStanding>()
  /** Changes whose idempotency keys are still recognised, the oldest first. */
  readonly #kept = new Map<string, PointsRecord>()
  #sequence = 0

  /** Of the last change. */
  get sequence(): number {
    return this.#sequence
  }

  get standings(): ReadonlyMap<string, PointsStanding> {
    return this.#standings
  }

  get kept(): readonly PointsRecord[] {
    return [...this.#kept.values()]
  }

  standing(user: string): PointsStanding | undefined {
    return this.#standings.get(user)
  }

  findKept(by: string | undefined, key: string, now: EpochMs): PointsRecord | undefined {
    const record = this.#kept.get(markOf(by, key))
    return record !== undefined && isRecognised(record.at, now) ? record : undefined
  }

  startAt(sequence: number): void {
    this.#sequence = sequence
  }

  setStanding(user: string, standing: PointsStanding): void {
    this.#standings.set(user, standing)
  }

  /** Remembers a change for its idempotency key, and forgets those that are not recognised any more when it is made. */
  keep(record: PointsRecord): void {
    if (record.idempotency === undefined) return
    const mark = markOf(record.by, record.idempotency.key)
    this.#kept.delete(mark)
    this.#kept.set(mark, record)
    for (const [oldest, {at}] of this.#kept) {
      if (isRecognised(at, record.at)) break
      this.#kept.delete(oldest)
    }
  }

  /** Whether the change may come next: its balance follows from the one before. */
  canFollow({sequence, user, change, points}: PointsRecord): boolean {
    return sequence > this.#sequence && (this.#standings.get(user)?.points ?? 0) + change === points
  }

  add(record: PointsRecord, at: PointsPosition): void {
    this.#sequence = record.sequence
    this.#standings.set(record.user, {points: record.points, last: at})
    this.keep(record)
  }

  /** Keeps the best while it looks through all: sorting 100,000 to show ten would take a tenth of a second. */
  top(limit: number): PointsBalance[] {
    if (limit >= this.#standings.size) {
      return Array.from(this.#standings, ([user, {points}]) => ({user, points})).sort(compareBalances)
    }
    const best: PointsBalance[] = []
    for (const [user, {points}] of this.#standings) {
      const worst = best.at(-1)
      if (worst !== undefined && best.length === limit && compareBalances({user, points}, worst) > 0) continue
      best.splice(findRank(best, {user, points}), 0, {user, points})
      if (best.length > limit) best.pop()
    }
    return best
  }
}

const compareBalances = (a: PointsBalance, b: PointsBalance): number =>
  b.points === a.points ? compareBytes(a.user, b.user) : b.points > a.points ? 1 : -1

function findRank(ranked: readonly PointsBalance[], balance: PointsBalance): number {
  let [low, high] = [0, ranked.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    const other = ranked[middle]
    if (other !== undefined && compareBalances(other, balance) < 0) low = middle + 1
    else high = middle
  }
  return low
}
