import type {EpochMs} from './time.js'

/** An API token as it is kept: never its secret, only a salted HMAC of it. */
export interface ApiToken {
  /** 8 characters. */
  id: string
  name: string
  salt: string
  hmac: string
  scopes: string[]
  /** Account keys, in the order they were named. Empty when `asAny`, or when no scope acts. */
  as: string[]
  asAny: boolean
  defaultAs?: string
  issuedTo?: string
  issuedAt: EpochMs
  expiresAt?: EpochMs
  revokedAt?: EpochMs
  lastUsedAt?: EpochMs
}

/** An API token without what is secret of it; accounts by name. */
export type ApiTokenView = Omit<ApiToken, 'salt' | 'hmac' | 'as' | 'defaultAs' | 'issuedTo'> & {
  as: string[]
  defaultAs?: string
  issuedTo?: string
  state: 'active' | 'expired' | 'revoked'
}
