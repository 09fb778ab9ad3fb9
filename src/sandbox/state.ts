import type {EpochMs} from '../model/time.js'
import {CallLog} from './call-log.js'
import {FaultQueue} from './fault-queue.js'
import {ChannelData} from './helix/channel-data.js'
import {ChatHub} from './irc/chat-hub.js'
import {ChatLimits} from './irc/chat-limits.js'
import {DEFAULT_RATE_LIMIT, RateLimiter} from './rate-limiter.js'
import {
  grantKey,
  type AccessToken,
  type AuthorizationCode,
  type Client,
  type DeviceCode,
  type EventSubscription,
  type Grant,
  type RefreshToken,
  type User,
} from './records.js'
import {SandboxClock} from './sandbox-clock.js'
import {createSettings, type Settings} from './settings.js'

/** Everything the sandbox knows. Tests in the same process may read and change it. */
export class SandboxState {
  /** `http://localhost:PORT`, set once it listens. */
  origin = ''
  readonly clients = new Map<string, Client>()
  /** By id. */
  readonly users = new Map<string, User>()
  /** By client and user, see `grantKey`. */
  readonly grants = new Map<string, Grant>()
  readonly codes = new Map<string, AuthorizationCode>()
  readonly deviceCodes = new Map<string, DeviceCode>()
  readonly accessTokens = new Map<string, AccessToken>()
  readonly refreshTokens = new Map<string, RefreshToken>()
  readonly subscriptions = new Map<string, EventSubscription>()
  /** Browser sessions: cookie value to user id. */
  readonly sessions = new Map<string, string>()
  readonly calls = new CallLog()
  readonly faults = new FaultQueue()
  readonly settings: Settings = createSettings()
  readonly channels = new ChannelData()
  readonly chat = new ChatHub()
  readonly chatLimits = new ChatLimits()
  readonly rateLimiter: RateLimiter
  readonly clock: SandboxClock

  constructor(now: () => EpochMs) {
    this.clock = new SandboxClock(now)
    this.rateLimiter = new RateLimiter(this.clock)
  }

  /** Forgets everything but clients, users and the time. */
  reset(): void {
    const {grants, codes, deviceCodes, accessTokens, refreshTokens, subscriptions, sessions} = this
    for (const map of [grants, codes, deviceCodes, accessTokens, refreshTokens, subscriptions, sessions]) map.clear()
    this.calls.clear()
    this.faults.clear()
    this.channels.clear()
    this.chat.cut()
    this.chatLimits.clear()
    this.rateLimiter.reset(DEFAULT_RATE_LIMIT)
    Object.assign(this.settings, createSettings())
  }

  /** Finds a user by login, in any case. */
  findUserByLogin(login: string): User | undefined {
    const wanted = login.toLowerCase()
    for (const user of this.users.values()) if (user.login === wanted) return user
    return undefined
  }

  /** The grant of a user to a client. */
  findGrant(clientId: string, userId: string): Grant | undefined {
    return this.grants.get(grantKey(clientId, userId))
  }
}
