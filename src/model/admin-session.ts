import type {EpochMs} from './time.js'

/**
 * A session of the admin page, or the link that begins one, as it is kept: never its secret, only a salted HMAC of it.
 * What is over is removed.
 */
export interface AdminSessionRecord {
  /** 8 characters, as API tokens have. */
  id: string
  kind: 'session' | 'link'
  /** The browser as it called itself, for people to tell their sessions apart. */
  browser: string
  salt: string
  hmac: string
  /**
   * The API token that it was begun with, and the salt of the secret that this had then: clocks of several daemons do not
   * tell whether it has a new one. Undefined: by the link, whose maker opens the store.
   */
  begunWith?: {id: string; salt: string}
  begunAt: EpochMs
  endsAt: EpochMs
  lastUsedAt?: EpochMs
}
