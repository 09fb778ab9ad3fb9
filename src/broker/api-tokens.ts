import {timingSafeEqual} from 'node:crypto'

import {findAccount, nameOf} from '../model/account-name.js'
import type {Account} from '../model/account.js'
import {checkTokenScopes, isActingScope} from '../model/api-token-scope.js'
import {API_TOKEN_ID_LENGTH, API_TOKEN_SECRET_LENGTH, formatApiToken, parseApiToken} from '../model/api-token-text.js'
import type {ApiToken} from '../model/api-token.js'
import {BehalfError} from '../model/behalf-error.js'
import {nearestNames} from '../model/nearest-names.js'
import {Secret} from '../model/secret.js'
import type {EpochMs} from '../model/time.js'
import type {BrokerDeps} from './broker-deps.js'

export interface IssueTokenInput {
  name: string
  scopes: string[]
  /** Account names. */
  as: string[]
  asAny: boolean
  defaultAs?: string
  issuedTo?: string
  expiresInMs?: number
}

/** An API token without what is secret of it; accounts by name. */
export type ApiTokenView = Omit<ApiToken, 'salt' | 'hmac' | 'as' | 'defaultAs' | 'issuedTo'> & {
  as: string[]
  defaultAs?: string
  issuedTo?: string
  state: 'active' | 'expired' | 'revoked'
}

type Deps = Pick<BrokerDeps, 'store' | 'clock' | 'random'>

/**
 * Issues a scoped random API token. What is kept of it is a salted HMAC: the text is returned here and nowhere else.
 * @throws BehalfError `unknown-scope`, `invalid-input`, `account-not-found`.
 */
export async function issueApiToken(
  deps: Deps,
  input: IssueTokenInput,
): Promise<{token: Secret; apiToken: ApiTokenView}> {
  checkRequest(input)
  const accounts = await deps.store.accounts.list()
  const find = (name: string): Account => findAccount(accounts, name)
  const as = [...new Set(input.as.map((name) => find(name).key))]
  const defaultAs = input.defaultAs === undefined ? undefined : find(input.defaultAs)
  if (defaultAs && !(input.asAny ? defaultAs.role !== 'user' : as.includes(defaultAs.key))) {
    const name = String(input.defaultAs)
    throw new BehalfError('invalid-input', `--default-as names ${name}, which the token may not act as.`, {
      hint: input.asAny ? 'With --as-any it is the owner or a bot.' : `Add --as ${name}.`,
    })
  }
  const id = deps.random.alphanumeric(API_TOKEN_ID_LENGTH)
  const secret = new Secret(deps.random.alphanumeric(API_TOKEN_SECRET_LENGTH))
  const salt = deps.random.token(16)
  const issuedAt = deps.clock.now()
  const apiToken: ApiToken = {
    id,
    name: input.name.trim(),
    salt,
    hmac: await deps.store.apiTokens.mac(salt, secret),
    scopes: [...new Set(input.scopes)],
    as,
    asAny: input.asAny,
    issuedAt,
    ...(defaultAs && {defaultAs: defaultAs.key}),
    ...(input.issuedTo !== undefined && {issuedTo: find(input.issuedTo).key}),
    ...(input.expiresInMs !== undefined && {expiresAt: issuedAt + input.expiresInMs}),
  }
  await deps.store.apiTokens.put(apiToken)
  return {token: formatApiToken(id, secret), apiToken: viewToken(apiToken, accounts, issuedAt)}
}

function checkRequest(input: IssueTokenInput): void {
  const name = input.name.trim()
  if (name === '' || name.length > 100 || /\p{Cc}/u.test(name)) {
    throw new BehalfError('invalid-input', 'An API token needs a name of 1 to 100 printable characters.', {
      hint: 'Name it after the program that will hold it: `behalf token issue overlay --scope helix:read --as LOGIN`.',
    })
  }
  if (input.scopes.length === 0) {
    throw new BehalfError('usage', 'An API token needs a scope: what its holder may do.', {
      hint: 'Add --scope helix:read.',
    })
  }
  checkTokenScopes(input.scopes)
  if (input.asAny && input.as.length > 0) {
    throw new BehalfError('usage', '--as and --as-any exclude each other.', {hint: 'Name accounts, or take all.'})
  }
  const acting = input.scopes.find(isActingScope)
  if (acting !== undefined && !input.asAny && input.as.length === 0) {
    throw new BehalfError('usage', `The scope ${acting} acts as an account, and none is named.`, {
      hint: 'Add --as LOGIN for each account the token may act as, or --as-any for all owner and bot accounts.',
    })
  }
}

/** All API tokens, oldest first. */
export async function listApiTokens(deps: Pick<BrokerDeps, 'store' | 'clock'>): Promise<ApiTokenView[]> {
  const [tokens, accounts] = await Promise.all([deps.store.apiTokens.list(), deps.store.accounts.list()])
  return tokens.map((token) => viewToken(token, accounts, deps.clock.now()))
}

/**
 * Revokes an API token, for good. Returns once the store has acknowledged it. Revoking it again changes nothing.
 * @throws BehalfError `token-not-found`.
 */
export async function revokeApiToken(deps: Pick<BrokerDeps, 'store' | 'clock'>, id: string): Promise<ApiTokenView> {
  const now = deps.clock.now()
  const token = await deps.store.apiTokens.update(id, (current) => ({revokedAt: now, ...current}))
  if (token) return viewToken(token, await deps.store.accounts.list(), now)
  const tokens = await deps.store.apiTokens.list()
  const byName = tokens.filter((one) => one.name === id).map((one) => one.id)
  const nearest =
    byName.length > 0
      ? byName
      : nearestNames(
          id,
          tokens.map((one) => one.id),
        )
  const meant = nearest.length > 0 ? ` Did you mean ${nearest.join(', ')}?` : ''
  // As much as is no secret of a token that was given whole: `bhf_` and its id.
  const shown = id.length > 12 ? `${id.slice(0, 12)}…` : id
  throw new BehalfError('token-not-found', `There is no API token with the id “${shown}”.${meant}`, {
    hint: 'behalf token list',
  })
}

/**
 * The API token that this text unlocks, or undefined: unknown, mistyped, expired and revoked ones alike.
 * The comparison takes the same time wherever it fails.
 */
export async function unlockApiToken(
  deps: Pick<BrokerDeps, 'store' | 'clock'>,
  text: Secret,
): Promise<ApiToken | undefined> {
  const parsed = parseApiToken(text)
  if (!parsed) return undefined
  const token = await deps.store.apiTokens.get(parsed.id)
  if (!token) return undefined
  const mac = Buffer.from(await deps.store.apiTokens.mac(token.salt, parsed.secret))
  const kept = Buffer.from(token.hmac)
  const same = mac.length === kept.length && timingSafeEqual(mac, kept)
  return same && stateOf(token, deps.clock.now()) === 'active' ? token : undefined
}

function stateOf(token: ApiToken, now: EpochMs): ApiTokenView['state'] {
  if (token.revokedAt !== undefined) return 'revoked'
  return token.expiresAt !== undefined && token.expiresAt <= now ? 'expired' : 'active'
}

function viewToken(token: ApiToken, accounts: readonly Account[], now: EpochMs): ApiTokenView {
  const {salt: _salt, hmac: _hmac, as, defaultAs, issuedTo, ...rest} = token
  const nameFor = (key: string): string => {
    const account = accounts.find((one) => one.key === key)
    return account ? nameOf(account) : key
  }
  return {
    ...rest,
    as: as.map(nameFor),
    ...(defaultAs !== undefined && {defaultAs: nameFor(defaultAs)}),
    ...(issuedTo !== undefined && {issuedTo: nameFor(issuedTo)}),
    state: stateOf(token, now),
  }
}
