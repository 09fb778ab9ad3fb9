import type {EpochMs} from '../../model/time.js'

/** What the schedule does, has done and will do. Nothing secret. */
export interface ScheduleStatus {
  startedAt: EpochMs
  /** False while it cannot look into the store; then `trouble` says why. */
  isWorking: boolean
  trouble?: string
  /** False while the clock is earlier than the store's last write: then only validations count. */
  clockIsBelieved: boolean
  /** When the next account is refreshed; in the past for one that waits for its turn or its provider. */
  nextRefreshAt?: EpochMs
  /** By name. */
  providers: ProviderStatus[]
  /** The latest first. */
  recent: ScheduledRefresh[]
}

export interface ProviderStatus {
  name: string
  /**
   * `down`: it is tried once in a while. `misconfigured`: it refuses the client, and is left alone until its settings
   * change. `unproven`: nothing has gone well there yet, since the daemon started or the machine slept.
   */
  state: 'up' | 'down' | 'misconfigured' | 'unproven'
  /** Why it is not up. */
  reason?: string
  nextTryAt?: EpochMs
  /** Accounts that should have been refreshed by now. */
  due: number
  /** Refreshes and validations under way. */
  underWay: number
  nextRefreshAt?: EpochMs
}

/** How a refresh of the schedule ended. */
export interface ScheduledRefresh {
  at: EpochMs
  /** Account key. */
  account: string
  outcome: string
  reason?: string
}
