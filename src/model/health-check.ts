import type {ErrorCode} from './behalf-error.js'

/** What is looked at, in the order in which it has to be in order. */
export type HealthTopic =
  | 'node'
  | 'settings'
  | 'store'
  | 'locks'
  | 'redis'
  | 'clock'
  | 'provider'
  | 'account'
  | 'callback-port'
  | 'browser'
  | 'terminal'

/** One thing that was looked at. */
export interface HealthCheck {
  name: HealthTopic
  status: 'ok' | 'warning' | 'problem'
  message: string
  /** The command that mends it, or what else to do. */
  hint?: string
  /** What commands fail with because of this problem. */
  code?: ErrorCode
}
