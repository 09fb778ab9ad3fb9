import type {RedisServerAddress} from '../../config/store-place.js'
import {SECOND_MS} from '../../model/time.js'
import {checkEvictionPolicy} from './eviction-policy.js'
import {isReply} from './redis-errors.js'
import {
  connectClient,
  exchange,
  NoReplyError,
  within,
  type RedisAccess,
  type RedisClient,
  type RedisCommand,
} from './redis-client.js'

const FIRST_BACKOFF_MS = 50
const LONGEST_BACKOFF_MS = 2 * SECOND_MS
/** After a silence nobody waits long again to hear that it goes on: callers may be served by what was read before. */
const SILENT_WAIT_MS = SECOND_MS / 2

/** The link was closed by its owner. */
class LinkClosedError extends Error {
  override readonly name = 'LinkClosedError'
}

/**
 * A connection to one server that is made when it is first needed, and made again when it broke. Who asks for something
 * waits for the first attempt; once that has failed everyone fails at once until the server is back, and nothing is queued.
 * Nothing is ever sent twice. Errors are those of the client: the `RedisConnection` says what they mean.
 */
export class RedisLink {
  readonly #findAddress: () => Promise<RedisServerAddress>
  readonly #access: RedisAccess
  readonly #watchMs: number | undefined
  #client: RedisClient | undefined
  /** Where the client leads to. */
  #address: RedisServerAddress | undefined
  #watch: NodeJS.Timeout | undefined
  #opening: Promise<RedisClient> | undefined
  #failure: {error: unknown; attempts: number; timer: NodeJS.Timeout} | undefined
  /** Its last connection was given up because no reply came. */
  #isSilent = false
  #epoch = 0
  #isClosed = false

  /**
   * @param findAddress is asked before each attempt: where the server is may have changed.
   * @param options.watchMs how often it is asked while there is a connection, which is given up when it has changed.
   */
  constructor(
    findAddress: () => Promise<RedisServerAddress>,
    access: RedisAccess,
    {watchMs}: {watchMs?: number | undefined} = {},
  ) {
    this.#findAddress = findAddress
    this.#access = access
    this.#watchMs = watchMs
  }

  /** Sends these commands together, so that nothing comes between them on the wire. Gives the reply or error of each. */
  async exchange(commands: readonly RedisCommand[], timeoutMs?: number): Promise<PromiseSettledResult<unknown>[]> {
    const client = this.#ready() ?? (await this.#open())
    const results = await Promise.allSettled(commands.map((command) => exchange(client, command, timeoutMs)))
    const isUnanswered = results.some((one) => one.status === 'rejected' && one.reason instanceof NoReplyError)
    if (isUnanswered && this.#client === client) this.#isSilent = true
    const isDemoted = results.some((one) => one.status === 'rejected' && isReply(one.reason, 'READONLY', 'MASTERDOWN'))
    // What was a primary may have become a replica, and keeps its connections.
    if (isDemoted && this.#client === client) this.#drop()
    return results
  }

  /** How many connections it has made. */
  get epoch(): number {
    return this.#epoch
  }

  async close(): Promise<void> {
    this.#isClosed = true
    clearTimeout(this.#failure?.timer)
    await this.#opening?.catch(() => undefined)
    this.#drop()
  }

  /** Gives the connection up; the next command finds the server anew. */
  #drop(): void {
    clearInterval(this.#watch)
    const client = this.#client
    this.#client = undefined
    if (client?.isOpen) client.destroy()
  }

  #ready(): RedisClient | undefined {
    return this.#client?.isReady === true ? this.#client : undefined
  }

  #open(): Promise<RedisClient> {
    if (this.#isClosed) return Promise.reject(new LinkClosedError())
    if (this.#failure !== undefined) {
      return Promise.reject(this.#failure.error instanceof Error ? this.#failure.error : new Error('not connected'))
    }
    const opening = this.#connect()
    return this.#isSilent ? within(SILENT_WAIT_MS, opening) : opening
  }

  #connect(): Promise<RedisClient> {
    this.#opening ??= this.#attempt().finally(() => {
      this.#opening = undefined
    })
    return this.#opening
  }

  async #attempt(): Promise<RedisClient> {
    try {
      const client = await this.#openClient()
      this.#failure = undefined
      this.#isSilent = false
      this.#client = client
      this.#epoch += 1
      this.#startWatch(client)
      return client
    } catch (error) {
      const attempts = (this.#failure?.attempts ?? 0) + 1
      this.#failure = {error, attempts, timer: this.#tryAgainIn(backoffMs(attempts))}
      throw error
    }
  }

  async #openClient(): Promise<RedisClient> {
    const address = await this.#findAddress()
    this.#address = address
    const client = await connectClient(address, this.#access)
    try {
      await checkEvictionPolicy(client, {...address, isEncrypted: this.#access.tls !== undefined})
      return client
    } catch (error) {
      client.destroy()
      throw error
    }
  }

  #startWatch(client: RedisClient): void {
    clearInterval(this.#watch)
    if (this.#watchMs === undefined) return
    const look = async (): Promise<void> => {
      if (!client.isReady) return
      const {host, port} = await this.#findAddress()
      const isThere = host === this.#address?.host && port === this.#address.port
      if (!isThere && this.#client === client) this.#drop()
    }
    // While nobody can say where the server is, it is believed to be where it was.
    this.#watch = setInterval(() => void look().catch(() => undefined), this.#watchMs).unref()
  }

  #tryAgainIn(delayMs: number): NodeJS.Timeout {
    const tryAgain = (): void => {
      if (!this.#isClosed) this.#connect().catch(() => undefined)
    }
    return setTimeout(tryAgain, delayMs).unref()
  }
}

/** Exponential, with jitter, so that many daemons do not come back at one moment. */
const backoffMs = (attempts: number): number =>
  Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (attempts - 1)) * (0.5 + Math.random() / 2)
