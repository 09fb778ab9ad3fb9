import {accountJson} from '../model/account-json.js'
import type {RefreshReport} from '../compose.js'
import {nameOf} from '../model/account-name.js'
import {EXIT_CODES} from './exit-codes.js'

type Outcome = RefreshReport['results'][number]['outcome']

/** What an outcome means for the one who runs `refresh`; `unless-alive`: unavailable, unless the token still lives. */
const MEANING: Record<Outcome, 'well' | 'login-needed' | 'unless-alive' | 'provider'> = {
  refreshed: 'well',
  fresh: 'well',
  validated: 'well',
  superseded: 'well',
  rejected: 'login-needed',
  'login-needed': 'login-needed',
  misconfigured: 'provider',
  unavailable: 'unless-alive',
  'in-doubt': 'unless-alive',
}

/** The exit code of a pass: what a person must mend wins over what may pass by itself. */
export function refreshExitCode({results, misconfigured}: RefreshReport): number {
  if (misconfigured.length > 0) return EXIT_CODES['provider-misconfigured']
  if (results.some(({outcome}) => MEANING[outcome] === 'login-needed')) return EXIT_CODES['login-needed']
  const down = results.some(({outcome, alive}) => MEANING[outcome] === 'unless-alive' && !alive)
  return down ? EXIT_CODES.unavailable : 0
}

/** A line for each provider and account that is not well, or about which something was noticed. */
export function refreshLines({results, misconfigured}: RefreshReport): string[] {
  const providers = misconfigured.map(({provider, reason, hint}) => `${provider}: ${reason} → ${hint}`)
  const accounts = results
    .filter(
      ({outcome, detail}) => MEANING[outcome] !== 'provider' && (MEANING[outcome] !== 'well' || detail !== undefined),
    )
    .map(({account, outcome, detail, hint}) => {
      const what = MEANING[outcome] === 'well' ? detail : `${outcome}${detail === undefined ? '' : `: ${detail}`}`
      return `${nameOf(account)}: ${what ?? outcome}${hint === undefined ? '' : ` → ${hint}`}`
    })
  return [...providers, ...accounts]
}

export function refreshReportJson({results, misconfigured}: RefreshReport): Record<string, unknown> {
  return {
    accounts: results.map(({account, outcome, detail, hint}) => ({
      ...accountJson(account),
      outcome,
      ...(detail !== undefined && {detail}),
      ...(hint !== undefined && {hint}),
    })),
    misconfigured,
  }
}
