import {timingSafeEqual} from 'node:crypto'

import {nameOf} from '../model/account-name.js'
import type {AccountKey} from '../model/account.js'
import {API_TOKEN_ID_LENGTH, parseApiToken} from '../model/api-token-text.js'
import type {ApiToken, ApiTokenView} from '../model/api-token.js'
import {BehalfError} from '../model/behalf-error.js'
import {nearestNames} from '../model/nearest-names.js'
import type {Secret} from '../model/secret.js'
import {parseSubjectPattern} from '../model/subject-pattern.js'
import type {EpochMs} from '../model/time.js'
import type {BrokerDeps} from './broker-deps.js'

type Deps = Pick<BrokerDeps, 'store' | 'clock'>

/** All API tokens, oldest first. */
export async function listApiTokens(deps: Deps): Promise<ApiTokenView[]> {
  return viewTokens(deps, await deps.store.apiTokens.list())
}

/** @throws BehalfError `token-not-found`, `invalid-input` for a whole token in the place of its id. */
export async function showApiToken(deps: Deps, id: string): Promise<ApiTokenView> {
  const token = await deps.store.apiTokens.get(checkTokenId(id))
  if (!token) throw await tokenNotFound(deps, id)
  return viewToken(deps, token)
}

/**
 * Revokes an API token, for good. Returns once the store has acknowledged it. Revoking it again changes nothing.
 * @throws BehalfError `token-not-found`, `invalid-input` for a whole token in the place of its id.
 */
export async function revokeApiToken(deps: Deps, id: string): Promise<ApiTokenView> {
  const now = deps.clock.now()
  const token = await deps.store.apiTokens.update(checkTokenId(id), (current) => ({revokedAt: now, ...current}))
  if (!token) throw await tokenNotFound(deps, id)
  return viewToken(deps, token)
}

/**
 * The id that was typed. A whole token is a secret that now stands in the shell's history and was seen in the list of
 * processes: it is refused, and not repeated.
 */
export function checkTokenId(text: string): string {
  const id = /^bhf_([A-Za-z0-9]{8})_/.exec(text)?.[1]
  if (!text.startsWith('bhf_') || text.length <= 'bhf_'.length + API_TOKEN_ID_LENGTH) return text
  throw new BehalfError('invalid-input', 'That is a whole API token, not its id; it is in your shell’s history now.', {
    hint: id === undefined ? 'Revoke it: `behalf token list` shows its id.' : `behalf token revoke ${id}`,
  })
}

/** With what was most likely meant: the ids of those with that name, or the nearest ids and names. */
export async function tokenNotFound(deps: Pick<BrokerDeps, 'store'>, id: string): Promise<BehalfError> {
  const tokens = await deps.store.apiTokens.list()
  const byName = tokens.filter((one) => one.name === id).map((one) => one.id)
  const nearest =
    byName.length > 0
      ? byName
      : nearestNames(
          id,
          tokens.flatMap((one) => [one.id, one.name]),
        )
  const meant = nearest.length > 0 ? ` Did you mean ${nearest.join(', ')}?` : ''
  // What was cut out of a token is no more than this long without a secret in it.
  const shown = id.length > 12 ? `${id.slice(0, 12)}…` : id
  return new BehalfError('token-not-found', `There is no API token “${shown}”.${meant}`, {
    hint: 'behalf token list',
  })
}

/**
 * The API token that this text unlocks, or undefined: unknown, mistyped, expired and revoked ones alike.
 * The comparison takes the same time wherever it fails.
 */
export async function unlockApiToken(deps: Deps, text: Secret): Promise<ApiToken | undefined> {
  const parsed = parseApiToken(text)
  if (!parsed) return undefined
  const token = await deps.store.apiTokens.get(parsed.id)
  if (!token) return undefined
  const isRight = await isSecretOf(deps, token, parsed.secret)
  return isRight && stateOf(token, deps.clock.now()) === 'active' ? token : undefined
}

/** Whether this is the secret that a hash was made of. Takes the same time wherever they differ. */
export async function isSecretOf(
  {store}: Pick<BrokerDeps, 'store'>,
  {salt, hmac}: Pick<ApiToken, 'salt' | 'hmac'>,
  secret: Secret,
): Promise<boolean> {
  const mac = Buffer.from(await store.apiTokens.mac(salt, secret))
  const kept = Buffer.from(hmac)
  return mac.length === kept.length && timingSafeEqual(mac, kept)
}

/** What an API token that was handed in is, or undefined: unknown, mistyped, expired and revoked ones alike. */
export async function inspectApiToken(deps: Deps, text: Secret): Promise<ApiTokenView | undefined> {
  const token = await unlockApiToken(deps, text)
  return token && viewToken(deps, token)
}

export function stateOf(token: ApiToken, now: EpochMs): ApiTokenView['state'] {
  if (token.revokedAt !== undefined) return 'revoked'
  return token.expiresAt !== undefined && token.expiresAt <= now ? 'expired' : 'active'
}

export async function viewToken(deps: Deps, token: ApiToken): Promise<ApiTokenView> {
  const nameFor = await nameAccountsOf(deps, [token])
  return describeToken(token, nameFor, deps.clock.now())
}

async function viewTokens(deps: Deps, tokens: readonly ApiToken[]): Promise<ApiTokenView[]> {
  const nameFor = await nameAccountsOf(deps, tokens)
  return tokens.map((token) => describeToken(token, nameFor, deps.clock.now()))
}

/** What the accounts are called that these tokens speak of; one that is gone by its key. */
async function nameAccountsOf({store}: Deps, tokens: readonly ApiToken[]): Promise<(key: AccountKey) => string> {
  const spokenOf = tokens.flatMap(({as, defaultAs, issuedTo}) => [...as, defaultAs, issuedTo])
  const keys = new Set(spokenOf.filter((key) => key !== undefined).filter((key) => !parseSubjectPattern(key)))
  const names = new Map<AccountKey, string>()
  await Promise.all(
    Array.from(keys, async (key) => {
      const account = await store.accounts.name(key)
      if (account) names.set(key, nameOf(account))
    }),
  )
  return (key) => names.get(key) ?? key
}

function describeToken(token: ApiToken, nameFor: (key: AccountKey) => string, now: EpochMs): ApiTokenView {
  const {salt: _salt, hmac: _hmac, as, defaultAs, issuedTo, ...rest} = token
  return {
    ...rest,
    as: as.map(nameFor),
    ...(defaultAs !== undefined && {defaultAs: nameFor(defaultAs)}),
    ...(issuedTo !== undefined && {issuedTo: nameFor(issuedTo)}),
    state: stateOf(token, now),
  }
}
