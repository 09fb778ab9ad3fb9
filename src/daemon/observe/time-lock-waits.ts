import {performance} from 'node:perf_hooks'

import type {BrokerDeps} from '../../broker/broker-deps.js'
import {SECOND_MS} from '../../model/time.js'
import type {Metrics} from '../daemon-deps.js'

type AccountStore = BrokerDeps['store']['accounts']

/** The same accounts; how long everyone waits for a lock of theirs is measured. */
export const timeLockWaits = (accounts: AccountStore, metrics: Pick<Metrics, 'observeLockWait'>): AccountStore => ({
  ...accounts,
  async lock(key, options) {
    const begunMs = performance.now()
    try {
      return await accounts.lock(key, options)
    } finally {
      metrics.observeLockWait((performance.now() - begunMs) / SECOND_MS)
    }
  },
})
