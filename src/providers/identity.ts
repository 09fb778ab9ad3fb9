import {BehalfError} from '../model/behalf-error.js'
import type {Provider} from '../model/provider.js'
import type {TokenGrant} from '../model/refresh.js'
import {dialectOf} from './dialects/dialect-of.js'
import type {Identity} from './provider-client.js'
import {readIdentity, type Claims} from './read-identity.js'
import {requireAnswer} from './require-answer.js'
import type {TokenGrantDeps} from './token-grant.js'
import {validateToken} from './validation.js'

/** Who authorized (design 7, rule 8). Claims of a verified ID token are enough when they hold a login name. */
export async function identifyAccount(deps: TokenGrantDeps, provider: Provider, grant: TokenGrant): Promise<Identity> {
  if (dialectOf(provider).identifyBy === 'validate' && provider.validateUrl !== undefined) {
    return identifyByValidation(deps, provider, grant)
  }
  const claimed = grant.claims && readIdentity(provider, grant.claims)
  if (claimed?.named || (claimed && provider.userinfoUrl === undefined)) return claimed.identity
  const claims = await fetchUserinfo(deps, provider, grant)
  // OpenID Connect Core 5.3.2: someone else's answer must not be believed.
  if (grant.claims?.sub !== undefined && claims.sub !== undefined && grant.claims.sub !== claims.sub) {
    throw new BehalfError('login-failed', `${provider.name} says in two places that it was two different people.`)
  }
  const asked = readIdentity(provider, {...grant.claims, ...claims})
  if (asked === undefined) {
    throw new BehalfError('login-failed', `${provider.name} does not say who it was.`, {
      hint: `Check the userinfo URL with \`behalf provider show ${provider.name}\`.`,
    })
  }
  return asked.identity
}

async function identifyByValidation(deps: TokenGrantDeps, provider: Provider, grant: TokenGrant): Promise<Identity> {
  const validation = await validateToken(deps, provider, grant.accessToken)
  if (validation.kind === 'unavailable') {
    throw new BehalfError('unavailable', `${provider.name} could not be asked who it was: ${validation.reason}.`, {
      hint: 'Try again in a moment.',
    })
  }
  if (validation.kind !== 'live' || validation.userId === undefined) {
    throw new BehalfError('login-failed', `${provider.name} does not say who it was.`, {hint: 'Log in again.'})
  }
  const {userId, login, clientId, scopes} = validation
  return {
    userId,
    login: login ?? userId.toLowerCase(),
    ...(clientId !== undefined && {clientId}),
    ...(scopes !== undefined && {scopes}),
  }
}

async function fetchUserinfo({exchange}: TokenGrantDeps, provider: Provider, grant: TokenGrant): Promise<Claims> {
  if (provider.userinfoUrl === undefined) {
    throw new BehalfError('configuration', `${provider.name} cannot be asked who someone is.`, {
      hint: 'Set its userinfo URL with --userinfo-url.',
    })
  }
  const outcome = await exchange({
    method: provider.userinfoMethod ?? 'GET',
    url: provider.userinfoUrl,
    headers: {
      ...provider.requestHeaders,
      accept: 'application/json',
      authorization: `Bearer ${grant.accessToken.reveal()}`,
    },
  })
  const answer = requireAnswer(provider, outcome)
  if (answer.status === 200) return answer.body
  throw new BehalfError(
    'login-failed',
    `${provider.name} does not say who it was: it answered with status ${String(answer.status)}.`,
    {hint: 'The scopes may not allow it; ask for more with --scope.'},
  )
}
