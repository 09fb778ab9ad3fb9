import type {DaemonDeps} from '../daemon-deps.js'
import type {EndedCall} from './activity.js'

/** Tells of a call that has ended: the audit if its caller is known, and those who look at the page. */
export function tellCall({log, activity}: Pick<DaemonDeps, 'log' | 'activity'>, call: EndedCall): void {
  activity.noteCall(call)
  const {apiToken, account, method, path, status, code, durationMs} = call
  if (!apiToken) return
  const more = {...(account && {actedAs: account.key}), ...(code !== undefined && {code})}
  log.audit({apiTokenId: apiToken.id, ...more, method, path, status, durationMs})
}
