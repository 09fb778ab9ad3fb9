import {reusedKey, takePointsStep, type PointsOutcome, type PointsRecord, type PointsRequest} from '../model/points.js'
import type {PointsIndex, PointsStanding} from './points-index.js'
import {encodeLine, type LinePlace} from './points-line.js'
import {markOf, type ChangeLine} from './points-record.js'

/** Changes that are to be appended together, laid over what the ledger comes to. */
export class PointsDraft {
  readonly #index: PointsIndex
  readonly #segment: number
  readonly #standings = new Map<string, PointsStanding>()
  readonly #kept = new Map<string, PointsRecord>()
  readonly #lines: string[] = []
  readonly #noted: number
  #place: LinePlace
  #sequence: number

  /** @param noted the sequence that was last acknowledged by anyone: none is given twice, whatever was restored. */
  constructor(index: PointsIndex, end: {segment: number; place: LinePlace}, noted: number) {
    this.#index = index
    this.#segment = end.segment
    this.#place = end.place
    this.#noted = noted
    this.#sequence = index.sequence
  }

  /** What is to be written; empty when nothing changes. */
  get text(): string {
    return this.#lines.join('')
  }

  /** Of the last change. */
  get sequence(): number {
    return this.#sequence
  }

  /** @throws BehalfError `points-insufficient`, `points-out-of-range`, `idempotency-key-reused`; nothing is added then. */
  change({user, step, floor, by, why, at, idempotency}: PointsRequest): PointsOutcome {
    if (idempotency !== undefined) {
      const made = this.#kept.get(markOf(by, idempotency.key)) ?? this.#index.findKept(by, idempotency.key, at)
      if (made?.idempotency?.request === idempotency.request) {
        return {user: made.user, points: made.points, change: made.change, repeated: true}
      }
      if (made !== undefined) throw reusedKey(idempotency.key)
    }
    const before = this.balanceOf(user)
    const points = takePointsStep(user, before, {step, floor})
    const change = points - before
    this.add({
      sequence: Math.max(this.#sequence, this.#noted) + 1,
      user,
      change,
      points,
      at,
      ...(by !== undefined && {by}),
      ...(why !== undefined && {why}),
      ...(idempotency !== undefined && {idempotency}),
    })
    return {user, points, change, repeated: false}
  }

  balanceOf(user: string): number {
    return this.#standing(user)?.points ?? 0
  }

  add(record: PointsRecord): void {
    const {user, points, by, idempotency} = record
    const previous = this.#standing(user)?.last
    const line: ChangeLine = {...record, ...(previous !== undefined && {previous})}
    const {text, next} = encodeLine(line, this.#place)
    this.#standings.set(user, {points, last: {segment: this.#segment, offset: this.#place.offset}})
    if (idempotency !== undefined) this.#kept.set(markOf(by, idempotency.key), record)
    this.#lines.push(text)
    this.#place = next
    this.#sequence = record.sequence
  }

  #standing(user: string): PointsStanding | undefined {
    return this.#standings.get(user) ?? this.#index.standing(user)
  }
}
