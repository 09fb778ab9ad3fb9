import {accountKey, isOAuth2Account} from '../model/account.js'
import {BehalfError} from '../model/behalf-error.js'
import type {OAuth2Credential} from '../model/credential.js'
import type {TokenGrant} from '../model/refresh.js'
import {checkSubject} from '../model/subject.js'
import type {BrokerDeps} from './broker-deps.js'
import type {LoginPurpose} from './check-person.js'
import {admitGrant} from './complete-login.js'
import {importAccount} from './import-account.js'
import {chooseProvider} from './load-provider.js'

/** Tokens that a program got for a chat user elsewhere. */
export interface UserTokens {
  /** Default: the only provider there is, else `twitch`. */
  provider?: string | undefined
  subject: string
  /** Whose they must be, at the service. */
  userId: string
  grant: TokenGrant
}

type Deps = Pick<BrokerDeps, 'store' | 'providerClient' | 'clock' | 'random' | 'providers'>

/**
 * Keeps tokens of a chat user once the service has said that they are theirs (design 7, rule 8). Where the access token is
 * over, they are taken over by their refresh token, as an import does it. What is kept already is left alone: the
 * tokens of an account are written over by newer ones only.
 * @throws BehalfError `wrong-person`, `login-failed` for tokens that are refused, `unavailable`, `provider-not-found`.
 */
export async function keepUserTokens(deps: Deps, {provider: name, userId, grant, ...input}: UserTokens): Promise<void> {
  const subject = checkSubject(input.subject)
  const provider = await chooseProvider(deps, name)
  const expect = `id:${userId}`
  const kept = await deps.store.accounts.get(accountKey(provider.name, userId, subject))
  if (kept && isOAuth2Account(kept) && kept.userId === userId && holds(kept.credential, grant)) return
  if (grant.expiresAt === undefined || grant.expiresAt > deps.clock.now()) {
    const scopes = grant.scopes ?? []
    const purpose: LoginPurpose = {provider, role: 'user', subject, expect, scopes, replaceOwner: false}
    await admitGrant(deps, purpose, grant)
    return
  }
  const {refreshToken, scopes = []} = grant
  if (!refreshToken) {
    throw new BehalfError('login-failed', `The tokens for ${subject} are over, and nothing can renew them.`, {
      hint: 'Start a flow for this person.',
    })
  }
  const whose = {provider: provider.name, role: 'user' as const, subject, expect}
  await importAccount(deps, {...whose, refreshToken, scopes, replaceOwner: false})
}

const holds = (credential: OAuth2Credential, {accessToken, refreshToken}: TokenGrant): boolean =>
  credential.accessToken.equals(accessToken) &&
  (refreshToken === undefined || credential.refreshToken?.equals(refreshToken) === true)
