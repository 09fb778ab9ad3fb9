import type {ChalkInstance} from 'chalk'

import type {StoreReport} from '../compose.js'
import type {HealthCheck} from '../model/health-check.js'
import {isSound, type Severity, type StoreFinding} from '../model/store-report.js'
import {stripControls} from './output.js'

const MARKS = {ok: '✓', warning: '!', problem: '✗'} as const
const COLOURS = {ok: 'green', warning: 'yellow', problem: 'red'} as const

/** A line for each check, and a second one that says what to do. */
export function healthLines(checks: HealthCheck[], chalk: ChalkInstance): string {
  return checks.map((check) => markedLines(check.status, check.message, check.hint, chalk)).join('\n')
}

export const healthJson = (checks: HealthCheck[]): Record<string, unknown> => ({
  ok: checks.every(({status}) => status !== 'problem'),
  checks: checks.map(({name, status, message, hint}) => ({name, status, message, ...(hint !== undefined && {hint})})),
})

const STATUS_OF: Record<Severity, HealthCheck['status']> = {error: 'problem', warning: 'warning', note: 'ok'}

/** What was found in the store, and in the end whether it is sound. */
export function storeReportLines(report: StoreReport, chalk: ChalkInstance): string {
  const {findings, location, exists, accounts} = report
  const lines = findings.map(({severity, message, hint}) => markedLines(STATUS_OF[severity], message, hint, chalk))
  if (!isSound(report)) return lines.join('\n')
  const size = `${String(accounts)} ${accounts === 1 ? 'account' : 'accounts'}`
  const sound = exists
    ? `${location} is sound: ${size}, and every secret opens.`
    : `There is no store at ${location} yet.`
  return [...lines, markedLines('ok', sound, undefined, chalk)].join('\n')
}

export const storeReportJson = (report: StoreReport): Record<string, unknown> => ({
  ok: isSound(report),
  store: report.location,
  accounts: report.accounts,
  problems: report.findings.map(({severity, code, message, hint}: StoreFinding) => ({
    severity,
    code,
    message,
    ...(hint !== undefined && {hint}),
  })),
})

function markedLines(
  status: HealthCheck['status'],
  message: string,
  hint: string | undefined,
  chalk: ChalkInstance,
): string {
  const line = `${chalk[COLOURS[status]](MARKS[status])} ${stripControls(message)}`
  return hint === undefined ? line : `${line}\n${chalk.dim(`  → ${stripControls(hint)}`)}`
}
