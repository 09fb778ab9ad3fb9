import type {BrokerDeps} from '../../src/broker/broker-deps.js'
import {createSystemClock} from '../../src/config/system-clock.js'
import type {Clock} from '../../src/model/time.js'
import {createProviderClient} from '../../src/providers/oauth-client.js'
import type {Store} from '../../src/store/store.js'

/** What the broker needs, in this process, over a store and the network. `aheadMs`: by how much its clocks are ahead. */
export function brokerOf(store: Store, aheadMs = 0): BrokerDeps {
  const clock = createClockAhead(aheadMs)
  return {
    store,
    clock,
    random: {token: () => 'made-up', alphanumeric: () => 'made-up', fraction: () => 0},
    providerClient: createProviderClient({clock}),
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

function createClockAhead(aheadMs: number): Clock {
  const clock = createSystemClock()
  return {
    ...clock,
    now: () => clock.now() + aheadMs,
    moment() {
      const {wallMs, monotonicMs, bootId} = clock.moment()
      return {wallMs: wallMs + aheadMs, monotonicMs: monotonicMs + aheadMs, bootId}
    },
  }
}
