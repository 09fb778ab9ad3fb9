import {findEstrangement, loginCommandFor} from '../model/account-status.js'
import {isOAuth2Account, type Account, type AccountKey} from '../model/account.js'
import {BehalfError} from '../model/behalf-error.js'
import type {CallCredential} from '../model/credential.js'
import type {Provider} from '../model/provider.js'
import type {Secret} from '../model/secret.js'
import {callAsAccount, type AccountCall, type ApiAnswer} from './call-as-account.js'
import {loginNeeded, loginNeededError, type TokenDeps} from './get-fresh-token.js'
import {callbackUrlOf} from './load-provider.js'
import {takeOneTimeCode} from './one-time-code.js'

/** What a call is made with. */
export interface CallGrant {
  credential: CallCredential
  /** The only origin whose API may be sent it (design 7, rule 10); undefined: none. */
  apiOrigin?: string | undefined
  /** To be sent with the call; it is there once. */
  oneTimeCode?: Secret
}

/**
 * Calls an API on behalf of an account with whatever is kept for it. Rule 7 of design 7 is for tokens of OAuth 2. What else
 * the API refuses with a 401 is tried at the service's identity URL: refused there too, it is dead and the account needs a
 * login; what has been replaced meanwhile is sent instead, once (docs/decisions/0029).
 * @throws BehalfError `login-needed`, `account-not-found`, and what getting a token throws.
 */
export async function callWithCredential<A extends ApiAnswer>(
  deps: TokenDeps,
  provider: Provider,
  key: AccountKey,
  send: (grant: CallGrant) => Promise<A>,
): Promise<AccountCall<A>> {
  const account = await deps.store.accounts.get(key)
  let mayHoldCode = account !== undefined && provider.otpHeader !== undefined
  // The code goes with the first request: what fails before that leaves it for the next call.
  const sendWithCode = async (credential: CallCredential, apiOrigin: string | undefined): Promise<A> => {
    const oneTimeCode = account && mayHoldCode ? await takeOneTimeCode(deps, account) : undefined
    mayHoldCode = false
    return send({credential, apiOrigin, ...(oneTimeCode && {oneTimeCode})})
  }
  if (!account || isOAuth2Account(account)) {
    return callAsAccount(deps, key, ({accessToken, apiOrigin}) =>
      sendWithCode({kind: 'oauth2', accessToken}, apiOrigin),
    )
  }
  const estrangement = findEstrangement(account, provider)
  if (estrangement) throw loginNeededError(account, estrangement)
  if (account.state.kind === 'login-needed') throw loginNeeded(account)
  const answer = await sendWithCode(account.credential, account.origins.api)
  if (!answer.tokenRefused) return {answer}

  const current = await deps.store.accounts.get(key)
  if (
    current &&
    current.grantId !== account.grantId &&
    !isOAuth2Account(current) &&
    !findEstrangement(current, provider)
  ) {
    return {answer: await sendWithCode(current.credential, current.origins.api)}
  }
  const verdict = await judgeRefused(deps, provider, account)
  if (verdict.kind === 'dead') return {answer, loginNeeded: {message: verdict.message, hint: loginCommandFor(account)}}
  return {answer, ...(verdict.kind === 'client-refused' && {warning: verdict.message})}
}

/** What is known of a credential that an API refused. */
type Verdict =
  | {kind: 'dead'; message: string}
  /** It is the client that the service refuses, or this machine's clock: no account is to blame (design 7, rule 4). */
  | {kind: 'client-refused'; message: string}
  | {kind: 'unknown'}

const UNKNOWN: Verdict = {kind: 'unknown'}

/** Questions that have been asked and not answered yet: many calls that are refused at once ask one. */
const asking = new WeakMap<TokenDeps['store'], Map<string, Promise<Verdict>>>()

async function judgeRefused(deps: TokenDeps, provider: Provider, account: Account): Promise<Verdict> {
  // Where a call may want a one-time code, a 401 may ask for one: it does not tell that the credential is dead.
  if (provider.otpHeader !== undefined || provider.userinfoUrl === undefined) return UNKNOWN
  const questions = asking.get(deps.store) ?? new Map<string, Promise<Verdict>>()
  asking.set(deps.store, questions)
  const known = questions.get(account.grantId)
  if (known) return known
  const question = askWhetherDead(deps, provider, account).finally(() => questions.delete(account.grantId))
  questions.set(account.grantId, question)
  return question
}

async function askWhetherDead(deps: TokenDeps, provider: Provider, account: Account): Promise<Verdict> {
  try {
    await deps.providerClient.identifyCredential(provider, account.credential)
    return UNKNOWN
  } catch (error) {
    // Who cannot be asked has not said so.
    if (!(error instanceof BehalfError)) throw error
    if (error.code !== 'credential-refused') return UNKNOWN
  }
  const innocent = account.credential.kind === 'oauth1' ? await blameClient(deps, provider) : undefined
  if (innocent) return innocent
  const since = deps.clock.now()
  const flagged = await deps.store.accounts.update(account.key, (current) =>
    current.grantId === account.grantId
      ? {...current, state: {kind: 'login-needed', reason: 'rejected', since}}
      : current,
  )
  if (flagged?.state.kind !== 'login-needed') return UNKNOWN
  return {kind: 'dead', message: loginNeeded(flagged).message}
}

/** A signature is also refused for a wrong client secret or a wrong clock. A request token is refused then too. */
async function blameClient(deps: TokenDeps, provider: Provider): Promise<Verdict | undefined> {
  try {
    await deps.providerClient.beginOAuth1(provider, callbackUrlOf(deps, provider))
    return undefined
  } catch (error) {
    if (!(error instanceof BehalfError)) throw error
    const {code, message, hint = ''} = error
    return code === 'provider-misconfigured' ? {kind: 'client-refused', message: `${message} ${hint}`} : UNKNOWN
  }
}
