import type {Socket} from 'node:net'

import {buildConnector, Pool} from 'undici'

import type {AddressGuard} from '../../model/address-guard.js'
import type {Provider} from '../../model/provider.js'
import {SECOND_MS} from '../../model/time.js'

export interface UpstreamLimits {
  /** Of one origin. */
  connections: number
  connectMs: number
  /** Until the answer begins. */
  headersMs: number
  /** Between two pieces of an answer. */
  bodyIdleMs: number
}

/** Less than what servers usually keep an idle connection for; one that says how long is believed. */
const KEEP_ALIVE_MS = 30 * SECOND_MS

/** The connections to the APIs: one pool an origin, kept open. No redirect is followed and nothing repeated. */
export class Upstreams {
  readonly #limits: UpstreamLimits
  readonly #guard: AddressGuard
  readonly #pools = new Map<string, Pool>()
  /** Those that lead nowhere but where the guard lets them. */
  readonly #guardedPools = new Map<string, Pool>()
  /** Errors of connections that had been used before. */
  readonly #onUsedConnection = new WeakSet<Error>()

  constructor(limits: UpstreamLimits, guard: AddressGuard) {
    this.#limits = limits
    this.#guard = guard
  }

  /** `addressesFrom`: how the URL of the API came here; what came over HTTP is guarded. */
  poolOf(origin: string, {addressesFrom}: Pick<Provider, 'addressesFrom'>): Pool {
    const isGuarded = addressesFrom === 'http'
    const pools = isGuarded ? this.#guardedPools : this.#pools
    const known = pools.get(origin)
    if (known) return known
    const pool = this.#open(origin, isGuarded)
    pools.set(origin, pool)
    return pool
  }

  /** Whether a connection was kept for another request, and turned out to have been closed meanwhile (RFC 9112 9.3.1). */
  wasUsedConnection(error: unknown): boolean {
    return error instanceof Error && this.#onUsedConnection.has(error)
  }

  /** Cuts what is still open. */
  async close(): Promise<void> {
    await Promise.all([...this.#pools.values(), ...this.#guardedPools.values()].map((pool) => pool.destroy()))
    this.#pools.clear()
    this.#guardedPools.clear()
  }

  #open(origin: string, isGuarded: boolean): Pool {
    const {connections, connectMs, headersMs, bodyIdleMs} = this.#limits
    const guard = isGuarded ? this.#guard : undefined
    const connect = buildConnector({timeout: connectMs, ...(guard && {lookup: guard.lookup})})
    return new Pool(origin, {
      connections,
      pipelining: 1,
      keepAliveTimeout: KEEP_ALIVE_MS,
      headersTimeout: headersMs,
      bodyTimeout: bodyIdleMs,
      connect: (options, callback) => {
        const refusal = guard?.refuse(options.hostname.replace(/^\[|\]$/g, ''))
        if (refusal) {
          callback(refusal, null)
          return
        }
        connect(options, (...result) => {
          // Of a failure nothing but the error is told, whatever the types say.
          if (result[0] === null) this.#watch(result[1])
          callback(...result)
        })
      },
    })
  }

  #watch(socket: Socket): void {
    socket.on('error', (error) => {
      if (socket.bytesRead > 0) this.#onUsedConnection.add(error)
    })
  }
}
