import {loginCommandFor} from '../model/account-status.js'
import type {AccountKey} from '../model/account.js'
import type {Secret} from '../model/secret.js'
import {getFreshToken, loginNeeded, loginNeededError, type FreshToken, type TokenDeps} from './get-fresh-token.js'
import {refreshAccount} from './refresh-account.js'

/** An API's answer, as far as rule 7 needs it. */
export interface ApiAnswer {
  /** The API said that the *token* is invalid: not a missing scope, not another user's id, not another client's. */
  tokenRefused: boolean
}

export interface ApiCredentials {
  accessToken: Secret
  clientId: string
  /** Whose token it is, at the provider. */
  userId: string
  /** The only origin whose API may be sent the token (design 7, rule 10); undefined: none. */
  apiOrigin?: string | undefined
}

/** Where a call's token comes from, and what is told when it was refused. */
export interface TokenSource {
  get(key: AccountKey): FreshToken | Promise<FreshToken>
  forget(key: AccountKey): void
}

export interface AccountCall<A> {
  answer: A
  /** The account needs a login, and the API's own refusal is the answer. */
  loginNeeded?: {message: string; hint: string}
  warning?: string
}

/** Rule 7: the token is the same as before, so nothing was refreshed. */
const TOO_YOUNG = 'A token less than a minute old was refused, so it was not refreshed. Try again in a minute.'

/**
 * Calls an API on behalf of an account (design 7, rule 7): a token that the API refuses is refreshed once
 * and the call repeated once; one that has been replaced meanwhile is not refreshed again.
 */
export async function callAsAccount<A extends ApiAnswer>(
  deps: TokenDeps,
  key: AccountKey,
  send: (credentials: ApiCredentials) => Promise<A>,
  tokens?: TokenSource,
): Promise<AccountCall<A>> {
  const token = await (tokens ? tokens.get(key) : getFreshToken(deps, key, 0))
  const {accessToken, clientId} = token
  const answer = await send({accessToken, clientId, userId: token.userId, apiOrigin: token.apiOrigin})
  const warned = token.warning === undefined ? {} : {warning: token.warning}
  if (!answer.tokenRefused) return {answer, ...warned}

  tokens?.forget(key)
  const result = await refreshAccount(deps, {key, cause: 'refused', seen: accessToken, urgency: 'demand'})
  if (result.kind === 'gone') return {answer, ...warned}
  const {account} = result
  const stored = account.credential.accessToken
  if (!stored.equals(accessToken)) {
    const {clientId: grantedTo, userId, origins} = account
    return {answer: await send({accessToken: stored, clientId: grantedTo, userId, apiOrigin: origins.api})}
  }
  if (result.kind === 'rejected' || result.kind === 'login-needed') {
    const {message} = result.kind === 'rejected' ? loginNeeded(account) : loginNeededError(account, result.reason)
    return {answer, loginNeeded: {message, hint: loginCommandFor(account)}}
  }
  if (result.kind === 'superseded') return {answer, warning: TOO_YOUNG}
  return {answer, ...('reason' in result && {warning: `The token could not be refreshed: ${result.reason}.`})}
}
