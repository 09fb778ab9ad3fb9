import {createHash} from 'node:crypto'

import type {Provider} from '../../src/model/provider.js'
import type {RawReply} from '../../src/model/refresh.js'
import type {Secret} from '../../src/model/secret.js'
import {createProviderClient} from '../../src/providers/oauth-client.js'
import type {Exchange, ProviderClient, Validation} from '../../src/providers/provider-client.js'
import type {FakeClock} from './fake-clock.js'

/** What becomes of one request for a refresh. */
export type Weather =
  | 'fine'
  | 'refused-connection'
  | 'busy' // 429
  | 'lost-request' // it never arrives, the connection breaks
  | 'lost-reply' // processed, and the answer never comes
  | 'late-lost' // processed, the answer comes after the limit
  | 'gateway' // 502 before it was processed
  | 'gateway-after' // 502 after it was processed
  | 'cut' // 200, cut off before the refresh token
  | 'rest-broken' // 200, a good refresh token and a broken rest
  | 'wrong-client' // the client secret is refused

/** How a provider takes a refresh token that comes again. */
export type Temper =
  | 'stable' // never rotates (Twitch with a secret)
  | 'forgiving' // rotates, and repeats the last answer for a minute (`grace`)
  | 'punishing' // one use; a replay ends the authorization, and a refresh kills the access token (Twitch without a secret)
  | 'detecting' // one use; a replay ends the authorization, access tokens live on (RFC 9700 4.14.2)

const LIFE_MS = 4 * 3600_000
export const FORGIVING_MS = 60_000

/** A provider with one authorization, in memory: it knows what is true, so that a test can hold behalf to it. */
export class SimulatedProvider {
  readonly judge: ProviderClient['judgeRefresh']
  weather: Weather = 'fine'
  /** The authorization has been ended: nothing but a login helps. */
  ended = false
  /** How often a token was sent that had been used. */
  replays = 0
  /** Requests that were processed. */
  rotations = 0
  refreshToken = token('r', 0)
  readonly accessTokens = new Map<string, number>()
  readonly #clock: FakeClock
  readonly #temper: Temper
  #former: {token: string; usedAt: number} | undefined

  constructor(clock: FakeClock, temper: Temper) {
    this.#clock = clock
    this.#temper = temper
    this.accessTokens.set(token('a', 0), clock.now() + LIFE_MS)
    const client = createProviderClient({clock})
    this.judge = (provider, reply) => client.judgeRefresh(provider, reply)
  }

  accepts(accessToken: string): boolean {
    return (this.accessTokens.get(accessToken) ?? 0) > this.#clock.now()
  }

  validate(accessToken: Secret): Validation {
    if (this.weather === 'refused-connection') return {kind: 'unavailable', reason: 'refused'}
    return this.accepts(accessToken.reveal()) ? {kind: 'live'} : {kind: 'dead'}
  }

  async send(refreshToken: Secret, beforeWrite: () => Promise<boolean>): Promise<Exchange> {
    const sentAt = this.#clock.now()
    if (this.weather === 'refused-connection') return {kind: 'not-sent', reason: 'refused'}
    if (!(await beforeWrite())) return {kind: 'not-sent', reason: 'not ours'}
    this.#clock.advance(200)
    const reply = (status: number, body: string, complete = true): Exchange => ({
      kind: 'reply',
      reply: {status, headers: {}, body, complete, sentAt} satisfies RawReply,
    })
    switch (this.weather) {
      case 'busy':
        return reply(429, '')
      case 'wrong-client':
        return reply(401, JSON.stringify({error: 'invalid_client'}))
      case 'lost-request':
        return {kind: 'no-reply', reason: 'reset'}
      case 'gateway':
        return reply(502, '<html>')
      default: {
        const body = this.#process(refreshToken.reveal(), sentAt)
        if (this.weather === 'late-lost') this.#clock.advance(20_000)
        if (this.weather === 'lost-reply' || this.weather === 'late-lost') return {kind: 'no-reply', reason: 'reset'}
        if (this.weather === 'gateway-after') return reply(502, '<html>')
        if (!body) return reply(400, JSON.stringify({error: 'invalid_grant'}))
        if (this.weather === 'cut') return reply(200, body.slice(0, 20), false)
        if (this.weather === 'rest-broken') return reply(200, `{"refresh_token":"${this.refreshToken}","acc`, false)
        return reply(200, body)
      }
    }
  }

  /** The body of a 200, or undefined when the token is refused. */
  #process(sent: string, now: number): string | undefined {
    if (this.ended) return undefined
    if (sent !== this.refreshToken) {
      this.replays += 1
      const former = this.#former
      const forgiven = this.#temper === 'forgiving' && former?.token === sent && now - former.usedAt < FORGIVING_MS
      if (forgiven) return this.#issue(now)
      this.ended = true
      this.accessTokens.clear()
      return undefined
    }
    if (this.#temper === 'stable') return this.#issue(now)
    if (this.#temper === 'punishing') this.accessTokens.clear()
    this.#former = {token: sent, usedAt: now}
    this.rotations += 1
    this.refreshToken = token('r', this.rotations)
    return this.#issue(now)
  }

  #issue(now: number): string {
    const accessToken = token('a', this.accessTokens.size + this.rotations * 1000)
    this.accessTokens.set(accessToken, now + LIFE_MS)
    return JSON.stringify({
      access_token: accessToken,
      token_type: 'bearer',
      expires_in: LIFE_MS / 1000,
      refresh_token: this.refreshToken,
    })
  }
}

/** A made-up token, long enough to be one. */
export const token = (kind: string, n: number): string =>
  `made-up-${kind}-${createHash('sha256')
    .update(`${kind}${String(n)}`)
    .digest('hex')
    .slice(0, 20)}`

/** A provider client that speaks with the simulated provider; what a refresh does not need is not there. */
export function createSimulatedClient(simulated: SimulatedProvider): ProviderClient {
  const absent = (): never => {
    throw new Error('the refresh machine does not call this')
  }
  return {
    sendRefresh: (_provider: Provider, refreshToken, beforeWrite) => simulated.send(refreshToken, beforeWrite),
    judgeRefresh: simulated.judge,
    validate: (_provider, accessToken) => Promise.resolve(simulated.validate(accessToken)),
    authorizationUrl: absent,
    exchangeCode: absent,
    startDevice: absent,
    pollDevice: absent,
    revoke: absent,
    identify: absent,
    identifyCredential: absent,
    beginOAuth1: absent,
    finishOAuth1: absent,
    credentialHeaders: absent,
    sendCall: absent,
    requestAppToken: absent,
    checkClient: absent,
    canReach: absent,
    discover: absent,
  }
}
