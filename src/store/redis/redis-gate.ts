import {randomBytes} from 'node:crypto'
import {setTimeout as sleep} from 'node:timers/promises'

import {MINUTE_MS, SECOND_MS, type Clock} from '../../model/time.js'
import type {RedisConnection} from './connection.js'
import {isGone, lockedRedis, writeGateNote} from './gate-note.js'
import {enterGate, leaveGate, takeGate} from './gate-scripts.js'

const LEASE_MS = MINUTE_MS
const RENEW_MS = 20 * SECOND_MS
/** Who has heard nothing for so long asks again before it writes. */
const FRESH_MS = 40 * SECOND_MS
const ENTER_WAIT_MS = 15 * SECOND_MS
const PAUSE_MS = 100

export interface RedisGateOptions {
  /** Without a gate of its own. */
  connection: RedisConnection
  key: string
  clock: Clock
  /** How long who enters waits for somebody who has the store alone. */
  waitMs?: number
}

/** A place at the gate of a Redis store, which ends by itself when its process says nothing for a minute. */
class GatePlace {
  protected readonly options: RedisGateOptions
  protected readonly id = randomBytes(9).toString('base64url')
  readonly #note: string
  #freshUntil = {wallMs: -Infinity, monotonicMs: -Infinity}
  #timer: NodeJS.Timeout | undefined

  constructor(options: RedisGateOptions) {
    this.options = options
    this.#note = writeGateNote(options.clock)
  }

  /** The larger of both clocks decides: one of them stands still in sleep. */
  protected get isFresh(): boolean {
    return performance.now() < this.#freshUntil.monotonicMs && Date.now() < this.#freshUntil.wallMs
  }

  protected get words(): [string, string, string] {
    return [this.id, String(LEASE_MS), this.#note]
  }

  /** @param askedAt when it was asked for: the lease began no earlier. */
  protected hold(askedAt: {wallMs: number; monotonicMs: number}, renew: () => Promise<unknown>): void {
    this.#freshUntil = {wallMs: askedAt.wallMs + FRESH_MS, monotonicMs: askedAt.monotonicMs + FRESH_MS}
    this.#timer ??= setInterval(() => {
      // Who could not be heard asks again before it writes.
      renew().catch(() => undefined)
    }, RENEW_MS).unref()
  }

  /** Idempotent; never rejects: what was not heard ends by itself. */
  async leave(): Promise<void> {
    if (this.#timer === undefined) return
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#freshUntil = {wallMs: -Infinity, monotonicMs: -Infinity}
    const {connection, key} = this.options
    await connection.run(leaveGate, [key], [this.id]).catch(() => undefined)
  }
}

const now = () => ({wallMs: Date.now(), monotonicMs: performance.now()})

/** A process among those that write. */
export class SharedRedisGate extends GatePlace {
  readonly #onEnter: () => Promise<void>
  #entering: Promise<void> | undefined

  /** @param onEnter what has to be looked at after somebody may have had the store alone. */
  constructor(options: RedisGateOptions, onEnter: () => Promise<void>) {
    super(options)
    this.#onEnter = onEnter
  }

  /**
   * Undefined for who is in.
   * @throws BehalfError `store-locked` where somebody has the store alone, and goes on having it.
   */
  enter(): Promise<void> | undefined {
    if (this.isFresh) return undefined
    this.#entering ??= this.#enter().finally(() => {
      this.#entering = undefined
    })
    return this.#entering
  }

  async #enter(): Promise<void> {
    await this.#ask(performance.now() + (this.options.waitMs ?? ENTER_WAIT_MS))
    await this.#onEnter()
  }

  async #ask(deadlineMs: number): Promise<void> {
    const {connection, key, clock} = this.options
    let gone = ''
    for (;;) {
      const askedAt = now()
      const reply = await connection.run(enterGate, [key], [...this.words, gone])
      if (!Array.isArray(reply)) {
        this.hold(askedAt, () => this.#ask(0))
        return
      }
      const [id, note] = reply.map(String)
      if (isGone(note ?? '', clock)) {
        gone = id ?? ''
        continue
      }
      if (performance.now() > deadlineMs) throw lockedRedis(connection.location, [note ?? ''])
      await sleep(PAUSE_MS)
    }
  }
}

/** A process that has the store alone. */
export class SoleRedisGate extends GatePlace {
  /** @throws BehalfError `store-locked` after `waitMs`, naming those who are there. */
  async take(waitMs: number): Promise<void> {
    const {connection, key, clock} = this.options
    const deadlineMs = performance.now() + waitMs
    let gone: string[] = []
    for (;;) {
      const askedAt = now()
      const others = ((await connection.run(takeGate, [key], [...this.words, ...gone])) as unknown[]).map(String)
      if (others.length === 0) {
        this.hold(askedAt, () => this.take(0))
        return
      }
      const known = gone.length
      gone = others.filter((_, index) => index % 2 === 0 && isGone(others[index + 1] ?? '', clock))
      if (gone.length > 0 && known === 0) continue
      const notes = others.filter((_, index) => index % 2 === 1)
      if (performance.now() > deadlineMs) throw lockedRedis(connection.location, notes)
      await sleep(PAUSE_MS)
    }
  }

  /** Before each step: who slept through its lease is not alone any more. */
  async check(): Promise<void> {
    if (!this.isFresh) await this.take(0)
  }
}
