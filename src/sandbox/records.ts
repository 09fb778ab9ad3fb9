import type {EpochMs} from '../model/time.js'

export interface Client {
  id: string
  name: string
  type: 'public' | 'confidential'
  /** Confidential clients only. */
  secret: string | null
  /** In the order they were registered: a mismatch is reported to the first. */
  redirectUris: string[]
  /** A very old client, whose user tokens never expire (facts 2.2). */
  neverExpires: boolean
}

export interface User {
  /** Digits. */
  id: string
  /** Lower case. */
  login: string
  displayName: string
  email: string
  emailVerified: boolean
  broadcasterType: '' | 'affiliate' | 'partner'
  description: string
  createdAt: EpochMs
}

/** What a user allowed a client. Outlives its tokens; ends with a disconnect or the penalty for replay. */
export interface Grant {
  clientId: string
  userId: string
  scopes: Set<string>
}

/** The OpenID Connect `claims` parameter: the names asked for. */
export interface RequestedClaims {
  idToken: string[]
  userinfo: string[]
}

/** What a user authorized in one go; codes and tokens are made from it. */
export interface Authorization {
  clientId: string
  userId: string
  scopes: string[]
  nonce?: string | undefined
  claims: RequestedClaims
}

export interface AuthorizationCode extends Authorization {
  value: string
  redirectUri: string
  expiresAt: EpochMs
}

export interface DeviceCode {
  deviceCode: string
  userCode: string
  clientId: string
  scopes: string[]
  status: 'pending' | 'approved' | 'denied' | 'used'
  userId?: string
  expiresAt: EpochMs
}

export interface AccessToken {
  value: string
  kind: 'user' | 'app'
  clientId: string
  /** App tokens have none. */
  userId: string | null
  scopes: string[]
  expiresAt: EpochMs | null
  claims: RequestedClaims
}

export interface RefreshToken extends Authorization {
  value: string
  /** Public clients: one use, 30 days. */
  oneUse: boolean
  used: boolean
  expiresAt: EpochMs | null
  /** The access token issued beside it, and those that it fetched. */
  issuedWith: string
  fetched: string[]
}

/** A stored EventSub subscription: a record, nothing is delivered. */
export interface EventSubscription {
  id: string
  clientId: string
  /** Whose token made it; null for app tokens. */
  userId: string | null
  type: string
  version: string
  condition: Record<string, string>
  transport: {
    method: string
    callback?: string | undefined
    session_id?: string | undefined
    conduit_id?: string | undefined
  }
  createdAt: EpochMs
}

export const grantKey = (clientId: string, userId: string): string => `${clientId} ${userId}`
