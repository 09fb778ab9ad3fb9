import {BehalfError} from '../../model/behalf-error.js'
import type {Log} from '../daemon-deps.js'
import type {FlowPageDeps} from './flow-pages.js'

/** Tells the log of flows that end, and of what goes wrong at their pages. */
export function logFlows(log: Log): Required<Pick<FlowPageDeps, 'onEnd' | 'onTrouble'>> {
  const noteFailure = (error: unknown): void => {
    if (error instanceof BehalfError) log.info('login-failed', {error})
    else log.error('login-failed', {error})
  }
  return {
    onEnd(end) {
      if (end.kind === 'done') log.info('login-ended', {account: end.result.account.key, created: end.result.created})
      else noteFailure(end.error)
    },
    onTrouble: noteFailure,
  }
}
