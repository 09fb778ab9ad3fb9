import {once} from 'node:events'
import {createServer, type IncomingMessage, type ServerResponse} from 'node:http'
import type {AddressInfo} from 'node:net'
import {text} from 'node:stream/consumers'
import {setTimeout as wait} from 'node:timers/promises'

import {originsOf, type Provider} from '../../src/model/provider.js'
import {Secret} from '../../src/model/secret.js'
import type {Store} from '../../src/store/store.js'
import {watch} from './e2e-run.js'
import {makeAccount} from './make-account.js'
import {makeProvider} from './make-provider.js'

/** A refresh token that came again. */
export interface Replay {
  userId: string
  /** By `performance.now()`. */
  at: number
  /** Since it came first. */
  afterMs: number
  /** One that came before had no answer, or not in time. */
  isExplained: boolean
  /** For how long this process stood still shortly before: so long a request may have waited to be read. */
  stalledMs: number
}

export interface StormProviderOptions {
  lifeMs: number
  /** How long the answer to a token that was used is given again to whoever sends it; then the authorization ends. */
  graceMs: number
  /** What becomes of a request, between 0 and 1: by what share it is lost on the way, its answer is lost, or is late. */
  lostRequests: number
  lostAnswers: number
  late: number
  lateMs: number
}

/** A provider behind real sockets, whose refresh tokens rotate, and which answers most requests. It knows what is true. */
export interface StormProvider {
  readonly provider: Provider
  /** Refreshes that were processed, of tokens that had not been used. */
  readonly renewals: number
  readonly replays: readonly Replay[]
  /** Whose authorization has been ended. */
  readonly ended: ReadonlySet<string>
  /** From now on every request is answered, and at once. */
  calm(): void
  /** Stores the provider, and so many accounts whose tokens have expired. */
  stock(store: Store, count: number): Promise<void>
  stop(): Promise<void>
}

const LOOK_EVERY_MS = 50
/** A timer is this late on a machine with much to do. */
const STALL_MS = 200
/** Leases that are over by now had begun since. */
const STALL_WINDOW_MS = 10_000

/** Notices when this process does not come to its turn. */
function watchStalls() {
  let stalls: {at: number; ms: number}[] = []
  let lookedAt = performance.now()
  const look = (): void => {
    const now = performance.now()
    const ms = now - lookedAt - LOOK_EVERY_MS
    if (ms > STALL_MS) stalls.push({at: now, ms})
    stalls = stalls.filter(({at}) => at > now - STALL_WINDOW_MS)
    lookedAt = now
  }
  const timer = setInterval(look, LOOK_EVERY_MS)
  return {
    /** In the last ten seconds. */
    recentMs(): number {
      look()
      return stalls.reduce((sum, {ms}) => sum + ms, 0)
    },
    stop: () => clearInterval(timer),
  }
}

interface Grant {
  /** How many refresh tokens have been given out since the login. */
  issued: number
  /** When the current one came, and whether that was left without an answer; undefined: it has not been used. */
  used: {at: number; isUnanswered: boolean} | undefined
  answer: string
}

export async function startStormProvider(options: StormProviderOptions): Promise<StormProvider> {
  const {lifeMs, graceMs} = options
  const grants = new Map<string, Grant>()
  const replays: Replay[] = []
  const ended = new Set<string>()
  const stalls = watchStalls()
  let renewals = 0
  let isCalm = false

  /** The first token of a grant is number 0; number n is replaced by n + 1 when it is used. */
  function process(token: string): {grant: Grant; body: string | undefined} {
    const [, sent = '', userId = ''] = /^made-up-refresh-(\d+)-of-(.*)$/.exec(token) ?? []
    const grant = grants.get(userId) ?? {issued: 0, used: undefined, answer: ''}
    grants.set(userId, grant)
    if (ended.has(userId)) return {grant, body: undefined}
    const now = performance.now()
    if (Number(sent) === grant.issued) {
      renewals += 1
      grant.issued += 1
      grant.used = {at: now, isUnanswered: false}
      grant.answer = issue(userId, grant.issued)
      return {grant, body: grant.answer}
    }
    const isLast = Number(sent) === grant.issued - 1 && grant.used !== undefined
    const afterMs = isLast ? now - (grant.used?.at ?? 0) : Infinity
    replays.push({
      userId,
      at: now,
      afterMs,
      isExplained: grant.used?.isUnanswered === true,
      stalledMs: stalls.recentMs(),
    })
    if (afterMs < graceMs) return {grant, body: grant.answer}
    ended.add(userId)
    return {grant, body: undefined}
  }

  function issue(userId: string, count: number): string {
    const [access, refresh] = ['access', 'refresh'].map((kind) => `made-up-${kind}-${String(count)}-of-${userId}`)
    for (const token of [access, refresh]) watch.keep('token', token ?? '')
    return JSON.stringify({
      access_token: access,
      refresh_token: refresh,
      token_type: 'bearer',
      expires_in: lifeMs / 1000,
    })
  }

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const token = new URLSearchParams(await text(request)).get('refresh_token') ?? ''
    const luck = isCalm ? 1 : Math.random()
    if (luck < options.lostRequests) {
      request.socket.destroy()
      return
    }
    const {grant, body} = process(token)
    const {used} = grant
    const isLost = luck < options.lostRequests + options.lostAnswers
    const isLate = !isLost && luck < options.lostRequests + options.lostAnswers + options.late
    if (used && isLost) used.isUnanswered = true
    await wait(isLate ? options.lateMs : 50 * Math.random())
    if (isLost) request.socket.destroy()
    else response.writeHead(body === undefined ? 400 : 200, {'content-type': 'application/json'}).end(body ?? REFUSAL)
  }

  const server = createServer((request, response) => void respond(request, response).catch(() => undefined))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const {port} = server.address() as AddressInfo
  const provider = makeProvider({
    tokenUrl: `http://127.0.0.1:${String(port)}/token`,
    replay: {kind: 'grace', graceMs},
  })
  return {
    provider,
    get renewals() {
      return renewals
    },
    replays,
    ended,
    calm() {
      isCalm = true
    },
    async stock(store, count) {
      await store.providers.put(provider)
      const now = Date.now()
      const place = {provider: provider.name, clientId: provider.clientId, origins: originsOf(provider)}
      for (let i = 0; i < count; i += 1) {
        const userId = String(i)
        const credential = {
          accessToken: new Secret(`made-up-access-0-of-${userId}`),
          refreshToken: new Secret(`made-up-refresh-0-of-${userId}`),
          issuedAt: now - lifeMs,
          expiresAt: now,
          refreshTokenIssuedAt: now - lifeMs,
        }
        await store.accounts.put(makeAccount({...place, userId, login: `made_up_${userId}`, credential}))
      }
    },
    async stop() {
      stalls.stop()
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

const REFUSAL = JSON.stringify({error: 'invalid_grant'})
