import type {AccountStatus} from '../model/account-status.js'
import type {EpochMs} from '../model/time.js'
import type {Tokens, UserContext} from './user-context.js'

/** Whose account: the subject's at this provider. Without a provider, the only one that the subject has. */
export interface SubjectName {
  subject: string
  provider?: string | undefined
}

export interface StartedFlow {
  flowId: string
  /** What the person is to open. */
  authorizationUrl: string
  /** Until when the person may finish, in milliseconds since 1970. Ten minutes from the start. */
  expiresAt: EpochMs
  /**
   * What to enter there, or to compare: where the service lets in a client without a secret by device only. The program
   * must run until the person has done so.
   */
  userCode?: string
}

/** A credential that a person hands in. It is tried at the service before it is kept. */
export type HandedCredential = {kind: 'api-key'; key: string} | {kind: 'basic'; username: string; password: string}

/**
 * behalf in a program. All methods reject with a `BehalfError`, whose `code` says what went wrong. Those that any method may
 * meet: `invalid-input` for an argument that is not what it should be, `provider-not-found`, `configuration`,
 * `wrong-secret`, `store-…`. Where a person has to log in the code is `login-needed`, and for a subject's account the
 * error has the `authorizationUrl` of a flow that was begun for them.
 */
export interface Behalf {
  /** Where everything is kept; without credentials. */
  readonly storeLocation: string

  /**
   * Begins the authorization of a person, keyed by `subject`.
   * @param input `expect`: the user id at the service that must come back. Nobody else is accepted then, so the address
   * is the service's own and no page of ours is needed. `pin`: a service of OAuth 1.0a shows the person a PIN for
   * `processRedirect`, and no page of ours is needed either; others do as without it.
   */
  startFlow(input: {
    provider: string
    subject: string
    expect?: string | undefined
    pin?: boolean | undefined
  }): Promise<StartedFlow>
  /**
   * Ends a flow with what the person brings back: a PIN, a pasted code or address, a confirmation code.
   * @returns what to tell the person. The tokens are kept.
   * @throws BehalfError `login-failed` (wrong, used or expired), `wrong-person`.
   */
  processRedirect(input: {flowId: string; code: string}): Promise<string>
  /**
   * Answers the requests below the folder of `callbackUrl`: start page, callback, confirmation. Never rejects; what is
   * none of these is 404. `toNodeHandler` makes a handler for Node's own server, Express and Connect of it.
   */
  readonly handleRedirect: (request: Request) => Promise<Response>

  /** The tokens as they are kept; undefined when there are none. Nothing is refreshed. */
  getUserContext(input: SubjectName): Promise<UserContext | undefined>
  /**
   * The same, refreshed first where less than a minute of the access token is left (a tenth of its life, if that is
   * less). However many ask at once, in whatever process, the service is asked once.
   * @throws BehalfError `login-needed`; `unavailable` when the service cannot be asked, and the token in hand is over.
   */
  getUserContextAndRefresh(input: SubjectName): Promise<UserContext | undefined>
  /**
   * Keeps tokens that the program got elsewhere. The service is asked whose they are; where the access token has ended, the refresh token
   * is used for that. Tokens that are kept already are left alone.
   *
   * Without a `userContext` the subject's account is forgotten, if there is one; with `revoke` the service is told to
   * end the authorization first.
   * @param input `provider`: default the only one there is, else `twitch`; to forget: the only one that the subject has.
   * @throws BehalfError `wrong-person` when they are not `userId`'s, or someone else is linked to this subject;
   * `login-failed` when the service refuses them; `unavailable`.
   */
  setUserContext(
    input: SubjectName & {userContext: UserContext | undefined; revoke?: boolean | undefined},
  ): Promise<void>
  /**
   * Refreshes the tokens if less than a minute of the access token is left, with `force` in any case.
   * @returns whether the tokens are others now, whoever refreshed them. False where there is no refresh token.
   * @throws BehalfError `account-not-found`, `login-needed`, `unavailable`.
   */
  tokenRefresh(input: SubjectName & {force?: boolean | undefined}): Promise<boolean>
  /**
   * Sends a refresh token that is kept elsewhere, once. What is kept here goes through `tokenRefresh`: of a token that two
   * parties refresh, many services end the whole authorization.
   * @returns the new tokens (with the old refresh token, where none came); undefined when the service refuses it.
   * @throws BehalfError `unavailable`, also when no answer came and the token may have been used up.
   */
  refreshToken(input: {provider: string; refreshToken: string}): Promise<Tokens | undefined>

  /**
   * Tries an API key, or a name and password, at the service and keeps it for the subject.
   * @throws BehalfError `credential-refused`, `wrong-person`, `unavailable`.
   */
  linkCredential(input: {
    provider: string
    subject: string
    credential: HandedCredential
    expect?: string | undefined
  }): Promise<AccountStatus>
  /** How the subject's account is, without secrets; undefined when there is none. */
  getAccount(input: SubjectName): Promise<AccountStatus | undefined>
  /**
   * Revokes the subject's credential at the service, where that is possible, and forgets it; with `keepGrant` it is only
   * forgotten.
   * @returns whether there was one. @throws BehalfError `unavailable`: nothing is forgotten then.
   */
  unlink(input: SubjectName & {keepGrant?: boolean | undefined}): Promise<boolean>

  /**
   * Calls a service's API on behalf of an account, with whatever credential it has.
   * @param account `subject:SUBJECT`, `LOGIN`, `id:ID`, each possibly behind `PROVIDER/`.
   * @param path Below the provider's API URL, with its query: `/users?first=2`. A whole URL is refused.
   * @param init `method`, `headers`, `body`. A token that the API refuses is refreshed and the call repeated once.
   * @returns the API's answer, whatever its status.
   */
  fetch(account: string, path: string, init?: RequestInit): Promise<Response>

  /** Whether expired flows are to be collected: every 15 minutes, if there are any. `force`: if there are any at all. */
  flowMaintenanceNeeded(input?: {force?: boolean | undefined}): Promise<boolean>
  /**
   * Collects expired flows; with `force` pending ones too. `output` gets a line for each.
   * @returns how many.
   */
  flowMaintenance(input?: {
    force?: boolean | undefined
    output?: ((line: string) => unknown) | undefined
  }): Promise<number>

  /** Waits until a refresh that has begun is saved, then lets go of the store. */
  close(): Promise<void>
}
