import {nameOf} from '../model/account-name.js'
import {describeAccount, loginCommandFor} from '../model/account-status.js'
import {accountKey, type OAuth2Account} from '../model/account.js'
import {BehalfError} from '../model/behalf-error.js'
import type {Provider, Role} from '../model/provider.js'
import type {Secret} from '../model/secret.js'
import {importSubject} from '../model/unfinished-import.js'
import {beginImport, findFinished, forgetBegun, forgetUnused, readGrant, type ImportPlace} from './begun-import.js'
import type {BrokerDeps} from './broker-deps.js'
import {checkPerson, findConcerned, type LoginPurpose} from './check-person.js'
import {admitGrant, revokeUnwanted, type LoginResult} from './complete-login.js'
import {loginNeeded} from './get-fresh-token.js'
import {explainRefresh, explainRefusal} from './explain-import.js'
import {loadProvider} from './load-provider.js'
import {refreshAccount} from './refresh-account.js'

/** A refresh token that another program was granted, and what is known of it. */
export interface ImportInput {
  provider: string
  role: Role
  /** Of a `user`, and of nobody else. */
  subject?: string
  refreshToken: Secret
  /** If it lives it tells whose the refresh token is, before that is used. */
  accessToken?: Secret
  scopes: string[]
  /** The login or id that it must be; with a subject the id. */
  expect?: string
  /** The owner may become someone else. */
  replaceOwner: boolean
}

export interface ImportResult extends LoginResult {
  /** Nothing was done: this very token had been imported before. */
  alreadyImported: boolean
  /** The provider has replaced the token: the copy that was imported works no more. */
  copyEnded: boolean
}

type Deps = Pick<BrokerDeps, 'store' | 'providerClient' | 'clock' | 'random' | 'providers'>

/**
 * Takes over an authorization from its refresh token, which is used once to know that it works. Where that ends the
 * copy it came from, the answer must not be lost: so the token is first kept as an account of nobody, refreshed by the
 * one machine there is (design 7, rules 1 to 5), and becomes the account of whoever the provider says it is (rule 8)
 * only then. The same import again goes on where one ended (docs/decisions/0021).
 * @throws BehalfError `login-failed` for a token that is refused, `wrong-person`, `unavailable`, `provider-not-found`,
 * `provider-misconfigured`; a token that has been replaced by then is kept, and the error says so.
 */
export async function importAccount(deps: Deps, input: ImportInput): Promise<ImportResult> {
  const provider = await loadProvider(deps, input.provider)
  const fingerprint = await deps.store.fingerprint(input.refreshToken)
  const key = accountKey(provider.name, '', importSubject(fingerprint))
  const place: ImportPlace = {key, grantId: `import-${fingerprint}`, provider}
  const purpose: LoginPurpose = {
    provider,
    role: input.role,
    scopes: [],
    replaceOwner: input.replaceOwner,
    ...(input.subject !== undefined && {subject: input.subject}),
    ...(input.expect !== undefined && {expect: input.expect}),
  }
  const witness = await askWitness(deps, purpose, input)
  const begun = await beginImport(deps, place, {...input, ...(witness && {witness})})
  if (begun.kind === 'finished') return presentFinished(deps, input, provider, begun.account)

  const {lastRefresh, credential} = begun.account
  const result = await refreshAccount(deps, {
    key,
    // One that was renewed before this command ended early need not be again.
    cause: lastRefresh ? 'expired' : 'forced',
    seen: credential.accessToken,
    urgency: 'demand',
  })
  if (result.kind === 'gone') return presentOther(deps, input, place)
  if (result.kind !== 'refreshed' && result.kind !== 'superseded') {
    const isForgotten = await forgetUnused(deps, key, input.refreshToken)
    throw explainRefresh(provider, result, input, isForgotten)
  }
  return finish(deps, purpose, input, result.account)
}

/** @returns the living access token with its end. @throws BehalfError `wrong-person`: nothing has been used then. */
async function askWitness(
  deps: Deps,
  purpose: LoginPurpose,
  {accessToken}: ImportInput,
): Promise<{accessToken: Secret; expiresAt: number} | undefined> {
  if (!accessToken) return undefined
  const validation = await deps.providerClient.validate(purpose.provider, accessToken)
  if (validation.kind !== 'live' || validation.userId === undefined || validation.expiresAt === undefined)
    return undefined
  const {userId, login = userId, clientId, expiresAt} = validation
  const identity = {userId, login, ...(clientId !== undefined && {clientId})}
  try {
    checkPerson(purpose, identity, await findConcerned(deps, purpose, identity))
  } catch (error) {
    throw explainRefusal(error, undefined)
  }
  return {accessToken, expiresAt}
}

async function finish(
  deps: Deps,
  purpose: LoginPurpose,
  input: ImportInput,
  begun: OAuth2Account,
): Promise<ImportResult> {
  const grant = readGrant(begun)
  const copyEnded = begun.credential.refreshToken?.equals(input.refreshToken) === false
  let result: LoginResult
  try {
    result = await admitGrant(deps, purpose, grant, {begun})
  } catch (error) {
    const isForgotten = await forgetUnused(deps, begun.key, input.refreshToken)
    if (isForgotten) await revokeUnwanted(deps, purpose.provider, grant)
    throw explainRefusal(error, isForgotten ? undefined : begun)
  }
  await forgetBegun(deps, begun.key)
  return {...result, alreadyImported: false, copyEnded}
}

/** Another process has come to the end of the same import. */
async function presentOther(deps: Deps, input: ImportInput, place: ImportPlace): Promise<ImportResult> {
  const account = await findFinished(deps, place)
  if (account) return presentFinished(deps, input, place.provider, account)
  throw new BehalfError('account-not-found', 'The import was ended by another command meanwhile.', {
    hint: 'behalf status',
  })
}

function presentFinished(deps: Deps, input: ImportInput, provider: Provider, account: OAuth2Account): ImportResult {
  const {login, userId, role, subject, credential, state} = account
  const {expect} = input
  if (expect !== undefined && expect.toLowerCase() !== login && expect.replace(/^id:/, '') !== userId) {
    throw new BehalfError(
      'wrong-person',
      `This token was imported before, and is ${login}’s; ${expect} was expected.`,
      {
        hint: 'behalf status',
      },
    )
  }
  if (role !== input.role || subject !== input.subject) {
    const command = role === 'bot' ? `behalf bot remove ${login}` : `behalf logout ${nameOf(account)}`
    throw new BehalfError('usage', `This token was imported before, as the ${role} ${subject ?? login}.`, {
      hint: `${command}, then: ${loginCommandFor({...input, provider: provider.name, login})}`,
    })
  }
  if (state.kind === 'login-needed') throw loginNeeded(account)
  return {
    account: describeAccount(account, provider, deps.clock.now()),
    created: false,
    missingScopes: [],
    cannotRefresh: credential.refreshToken === undefined,
    alreadyImported: true,
    copyEnded: credential.refreshToken?.equals(input.refreshToken) === false,
  }
}
