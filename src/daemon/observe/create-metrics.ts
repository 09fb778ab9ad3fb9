import {Counter, Gauge, Histogram, Registry} from 'prom-client'

import type {BrokerDeps} from '../../broker/broker-deps.js'
import type {RefreshResult} from '../../broker/refresh-attempt.js'
import type {Metrics} from '../daemon-deps.js'
import {addAccountMetrics} from './account-metrics.js'
import {createChatMetrics} from './chat-metrics.js'
import {addProcessMetrics} from './process-metrics.js'

/** Up to the longest wait there is (design 7, rule 1). */
const LOCK_WAIT_BUCKETS = [0.001, 0.005, 0.025, 0.1, 0.5, 1, 5, 15, 45]
const PASSTHROUGH_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

const OUTCOMES: Record<Exclude<RefreshResult['kind'], 'gone'>, true> = {
  refreshed: true,
  superseded: true,
  rejected: true,
  'login-needed': true,
  misconfigured: true,
  unavailable: true,
  'in-doubt': true,
}

/** What the daemon counts, and what is read of the store when someone looks. Nothing of it is secret. */
export function createMetrics(
  deps: Pick<BrokerDeps, 'store' | 'clock' | 'providers'>,
  {version, perAccount}: {version: string; perAccount: boolean},
): Metrics {
  const registry = new Registry()
  const registers = [registry]
  const buildInfo = new Gauge({
    name: 'behalf_build_info',
    help: 'Which behalf runs on which Node.',
    labelNames: ['version', 'node'],
    registers,
  })
  buildInfo.set({version, node: process.version}, 1)
  const accounts = addAccountMetrics(deps, registry, perAccount)
  const refreshes = new Counter({
    name: 'behalf_refreshes_total',
    help: 'Refreshes that this process began, on schedule or on demand, by how they ended.',
    labelNames: ['provider', 'outcome'],
    registers,
  })
  const lockWaits = new Histogram({
    name: 'behalf_lock_wait_seconds',
    help: 'How long was waited for the lock of an account, whether it was obtained or not.',
    buckets: LOCK_WAIT_BUCKETS,
    registers,
  })
  const passthrough = new Histogram({
    name: 'behalf_passthrough_duration_seconds',
    help: 'How long passed-through calls took, by the class of the status that the caller got.',
    labelNames: ['provider', 'status_class'],
    buckets: PASSTHROUGH_BUCKETS,
    registers,
  })
  /** Of each provider and class of statuses: every call is observed, and finding the series is the dearest part. */
  const passthroughOf = new Map<string, {observe(seconds: number): void}>()
  addProcessMetrics(registry)

  return {
    observePassthrough({provider, statusClass, seconds}) {
      const name = `${provider} ${statusClass}`
      const series = passthroughOf.get(name) ?? passthrough.labels({provider, status_class: statusClass})
      passthroughOf.set(name, series)
      series.observe(seconds)
    },
    countRefresh: (labels) => refreshes.inc(labels),
    observeLockWait: (seconds) => lockWaits.observe(seconds),
    chat: createChatMetrics(registry),
    async expose() {
      const providers = await accounts.update()
      // A series that appears with its first event shows no increase.
      for (const provider of providers) {
        for (const outcome of Object.keys(OUTCOMES)) refreshes.inc({provider, outcome}, 0)
      }
      return {contentType: registry.contentType, text: await registry.metrics()}
    },
  }
}
