import {ownersAmong} from '../model/account-name.js'
import {describeAccount, type AccountStatus} from '../model/account-status.js'
import {accountKey, isOAuth2Account, type NewAccount, type OAuth2Account} from '../model/account.js'
import {BehalfError} from '../model/behalf-error.js'
import type {Credential, OAuth2Credential} from '../model/credential.js'
import {originsOf, type Provider} from '../model/provider.js'
import type {TokenGrant} from '../model/refresh.js'
import {missingScopes} from '../model/scopes.js'
import type {Secret} from '../model/secret.js'
import {checkSubject} from '../model/subject.js'
import type {Identity, OAuth1Grant} from '../providers/provider-client.js'
import type {PresentAccounts} from '../store/store.js'
import {credentialFromGrant} from './apply-answer.js'
import type {BrokerDeps} from './broker-deps.js'
import {checkPerson, findConcerned, type LoginPurpose} from './check-person.js'
import {leaveAccount} from './leave-account.js'
import {clearMisconfigured, isGivenByEnvironment} from './load-provider.js'
import {readAccounts} from './read-accounts.js'
import {readInSlices} from './read-in-slices.js'

export interface LoginResult {
  account: AccountStatus
  /** False when a known account was updated. */
  created: boolean
  /** Asked for, but not granted. */
  missingScopes: string[]
  /** No refresh token came: the account will need a login when its access token ends. */
  cannotRefresh: boolean
}

type Deps = Pick<BrokerDeps, 'store' | 'providerClient' | 'clock' | 'random' | 'providers'>

/** What a login brings: tokens of OAuth 2, or those of OAuth 1.0a, which say at once whose they are. */
export type Granted = TokenGrant | OAuth1Grant

const isOfOAuth1 = (granted: Granted): granted is OAuth1Grant => 'credential' in granted

/**
 * Ends an authorization: asks the provider who it was, and keeps the tokens of the right person only (design 7, rule 8).
 * @param identity Who it was, where the provider has been asked already.
 * @throws BehalfError `wrong-person` and whatever else keeps the tokens out; they are revoked then, if that ends no more.
 */
export async function completeLogin(
  deps: Deps,
  purpose: LoginPurpose,
  granted: Granted,
  identity?: Identity,
): Promise<LoginResult> {
  return keepOut(deps, purpose.provider, granted, () =>
    isOfOAuth1(granted) ? admitCredential(deps, purpose, granted) : admitGrant(deps, purpose, granted, {identity}),
  )
}

/**
 * Asks the provider who authorized, and whether it is the right person; keeps nothing yet.
 * @throws BehalfError `wrong-person` and others, and revokes as {@link completeLogin} does.
 */
export async function checkGrant(deps: Deps, purpose: LoginPurpose, granted: Granted): Promise<Identity> {
  return keepOut(deps, purpose.provider, granted, async () => {
    const identity = isOfOAuth1(granted)
      ? granted.identity
      : await deps.providerClient.identify(purpose.provider, granted)
    const whole = withSubject(purpose, identity)
    checkPerson(whole, identity, await findConcerned(deps, whole, identity))
    return identity
  })
}

async function keepOut<T>(deps: Deps, provider: Provider, granted: Granted, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    await revokeUnwanted(deps, provider, granted)
    if (!(error instanceof BehalfError) || error.code !== 'wrong-person') throw error
    const {code, message, hint} = error
    throw new BehalfError(code, `${message} Nothing was stored.`, {cause: error, ...(hint !== undefined && {hint})})
  }
}

/**
 * The same, and does nothing about tokens that are kept out.
 * @param before What is known already: what an import has kept of this very authorization, and who it was.
 */
export async function admitGrant(
  deps: Deps,
  asked: LoginPurpose,
  grant: TokenGrant,
  before: {begun?: OAuth2Account | undefined; identity?: Identity | undefined} = {},
): Promise<LoginResult> {
  const {begun} = before
  const identity = before.identity ?? (await deps.providerClient.identify(asked.provider, grant))
  const purpose = await admitPerson(deps, asked, identity)
  const granted = identity.scopes ?? grant.scopes ?? purpose.scopes
  const credential: OAuth2Credential = {
    ...credentialFromGrant(grant, granted),
    ...(begun?.credential.refreshTokenStable && {refreshTokenStable: true}),
  }
  const {account, created} = await keepAccount(deps, purpose, identity, {credential, begun})
  return {
    account,
    created,
    missingScopes: missingScopes(purpose.scopes, granted),
    cannotRefresh: grant.refreshToken === undefined,
  }
}

/**
 * Keeps what is no OAuth 2, if it is the right person's: there are no scopes to miss, and nothing that ends by itself.
 * @throws BehalfError `wrong-person`.
 */
export async function admitCredential(
  deps: Deps,
  asked: LoginPurpose,
  {credential, identity}: {credential: Credential; identity: Identity},
): Promise<LoginResult> {
  const purpose = await admitPerson(deps, asked, identity)
  const kept = await keepAccount(deps, purpose, identity, {credential})
  return {...kept, missingScopes: [], cannotRefresh: false}
}

/** Lets the right person in, and where that is another owner the former one out: any that there is. */
async function admitPerson(deps: Deps, asked: LoginPurpose, identity: Identity): Promise<LoginPurpose> {
  const purpose = withSubject(asked, identity)
  const {provider} = purpose
  const known = await findConcerned(deps, purpose, identity)
  checkPerson(purpose, identity, known)
  const formerOwners = ownersAmong(known).filter(
    (account) => purpose.role === 'owner' && account.userId !== identity.userId,
  )
  for (const {key} of formerOwners) await leaveAccount(deps, provider, key, {keepGrant: false})
  return purpose
}

/**
 * Who logs in at a web page has no subject but their own id at the provider (docs/decisions/0030).
 * @throws BehalfError `invalid-input` for an id that could stand for others, or can stand in no name.
 */
const withSubject = (purpose: LoginPurpose, {userId}: Identity): LoginPurpose =>
  purpose.role === 'user' && purpose.subject === undefined
    ? {...purpose, subject: checkSubject(`${purpose.provider.name}:${userId}`)}
    : purpose

/**
 * Where that ends no more than this token. Some services give out the same one again: then an account may live on it.
 * OAuth 1.0a has no way to revoke.
 */
export async function revokeUnwanted(
  deps: Pick<Deps, 'store' | 'providerClient'>,
  provider: Provider,
  granted: Granted,
): Promise<void> {
  if (provider.revokeEnds !== 'token' || isOfOAuth1(granted)) return
  const {accessToken} = granted
  // Where that cannot be told it is left alone.
  const isUsed = await isInUse(deps, provider, accessToken).catch(() => true)
  if (!isUsed) await deps.providerClient.revoke(provider, accessToken, 'access_token')
}

async function isInUse({store}: Pick<Deps, 'store'>, provider: Provider, accessToken: Secret): Promise<boolean> {
  const keys = await store.accounts.keysOf(provider.name)
  for await (const account of readInSlices(keys, (key) => store.accounts.get(key))) {
    if (account && isOAuth2Account(account) && account.credential.accessToken.equals(accessToken)) return true
  }
  return false
}

async function keepAccount(
  deps: Deps,
  purpose: LoginPurpose,
  identity: Identity,
  {credential, begun}: {credential: Credential; begun?: OAuth2Account | undefined},
): Promise<Pick<LoginResult, 'account' | 'created'>> {
  const {provider, role, subject} = purpose
  const key = accountKey(provider.name, identity.userId, subject)
  // One that is damaged is as good as none: the login mends it.
  const named = await deps.store.accounts.name(key)
  const [before] = named ? (await readAccounts(deps, [named])).accounts : []
  const now = deps.clock.now()
  const account: NewAccount = {
    key,
    provider: provider.name,
    userId: identity.userId,
    login: identity.login,
    role,
    grantId: begun?.grantId ?? deps.random.token(12),
    clientId: provider.clientId,
    origins: originsOf(provider),
    credential,
    state: {kind: 'ok'},
    addedAt: before?.addedAt ?? now,
    lastValidatedAt: now,
    ...(begun?.lastRefresh && {lastRefresh: begun.lastRefresh}),
    ...(subject !== undefined && {subject}),
    ...(identity.displayName !== undefined && {displayName: identity.displayName}),
  }
  await clearMisconfigured(deps, provider)
  // Last: once it is stored, nothing may fail any more and have the token revoked.
  // The same import may have come to its end in another process, and its tokens may have been renewed since.
  const isThere = begun !== undefined && before?.grantId === begun.grantId
  const saved = isThere ? before : await deps.store.accounts.put(account, checkAgain(deps, purpose, identity))
  return {account: describeAccount(saved, provider, now), created: before === undefined}
}

/**
 * Others may have come at the same time: who is there is asked again when the account is written. The former owner has
 * left by then. What is damaged does not come and go; the login may be what mends it.
 */
function checkAgain(deps: Deps, purpose: LoginPurpose, identity: Identity): (present: PresentAccounts) => void {
  const {name} = purpose.provider
  const isGiven = isGivenByEnvironment(deps, name)
  return ({names, hasProvider}) => {
    if (!hasProvider && !isGiven) {
      throw new BehalfError('provider-not-found', `The provider ${name} was removed during this login.`, {
        hint: `behalf provider add ${name}`,
      })
    }
    const sound = names.filter(({isDamaged}) => isDamaged !== true)
    checkPerson({...purpose, replaceOwner: false}, identity, sound)
  }
}
