import assert from 'node:assert/strict'

import fc from 'fast-check'

import type {BrokerDeps} from '../../src/broker/broker-deps.js'
import {getFreshToken} from '../../src/broker/get-fresh-token.js'
import {refreshAccount} from '../../src/broker/refresh-account.js'
import type {RefreshResult} from '../../src/broker/refresh-attempt.js'
import {isOAuth2Account} from '../../src/model/account.js'
import {BehalfError} from '../../src/model/behalf-error.js'
import {originsOf, type Provider, type ReplayMode} from '../../src/model/provider.js'
import {Secret} from '../../src/model/secret.js'
import {HOUR_MS, MINUTE_MS, type Clock} from '../../src/model/time.js'
import {remainingMs} from '../../src/model/token-life.js'
import type {Store} from '../../src/store/store.js'
import {Crash, CRASH_POINTS, withCrash, type CrashPoint} from './crashing-store.js'
import {createFakeClock, type FakeClock} from './fake-clock.js'
import {makeAccount} from './make-account.js'
import {makeProvider} from './make-provider.js'
import {
  createSimulatedClient,
  FORGIVING_MS,
  SimulatedProvider,
  token,
  type Temper,
  type Weather,
} from './simulated-provider.js'
import {tokensOf} from './tokens-of.js'

/** Where the account is kept during one story. */
export interface MachinePlace {
  /** Opens the store as another process would. */
  open(clock: Clock): Promise<Store>
  dispose(): Promise<void>
}

const MODES: Record<Temper, ReplayMode> = {
  stable: {kind: 'safe'},
  forgiving: {kind: 'grace', graceMs: FORGIVING_MS},
  punishing: {kind: 'probe'},
  detecting: {kind: 'last-resort'},
}

const WEATHERS: Weather[] = [
  'fine',
  'refused-connection',
  'busy',
  'lost-request',
  'lost-reply',
  'late-lost',
  'gateway',
  'gateway-after',
  'cut',
  'rest-broken',
  'wrong-client',
]

/** What a step does with the account. */
const WISHES = ['demand', 'schedule', 'forced', 'refused', 'min-ttl'] as const

const stepArbitrary = fc.record({
  weather: fc.oneof({weight: 2, arbitrary: fc.constant<Weather>('fine')}, fc.constantFrom(...WEATHERS)),
  wish: fc.constantFrom(...WISHES),
  /** Before the step. */
  pauseMs: fc.constantFrom(0, 500, 1100, 31_000, 2 * MINUTE_MS, HOUR_MS, 3.99 * HOUR_MS, 4.1 * HOUR_MS),
  crash: fc.option(fc.record({point: fc.constantFrom(...CRASH_POINTS), nth: fc.integer({min: 1, max: 2})}), {
    nil: undefined,
    freq: 3,
  }),
})
interface Step {
  weather: Weather
  wish: (typeof WISHES)[number]
  pauseMs: number
  crash: {point: CrashPoint; nth: number} | undefined
}

const KEY = 'example:2002'

/** Processed, and the new tokens never reached this machine: nothing can bring them back. */
const LOSING: Weather[] = ['lost-reply', 'late-lost', 'gateway-after', 'cut']

/** One account at one simulated provider, and what is true of it. */
class World {
  readonly clock: FakeClock = createFakeClock()
  readonly simulated: SimulatedProvider
  readonly provider: Provider
  /** Replays that rule 5 does not allow. */
  readonly wrongReplays: string[] = []
  /** Something happened that can cost a login where refresh tokens are used once. */
  mayBeLost = false
  readonly #place: MachinePlace
  #store: Store | undefined

  constructor(temper: Temper, place: MachinePlace) {
    this.simulated = new SimulatedProvider(this.clock, temper)
    this.provider = makeProvider({replay: MODES[temper], validateUrl: 'https://id.example.test/validate'})
    this.#place = place
  }

  async open(): Promise<Store> {
    this.#store ??= await this.#place.open(this.clock)
    return this.#store
  }

  /** The next one who asks is another process. */
  async restart(): Promise<void> {
    await this.#store?.close()
    this.#store = undefined
  }

  async seed(): Promise<void> {
    const store = await this.open()
    await store.providers.put(this.provider)
    const now = this.clock.now()
    await store.accounts.put(
      makeAccount({
        provider: 'example',
        key: KEY,
        clientId: this.provider.clientId,
        origins: originsOf(this.provider),
        credential: {
          accessToken: new Secret(token('a', 0)),
          refreshToken: new Secret(token('r', 0)),
          issuedAt: now,
          expiresAt: now + 4 * HOUR_MS,
        },
      }),
    )
  }

  async account() {
    const account = await (await this.open()).accounts.get(KEY)
    assert.ok(account && isOAuth2Account(account), 'the account is lost')
    return account
  }

  deps(store: Store): BrokerDeps {
    const client = createSimulatedClient(this.simulated)
    return {
      store,
      clock: this.clock,
      random: {token: () => 'made-up', alphanumeric: () => 'made-up', fraction: () => 0},
      providerClient: {
        ...client,
        sendRefresh: async (provider, refreshToken, beforeWrite) => {
          await this.#checkReplay(refreshToken)
          return client.sendRefresh(provider, refreshToken, beforeWrite)
        },
      },
      providers: {
        findPreset: () => undefined,
        fillPreset: () => undefined,
        describePreset: () => undefined,
        listPresetNames: () => [],
        applyIdentityUrl: (preset) => preset,
        knownScopes: () => undefined,
        overrides: [],
        callbackUrl: 'http://localhost:8420/callback',
      },
    }
  }

  /** Where a replay does harm, it is sent only when the access token in hand is of no more use. */
  async #checkReplay(sent: Secret): Promise<void> {
    const mode = this.provider.replay?.kind
    if (mode === 'safe' || sent.reveal() === this.simulated.refreshToken) return
    const {credential, doubt} = await this.account()
    const leftMs = remainingMs(credential, this.clock.now())
    const refused = !this.simulated.accepts(credential.accessToken.reveal())
    const sinceMs = this.clock.now() - (doubt?.since.wallMs ?? 0)
    const allowed =
      (mode === 'grace' && sinceMs < FORGIVING_MS / 2) ||
      (mode === 'probe' && !credential.accessTokenOutdated ? leftMs === 0 : leftMs <= MINUTE_MS || refused)
    if (!allowed) this.wrongReplays.push(`${String(mode)} with ${String(leftMs)} ms left`)
  }

  /** Whether the stored refresh token can still be used. */
  async isRecoverable(): Promise<boolean> {
    const {credential} = await this.account()
    return !this.simulated.ended && credential.refreshToken?.reveal() === this.simulated.refreshToken
  }
}

async function wishFor(world: World, store: Store, wish: Step['wish']): Promise<RefreshResult | undefined> {
  const deps = world.deps(store)
  const seen = tokensOf(await world.account()).accessToken
  switch (wish) {
    case 'demand':
      await getFreshToken(deps, KEY, 0)
      return undefined
    case 'min-ttl':
      await getFreshToken(deps, KEY, 3 * HOUR_MS)
      return undefined
    case 'schedule':
      return refreshAccount(deps, {key: KEY, cause: 'due', withinMs: 20 * MINUTE_MS, urgency: 'schedule'})
    case 'forced':
      return refreshAccount(deps, {key: KEY, cause: 'forced', seen, urgency: 'demand'})
    case 'refused':
      return refreshAccount(deps, {key: KEY, cause: 'refused', seen, urgency: 'demand'})
  }
}

/** A refusal that was made up would let a living token be given up: only what is dead is refused. */
const canWish = (world: World, step: Step, accessToken: string): boolean =>
  step.wish !== 'refused' || !world.simulated.accepts(accessToken)

async function play(world: World, step: Step): Promise<void> {
  world.clock.advance(step.pauseMs)
  world.simulated.weather = step.weather
  const before = await world.account()
  if (!canWish(world, step, tokensOf(before).accessToken.reveal())) return
  const store = withCrash(await world.open(), step.crash?.point, step.crash?.nth)
  const rotations = world.simulated.rotations
  try {
    const result = await wishFor(world, store, step.wish)
    if (result?.kind === 'refreshed') {
      await world.restart()
      const stored = tokensOf(await world.account()).accessToken.reveal()
      assert.equal(stored, result.account.credential.accessToken.reveal(), 'handed out, and not durable')
    }
  } catch (error) {
    const expected = error instanceof Crash || (error instanceof BehalfError && !error.code.startsWith('store-'))
    if (!expected) throw error
  }
  if (store.crashed) await world.restart()
  const losing = LOSING.includes(step.weather) || (store.crashed && step.crash?.point === 'before recordReply')
  if (losing && world.simulated.rotations > rotations) world.mayBeLost = true
}

async function checkTruth(world: World): Promise<void> {
  assert.deepEqual(world.wrongReplays, [])
  const account = await world.account()
  if (account.state.kind === 'ok') return
  assert.ok(world.mayBeLost, 'a login is asked for although nothing was lost')
  assert.equal(await world.isRecoverable(), false, 'a login is asked for although the stored token is good')
}

/** With a provider that answers, the account works again or asks for a login, whichever is true. */
async function checkEnd(world: World): Promise<void> {
  world.simulated.weather = 'fine'
  world.clock.advance(5 * HOUR_MS)
  await world.restart()
  const store = await world.open()
  await store.providers.put({...world.provider, clientSecret: new Secret('made-up-mended-secret')})
  const deps = world.deps(store)
  let outcome: unknown
  for (let tries = 0; tries < 3; tries += 1) {
    world.clock.advance(1100)
    outcome = await getFreshToken(deps, KEY, 0).catch((error: unknown) => error)
    if (!(outcome instanceof BehalfError) || outcome.code !== 'unavailable') break
  }
  if (outcome instanceof Error) {
    if (!world.mayBeLost) throw outcome
    assert.ok(outcome instanceof BehalfError && outcome.code === 'login-needed', outcome)
    assert.equal(await world.isRecoverable(), false, 'a login is asked for although the stored token is good')
  } else {
    const {accessToken} = outcome as {accessToken: Secret}
    assert.ok(world.simulated.accepts(accessToken.reveal()), 'the token that was handed out is not accepted')
  }
  assert.deepEqual(world.wrongReplays, [])
}

/** Random stories of one account at each kind of provider, with a crash between any two steps. */
export function describeRefreshMachine(name: string, runs: number, makePlace: () => Promise<MachinePlace>): void {
  describe(name, function () {
    this.timeout(runs * 3000)

    for (const temper of Object.keys(MODES) as Temper[]) {
      it(`loses no login at a provider that is ${temper}, whatever happens (${String(runs)} stories)`, async () => {
        const check = async (steps: Step[]): Promise<void> => {
          const place = await makePlace()
          const world = new World(temper, place)
          try {
            await world.seed()
            for (const step of steps) {
              await play(world, step)
              await checkTruth(world)
            }
            await checkEnd(world)
          } finally {
            await world.restart()
            await place.dispose()
          }
        }
        const stories = fc.asyncProperty(fc.array(stepArbitrary, {minLength: 1, maxLength: 8}), check)
        await fc.assert(stories, {numRuns: runs})
      })
    }
  })
}
