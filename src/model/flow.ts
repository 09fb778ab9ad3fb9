import type {Role} from './provider.js'
import type {Secret} from './secret.js'
import type {EpochMs} from './time.js'

/** A pending authorization. Lives 10 minutes, ends once. */
export interface Flow {
  id: string
  state: Secret
  provider: string
  role: Role
  subject?: string
  /** The login or user id that must come back. */
  expect?: string
  scopes: string[]
  redirectUri: string
  codeVerifier?: Secret
  nonce?: Secret
  createdAt: EpochMs
  expiresAt: EpochMs
}
