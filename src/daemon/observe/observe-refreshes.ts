import type {RefreshWatch} from '../../broker/refresh-account.js'
import type {RefreshResult} from '../../broker/refresh-attempt.js'
import type {DaemonDeps, Log} from '../daemon-deps.js'

/** What of it an operator should look at. `superseded` and `login-needed`: nothing was sent. */
const LEVELS: Record<RefreshResult['kind'], Exclude<keyof Log, 'audit'>> = {
  refreshed: 'info',
  superseded: 'debug',
  rejected: 'warn',
  'login-needed': 'debug',
  misconfigured: 'error',
  unavailable: 'warn',
  'in-doubt': 'warn',
  gone: 'debug',
}

/** Counts and logs how refreshes end, whoever asked for them. */
export const observeRefreshes = ({
  log,
  metrics,
  refreshHistory,
}: Pick<DaemonDeps, 'log' | 'metrics' | 'refreshHistory'>): RefreshWatch => ({
  onRefreshEnd({key, cause}, result) {
    if (result.kind !== 'gone') metrics.countRefresh({provider: result.account.provider, outcome: result.kind})
    refreshHistory.count(result.kind)
    log[LEVELS[result.kind]]('refresh', {
      account: key,
      cause,
      outcome: result.kind,
      ...('reason' in result && {reason: result.reason}),
      ...('warning' in result && {warning: result.warning}),
      ...(result.kind === 'refreshed' && result.lostScopes.length > 0 && {lostScopes: result.lostScopes}),
    })
  },
})
