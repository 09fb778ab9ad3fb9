import assert from 'node:assert/strict'

import {getFreshToken} from '../../../src/broker/get-fresh-token.js'
import {refreshAccount} from '../../../src/broker/refresh-account.js'
import type {RefreshResult} from '../../../src/broker/refresh-attempt.js'
import {Secret} from '../../../src/model/secret.js'
import {HOUR_MS, MINUTE_MS, SECOND_MS} from '../../../src/model/time.js'
import {createProviderClient} from '../../../src/providers/oauth-client.js'
import {makeBrokerWorld} from '../../support/broker-world.js'
import {createFakeClock} from '../../support/fake-clock.js'
import {makeProvider} from '../../support/make-provider.js'
import {FORGIVING_MS, SimulatedProvider, token, type Temper, type Weather} from '../../support/simulated-provider.js'
import {startSimulatedServer} from '../../support/simulated-server.js'

const KEY = 'example:2002'

const MODES = {
  safe: {temper: 'stable', replay: {kind: 'safe'}},
  grace: {temper: 'forgiving', replay: {kind: 'grace', graceMs: FORGIVING_MS}},
  probe: {temper: 'punishing', replay: {kind: 'probe'}},
  'last-resort': {temper: 'detecting', replay: {kind: 'last-resort'}},
} as const satisfies Record<string, {temper: Temper; replay: unknown}>
type Mode = keyof typeof MODES

/** What becomes of the account: three passes of the schedule (see `live`), and what reached the provider. */
interface End {
  passes: [RefreshResult['kind'], RefreshResult['kind'], RefreshResult['kind']]
  /** Requests with a refresh token. */
  sent: number
  /** Requests with one that had been used. */
  replayed: number
  /** Whether a caller gets a token that the provider accepts in the end. */
  works: boolean
}

const AT_ONCE: End = {passes: ['refreshed', 'superseded', 'superseded'], sent: 2, replayed: 0, works: true}

/** The provider used the refresh token, and its answer did not come. */
const PROCESSED: Record<Mode, End> = {
  safe: AT_ONCE,
  grace: {...AT_ONCE, replayed: 1},
  probe: {passes: ['in-doubt', 'rejected', 'login-needed'], sent: 1, replayed: 0, works: false},
  'last-resort': {passes: ['in-doubt', 'in-doubt', 'rejected'], sent: 2, replayed: 1, works: false},
}
/** The refresh token never got there. */
const UNPROCESSED: Record<Mode, End> = {
  safe: AT_ONCE,
  grace: AT_ONCE,
  probe: {passes: ['in-doubt', 'refreshed', 'superseded'], sent: 2, replayed: 0, works: true},
  'last-resort': {passes: ['in-doubt', 'in-doubt', 'refreshed'], sent: 2, replayed: 0, works: true},
}
/** A good refresh token came: it is sent at once. */
const SALVAGED: Record<Mode, End> = {safe: AT_ONCE, grace: AT_ONCE, probe: AT_ONCE, 'last-resort': AT_ONCE}

const FAULTS: [string, Weather, Record<Mode, End>][] = [
  ['a lost reply', 'lost-reply', PROCESSED],
  ['a 502 after rotation', 'gateway-after', PROCESSED],
  ['a 200 that broke off before the tokens', 'cut', PROCESSED],
  ['a 200 with a good refresh_token and a broken rest', 'rest-broken', SALVAGED],
  ['a request that broke the connection', 'lost-request', UNPROCESSED],
  ['a 502 instead of a rotation', 'gateway', UNPROCESSED],
]

/** The first refresh meets `weather`, then all is fine; the schedule comes by at once, after 31 s, and at the last minute. */
async function live(mode: Mode, weather: Weather): Promise<End> {
  const clock = createFakeClock()
  const simulated = new SimulatedProvider(clock, MODES[mode].temper)
  const server = await startSimulatedServer(simulated, [weather])
  const world = await makeBrokerWorld({clock, client: createProviderClient({clock})})
  try {
    const {tokenUrl, validateUrl} = server
    const provider = makeProvider({tokenUrl, validateUrl, replay: MODES[mode].replay})
    await world.store.providers.put(provider)
    const end = clock.now() + 4 * HOUR_MS
    await world.addAccount(provider, {
      credential: {
        accessToken: new Secret(token('a', 0)),
        refreshToken: new Secret(token('r', 0)),
        expiresAt: end,
      },
    })
    const pass = () =>
      refreshAccount(world.deps, {key: KEY, cause: 'due', withinMs: 30 * MINUTE_MS, urgency: 'schedule'})
    clock.setWall(end - 30 * MINUTE_MS)
    const first = await pass()
    clock.advance(31 * SECOND_MS)
    const second = await pass()
    clock.setWall(end - MINUTE_MS + 1)
    const third = await pass()
    const passes: End['passes'] = [first.kind, second.kind, third.kind]

    clock.advance(2 * MINUTE_MS)
    const works = await getFreshToken(world.deps, KEY, 0).then(
      ({accessToken}) => simulated.accepts(accessToken.reveal()),
      () => false,
    )
    return {passes, sent: server.refreshes, replayed: simulated.replays, works}
  } finally {
    await world.dispose()
    await server.stop()
  }
}

describe('a refresh whose answer is lost (rules 2 and 5)', () => {
  for (const [name, weather, ends] of FAULTS) {
    for (const mode of Object.keys(MODES) as Mode[]) {
      const {passes} = ends[mode]
      it(`${name}, ${mode}: ${passes.join(', ')}`, async () => assert.deepEqual(await live(mode, weather), ends[mode]))
    }
  }
})
