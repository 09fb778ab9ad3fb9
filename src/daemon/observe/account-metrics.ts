import {Gauge, type Registry} from 'prom-client'

import type {BrokerDeps} from '../../broker/broker-deps.js'
import {loadProviders} from '../../broker/load-provider.js'
import {describeAccount, type AccountStatus} from '../../model/account-status.js'
import {BehalfError} from '../../model/behalf-error.js'
import {SECOND_MS} from '../../model/time.js'

const STATES: readonly AccountStatus['state'][] = ['ok', 'expired', 'in-doubt', 'login-needed', 'unfinished']

type Deps = Pick<BrokerDeps, 'store' | 'clock' | 'providers'>

export interface AccountMetrics {
  /** Reads the store. @returns the providers that there are; none where it cannot be read. */
  update(): Promise<readonly string[]>
}

/** What is to be known of accounts. No secret is opened for it. */
export function addAccountMetrics(deps: Deps, registry: Registry, perAccount: boolean): AccountMetrics {
  const registers = [registry]
  const storeReadable = new Gauge({
    name: 'behalf_store_readable',
    help: '1 if the store could be read just now, else 0, and nothing is said of accounts.',
    registers,
  })
  const accountCount = new Gauge({
    name: 'behalf_accounts',
    help: 'How many accounts there are, by provider and state.',
    labelNames: ['provider', 'state'],
    registers,
  })
  const soonestExpiry = new Gauge({
    name: 'behalf_soonest_expiry_timestamp_seconds',
    help: 'When the first access token of those that need no login ends.',
    labelNames: ['provider'],
    registers,
  })
  const leftovers = new Gauge({
    name: 'behalf_journal_leftovers',
    help: 'Refreshes that were begun and have not ended: under way, or never answered.',
    labelNames: ['provider'],
    registers,
  })
  const each = perAccount ? addMetricsPerAccount(registry) : undefined

  function clear(): void {
    for (const gauge of [accountCount, soonestExpiry, leftovers, ...(each?.gauges ?? [])]) gauge.reset()
  }

  function tell(providers: readonly string[], accounts: readonly Told[]): void {
    clear()
    storeReadable.set(1)
    for (const provider of providers) {
      leftovers.set({provider}, 0)
      for (const state of STATES) accountCount.set({provider, state}, 0)
    }
    const soonest = new Map<string, number>()
    for (const {status, isUnanswered} of accounts) {
      const {provider, state, expiresAt} = status
      accountCount.inc({provider, state})
      if (isUnanswered) leftovers.inc({provider})
      if (expiresAt !== undefined && state !== 'login-needed' && state !== 'unfinished') {
        soonest.set(provider, Math.min(expiresAt, soonest.get(provider) ?? Infinity))
      }
      each?.tell(status)
    }
    for (const [provider, expiresAt] of soonest) soonestExpiry.set({provider}, expiresAt / SECOND_MS)
  }

  return {
    async update() {
      try {
        const {providers, accounts} = await readAccounts(deps)
        tell(providers, accounts)
        return providers
      } catch (error) {
        if (!(error instanceof BehalfError)) throw error
        clear()
        storeReadable.set(0)
        return []
      }
    },
  }
}

interface Told {
  status: AccountStatus
  isUnanswered: boolean
}

/** `providers`: those that are configured, and those that are not any more and have accounts. */
async function readAccounts(deps: Deps): Promise<{providers: readonly string[]; accounts: readonly Told[]}> {
  const [outlines, loaded] = await Promise.all([deps.store.accounts.outlines(), loadProviders(deps)])
  const configured = new Map(loaded.map((provider) => [provider.name, provider]))
  const now = deps.clock.now()
  const accounts = outlines.map((account) => ({
    status: describeAccount(account, configured.get(account.provider), now),
    isUnanswered: account.doubt?.cause === 'lost-reply',
  }))
  return {providers: [...new Set([...configured.keys(), ...outlines.map(({provider}) => provider)])], accounts}
}

/** With thousands of accounts these are thousands of series, so they must be asked for. */
function addMetricsPerAccount(registry: Registry): {gauges: Gauge[]; tell(status: AccountStatus): void} {
  const addGauge = (name: string, help: string, ...labels: string[]): Gauge =>
    new Gauge({name, help, labelNames: ['account', 'login', 'provider', ...labels], registers: [registry]})
  const state = addGauge('behalf_account_state', '1 for the state that the account is in.', 'state')
  const expiry = addGauge('behalf_account_expiry_timestamp_seconds', 'When its access token ends.')
  const refresh = addGauge('behalf_account_last_refresh_timestamp_seconds', 'When it was last refreshed.')
  return {
    gauges: [state, expiry, refresh],
    tell({key, login, provider, expiresAt, lastRefreshAt, state: now}) {
      const labels = {account: key, login, provider}
      state.set({...labels, state: now}, 1)
      if (expiresAt !== undefined) expiry.set(labels, expiresAt / SECOND_MS)
      if (lastRefreshAt !== undefined) refresh.set(labels, lastRefreshAt / SECOND_MS)
    },
  }
}
