import {randomBytes} from 'node:crypto'
import {setTimeout as sleep} from 'node:timers/promises'

import type {BehalfError} from '../../model/behalf-error.js'
import {MINUTE_MS, SECOND_MS, type Clock} from '../../model/time.js'
import type {RedisConnection} from './connection.js'
import {isGone, lockedRedis, lostRedis, writeGateNote} from './gate-note.js'
import {enterGate, keepGate, leaveGate, takeGate, writeAlone} from './gate-scripts.js'
import type {RedisCommand} from './redis-client.js'

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
  /** Also where it did not come to be held. */
  protected wasAskedFor = false

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
  protected hold(askedAt: Moment, renew: () => Promise<unknown>): void {
    this.#freshUntil = {wallMs: askedAt.wallMs + FRESH_MS, monotonicMs: askedAt.monotonicMs + FRESH_MS}
    this.#timer ??= setInterval(() => {
      // Who could not be heard asks again before it writes.
      renew().catch(() => undefined)
    }, RENEW_MS).unref()
  }

  /** Idempotent; never rejects: what was not heard ends by itself. */
  async leave(): Promise<void> {
    if (!this.wasAskedFor) return
    this.wasAskedFor = false
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#freshUntil = {wallMs: -Infinity, monotonicMs: -Infinity}
    const {connection, key} = this.options
    await connection.run(leaveGate, [key], [this.id]).catch(() => undefined)
  }
}

interface Moment {
  wallMs: number
  monotonicMs: number
}

const now = (): Moment => ({wallMs: Date.now(), monotonicMs: performance.now()})

/** A process among those that write. */
export class SharedRedisGate extends GatePlace {
  readonly #onEnter: () => Promise<void>
  #entering: Promise<void> | undefined
  #changes = 0

  /** @param onEnter what has to be looked at after somebody may have had the store alone. */
  constructor(options: RedisGateOptions, onEnter: () => Promise<void>) {
    super(options)
    this.#onEnter = onEnter
  }

  /** How often it was found that somebody had changed the store as a whole. */
  get changes(): number {
    return this.#changes
  }

  /**
   * Undefined for who is in.
   * @throws BehalfError `store-locked` where somebody has the store alone, and goes on having it.
   */
  enter(): Promise<void> | undefined {
    // Who comes while it is being looked what changed waits for that too.
    if (this.#entering === undefined && this.isFresh) return undefined
    this.#entering ??= this.#enter().finally(() => {
      this.#entering = undefined
    })
    return this.#entering
  }

  async #enter(): Promise<void> {
    const askedAt = await this.#ask(performance.now() + (this.options.waitMs ?? ENTER_WAIT_MS))
    try {
      await this.#onEnter()
    } catch (error) {
      this.#changes += 1
      throw error
    }
    this.hold(askedAt, () => this.#renew())
  }

  /** After a lapse the place is taken again, and nothing more: what may have changed is looked at by who writes next. */
  async #renew(): Promise<void> {
    const askedAt = await this.#ask(0)
    if (this.isFresh) this.hold(askedAt, () => this.#renew())
  }

  /** @returns when it was asked for. */
  async #ask(deadlineMs: number): Promise<Moment> {
    const {connection, key, clock} = this.options
    let gone = ''
    this.wasAskedFor = true
    for (;;) {
      const askedAt = now()
      const reply = await connection.run(enterGate, [key], [...this.words, gone])
      if (!Array.isArray(reply)) return askedAt
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

/** A process that has the store alone, once: what it has read is old as soon as somebody else may have come in. */
export class SoleRedisGate extends GatePlace {
  #isLost = false

  /** @throws BehalfError `store-locked` after `waitMs`, naming those who are there. */
  async take(waitMs: number): Promise<void> {
    const {connection, key, clock} = this.options
    const deadlineMs = performance.now() + waitMs
    let gone: string[] = []
    this.wasAskedFor = true
    for (;;) {
      const askedAt = now()
      const others = ((await connection.run(takeGate, [key], [...this.words, ...gone])) as unknown[]).map(String)
      if (others.length === 0) {
        this.hold(askedAt, () => this.#keep())
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

  /**
   * Before each step: who slept through its lease may not be alone any more.
   * @throws BehalfError `store-locked` from then on where somebody has come in, though he has left again.
   */
  async check(): Promise<void> {
    if (this.#isLost || !this.isFresh) await this.#keep()
  }

  /**
   * Writes what makes or ends a store, in one step with looking whether it is had alone still. In a cluster, where the
   * key is elsewhere than the gate, it is looked before and after.
   * @param command on one key, and such that it can be done twice.
   * @throws BehalfError `store-locked`
   */
  async write(command: RedisCommand): Promise<void> {
    await this.check()
    const {connection, key: gate} = this.options
    const [name = '', place = '', ...rest] = command.map(String)
    if (connection.areTogether(gate, place)) {
      if ((await connection.run(writeAlone, [gate, place], [this.id, name, ...rest])) !== 1) throw this.#lose()
    } else {
      await connection.send(place, command)
      await this.check()
    }
  }

  #lose(): BehalfError {
    this.#isLost = true
    return lostRedis(this.options.connection.location)
  }

  async #keep(): Promise<void> {
    const {connection, key} = this.options
    const askedAt = now()
    const isKept = !this.#isLost && (await connection.run(keepGate, [key], this.words)) === 1
    if (!isKept) throw this.#lose()
    this.hold(askedAt, () => this.#keep())
  }
}
