import type {AccountKey} from './account.js'
import type {ErrorCode} from './behalf-error.js'
import type {OAuth1Credential} from './credential.js'
import type {Role} from './provider.js'
import type {TokenGrant} from './refresh.js'
import type {Secret} from './secret.js'
import {MINUTE_MS, type EpochMs} from './time.js'

/** How long a flow waits for its person, and how long it is told afterwards how it ended (design 9). */
export const FLOW_LIFE_MS = 10 * MINUTE_MS

/** A pending authorization. Lives 10 minutes, ends once. */
export interface Flow {
  id: string
  state: Secret
  provider: string
  /** What the provider was when it began (`flow-home.ts`): what it brings goes nowhere else. */
  home?: string
  /** A `user` without a subject is a web login: the account's subject is the person's own id at the provider. */
  role: Role
  subject?: string
  /** The login or user id that must come back; with a subject the id. `id:…` is an id and never a login. */
  expect?: string
  /** The owner may become someone else. */
  replaceOwner?: boolean
  scopes: string[]
  redirectUri: string
  codeVerifier?: Secret
  nonce?: Secret
  /** OAuth 1.0a: the temporary credentials (RFC 5849 2.1). */
  requestToken?: RequestToken
  /** OAuth 1.0a: the provider shows a PIN instead of sending the browser back. */
  pin?: boolean
  /** There is no way back from the provider: the person enters a code there, and the provider is asked (RFC 8628). */
  device?: FlowDevice
  /** The id of the API token that started it, which alone may see it; or `sessionStarter` of the admin page's session. */
  startedBy?: string
  /** It begins at our start page, and the callback must come with the cookie that the page's button sets. */
  startPage?: boolean
  /** What the person is asked after the callback, before anything is kept: a button, or a code to send back in the chat. */
  confirm?: FlowConfirmation
  /** Where the browser is sent in the end, with `?flow=`. */
  returnTo?: string
  /** Keyed hash of the cookie of the browser in which the button was pressed last. */
  browser?: string
  /** How often the button was pressed. */
  presses?: number
  createdAt: EpochMs
  /** Until then it waits for its person; once it has ended: so long it is told how. */
  expiresAt: EpochMs
  /** When its callback was taken: its state opens nothing any more. */
  takenAt?: EpochMs
  /** Between the callback and the confirmation. */
  held?: HeldGrant
  /** The API token of a web login was handed out. */
  tokenGiven?: boolean
  /** How it ended. */
  outcome?: FlowOutcome
}

export type FlowConfirmation = 'page' | 'code'

export interface FlowDevice {
  deviceCode: Secret
  /** What the person enters, or checks. */
  userCode: string
  /** Where; with the code in it where the provider has that. */
  verificationUri: string
  intervalMs: number
  expiresAt: EpochMs
  /** Nobody asks before. */
  nextPollAt: EpochMs
}

export interface RequestToken {
  token: string
  secret: Secret
}

/** What the provider granted, and to whom, until the person has confirmed it. */
export interface HeldGrant {
  tokens: TokenGrant | OAuth1Credential
  who: {userId: string; login: string; displayName?: string; scopes?: string[]}
  /** The code to send back in the chat. */
  code?: Secret
  /** How many wrong ones came. */
  misses: number
}

export type FlowOutcome =
  | {kind: 'done'; account: AccountKey; created: boolean; missingScopes: string[]; cannotRefresh: boolean}
  | {kind: 'failed'; code: ErrorCode; message: string; hint?: string}

/** Whether a callback, or a code in its place, may still come for it. */
export const awaitsCallback = ({takenAt, outcome}: Flow): boolean => takenAt === undefined && outcome === undefined

const SESSION_STARTER = 'admin:'

/** What a flow's `startedBy` is where a session of the admin page starts it. Ids of API tokens have no colon. */
export const sessionStarter = (sessionId: string): string => `${SESSION_STARTER}${sessionId}`

/** The id of the session that started a flow; undefined where something else did. */
export const startingSession = ({startedBy = ''}: Pick<Flow, 'startedBy'>): string | undefined =>
  startedBy.startsWith(SESSION_STARTER) ? startedBy.slice(SESSION_STARTER.length) : undefined

/** An account without a subject of its own is one of a person who logged in at a web page. */
export const isWebLogin = ({role, subject}: Pick<Flow, 'role' | 'subject'>): boolean =>
  role === 'user' && subject === undefined
