import {BehalfError} from '../model/behalf-error.js'
import type {Provider} from '../model/provider.js'
import type {TokenGrant} from '../model/refresh.js'
import {dialectOf} from './dialects/dialect-of.js'
import type {Identity} from './provider-client.js'
import {requireAnswer} from './require-answer.js'
import type {TokenGrantDeps} from './token-grant.js'
import {validateToken} from './validation.js'

type Claims = Readonly<Record<string, unknown>>

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
    method: 'GET',
    url: provider.userinfoUrl,
    headers: {accept: 'application/json', authorization: `Bearer ${grant.accessToken.reveal()}`},
  })
  const answer = requireAnswer(provider, outcome)
  if (answer.status === 200) return answer.body
  throw new BehalfError(
    'login-failed',
    `${provider.name} does not say who it was: it answered with status ${String(answer.status)}.`,
    {hint: 'The scopes may not allow it; ask for more with --scope.'},
  )
}

/** `named`: there was a login name, so that nobody else needs to be asked. Undefined without a user id. */
function readIdentity(provider: Provider, claims: Claims): {identity: Identity; named: boolean} | undefined {
  const {identity: members} = dialectOf(provider)
  const userId = readFirst(claims, members.userId)
  if (userId === undefined) return undefined
  const login = readLogin(provider, claims)
  const displayName = readFirst(claims, members.displayName)
  const identity: Identity = {userId, login: (login ?? userId).toLowerCase()}
  return {identity: displayName === undefined ? identity : {...identity, displayName}, named: login !== undefined}
}

/** Where an e-mail address is but the last resort, its local part is the name. */
function readLogin(provider: Provider, claims: Claims): string | undefined {
  const members = dialectOf(provider).identity.login
  const login = readFirst(claims, members)
  const isFallback = members.length > 1 && members.at(-1) === 'email' && login === readText(claims.email)
  const name = isFallback ? login?.replace(/@.*$/s, '') : login
  return name === undefined || /[\s\p{C}/]/u.test(name) ? undefined : name
}

function readFirst(claims: Claims, members: readonly string[]): string | undefined {
  for (const member of members) {
    const value = readText(claims[member])
    if (value !== undefined) return value
  }
  return undefined
}

/** Ids may be numbers; lists of addresses begin with the first one. */
function readText(value: unknown): string | undefined {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value)
  if (Array.isArray(value)) return readText(value[0])
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined
}
