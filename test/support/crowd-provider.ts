import type {Provider} from '../../src/model/provider.js'
import type {RawReply} from '../../src/model/refresh.js'
import type {Secret} from '../../src/model/secret.js'
import type {Clock} from '../../src/model/time.js'
import {createProviderClient} from '../../src/providers/oauth-client.js'
import type {Exchange, ProviderClient, Validation} from '../../src/providers/provider-client.js'

/** What every request meets. */
export type CrowdWeather =
  | 'fine'
  | 'unreachable' // no connection
  | 'broken' // 503, nothing was processed
  | 'busy' // 429 with Retry-After
  | 'client-refused'

export const BUSY_FOR_S = 90

/** A refresh that reached the token endpoint. */
export interface CrowdRequest {
  /** The account's user id. */
  userId: string
  at: number
}

/**
 * A provider with any number of authorizations. Their refresh tokens rotate, and one that comes again ends the
 * authorization; or they stay as they are.
 */
export class CrowdProvider {
  weather: CrowdWeather = 'fine'
  lifeMs: number
  /** False: a refresh returns the same refresh token. */
  rotates = true
  readonly requests: CrowdRequest[] = []
  readonly validations: string[] = []
  /** Connections that were opened to see whether that is possible. */
  proofs = 0
  replays = 0
  /** Whose access tokens have ended before their time. */
  readonly dead = new Set<string>()
  /** Whose authorization has been ended. */
  readonly ended = new Set<string>()
  readonly #clock: Clock
  /** How many access tokens each has had since its login. */
  readonly #issued = new Map<string, number>()

  constructor(clock: Clock, lifeMs = 4 * 3600_000) {
    this.#clock = clock
    this.lifeMs = lifeMs
  }

  /** The refresh token that an account has at first. */
  static firstTokenOf = (userId: string): string => `made-up-refresh-0-of-${userId}`

  client(): Partial<ProviderClient> {
    const judge = createProviderClient({clock: this.#clock})
    return {
      judgeRefresh: (provider, reply) => judge.judgeRefresh(provider, reply),
      sendRefresh: (_provider: Provider, token, beforeWrite) => this.#send(token.reveal(), beforeWrite),
      validate: (_provider: Provider, token) => Promise.resolve(this.#validate(token)),
      canReach: () => {
        this.proofs += 1
        return Promise.resolve(this.weather !== 'unreachable')
      },
    }
  }

  #validate(token: Secret): Validation {
    if (this.weather !== 'fine') return {kind: 'unavailable', reason: 'it is down'}
    const userId = token.reveal().replace(/^.*-of-/, '')
    this.validations.push(userId)
    return this.dead.has(userId) ? {kind: 'dead'} : {kind: 'live'}
  }

  async #send(token: string, beforeWrite: () => Promise<boolean>): Promise<Exchange> {
    if (this.weather === 'unreachable') return {kind: 'not-sent', reason: 'refused'}
    if (!(await beforeWrite())) return {kind: 'not-sent', reason: 'not ours'}
    return {kind: 'reply', reply: this.answer(token)}
  }

  /** What the token endpoint answers. */
  answer(token: string): RawReply {
    const [, sent = '', userId = ''] = /^made-up-refresh-(\d+)-of-(.*)$/.exec(token) ?? []
    this.requests.push({userId, at: this.#clock.now()})
    if (this.weather === 'broken') return this.#reply(503, 'down')
    if (this.weather === 'busy') return this.#reply(429, '', {'retry-after': String(BUSY_FOR_S)})
    if (this.weather === 'client-refused') return this.#reply(401, {error: 'invalid_client'})
    const issued = this.#issued.get(userId) ?? 0
    const current = this.rotates ? issued : 0
    if (Number(sent) !== current) {
      this.replays += 1
      this.ended.add(userId)
    }
    if (this.ended.has(userId)) return this.#reply(400, {error: 'invalid_grant'})
    this.#issued.set(userId, issued + 1)
    this.dead.delete(userId)
    return this.#reply(200, {
      access_token: `made-up-access-${String(issued + 1)}-of-${userId}`,
      token_type: 'bearer',
      expires_in: this.lifeMs / 1000,
      refresh_token: `made-up-refresh-${String(this.rotates ? issued + 1 : 0)}-of-${userId}`,
    })
  }

  #reply(status: number, body: object | string, headers: Record<string, string> = {}): RawReply {
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    return {status, headers, body: text, complete: true, sentAt: this.#clock.now()}
  }
}
