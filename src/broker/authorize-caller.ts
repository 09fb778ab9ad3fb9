import type {NamedAccount} from '../model/account-name.js'
import {allowsCall, coversScope} from '../model/api-token-match.js'
import type {ApiToken} from '../model/api-token.js'
import {BehalfError} from '../model/behalf-error.js'
import {Secret} from '../model/secret.js'
import {parseApiToken} from '../model/api-token-text.js'
import {MINUTE_MS, SECOND_MS} from '../model/time.js'
import {unlockApiToken} from './api-tokens.js'
import type {BrokerDeps} from './broker-deps.js'
import {chooseAccount, foreseeAccount, requireMayActAs} from './choose-account.js'
import {createRecentReads} from './recent-reads.js'

/** What a request says of who makes it, as its headers came: every value of each. */
export interface CallerInput {
  /** `Bearer <API token>` or `Token <API token>`, the scheme in any case. */
  authorization: readonly string[]
  /** For each header that may name the account (`X-Behalf-Of`, `X-TAU-On-Behalf-Of`): its values. */
  actAs: readonly (readonly string[])[]
}

/** What the request wants to do. */
export type Wanted =
  /** Something that acts as no account: a scope that is one word. What the headers say of one is not looked at. */
  | {kind: 'word'; scope: string}
  /**
   * A call of a provider's API as an account of that provider; `segments`: the path below its API URL, decoded.
   * `isHelix`: the provider has the Twitch dialect.
   */
  | {kind: 'call'; provider: string; isHelix: boolean; method: string; segments: readonly string[]}
  /** A scope that is one word, for the account with this key: it must be among those the token may act as. */
  | {kind: 'account'; scope: string; account: string}
  /** All of these scopes, for what someone else does; `provider`: only an account of this one acts. */
  | {kind: 'scopes'; scopes: readonly string[]; provider?: string; needsAccount: boolean}

/** Who makes a request, and on whose behalf. */
export interface Caller {
  apiToken: ApiToken
  account?: NamedAccount
}

type Deps = Pick<BrokerDeps, 'store' | 'clock'>

/** A body may take its time to come, and what was read before it is not believed after it. */
const REQUEST_READS_MS = SECOND_MS

/**
 * Who makes a request, on whose behalf, and whether they may (design 8): authentication first, then the account, then
 * the scope. Everything is read from the store now, so that what was revoked is refused from the next request on.
 * @param onAuthenticated is told the API token before anything else is looked at, so that a refusal can be audited too.
 * @throws BehalfError `unauthenticated`; `invalid-input` or `ambiguous-account` when it is not clear who acts,
 * `account-not-found`; `refused` for an account or a scope that the API token does not have.
 */
export async function authorizeCaller(
  deps: Deps,
  input: CallerInput,
  wanted: Wanted,
  onAuthenticated?: (apiToken: ApiToken) => void,
): Promise<Caller> {
  const apiToken = await authenticateCaller(deps, input.authorization)
  onAuthenticated?.(apiToken)
  const account = await findAccount(deps, apiToken, input.actAs, wanted)
  requireScope(apiToken, wanted)
  return account ? {apiToken, account} : {apiToken}
}

/**
 * The store as it is read for one request: all that the request names is asked for at once, for where the store is far
 * away each look takes its time. What {@link authorizeCaller} and `getFreshToken` read of it they read once.
 */
export function readForRequest({store, clock}: Deps, {authorization, actAs}: CallerInput): Deps['store'] {
  const reads = createRecentReads(store, clock, REQUEST_READS_MS)
  const id = parseApiToken(readToken(authorization) ?? new Secret(''))?.id
  // Strangers cause no reads but those of their own API token.
  if (id === undefined) return reads
  reads.apiTokens.get(id).catch(() => undefined)
  reads.lastWrittenAt().catch(() => undefined)
  foreseeAccount(reads.accounts, actAs)
  return reads
}

/** @throws BehalfError `refused`. */
export function requireScope(apiToken: ApiToken, wanted: Wanted): void {
  if (!holds(apiToken, wanted)) throw lacksScope(wanted)
}

/** @throws BehalfError `unauthenticated`, which does not say why: unknown, expired and revoked tokens are alike. */
async function authenticateCaller(deps: Deps, authorization: readonly string[]): Promise<ApiToken> {
  const text = readToken(authorization)
  const apiToken = text === undefined ? undefined : await unlockApiToken(deps, text)
  if (apiToken) {
    await noteUsed(deps, apiToken)
    return apiToken
  }
  throw new BehalfError('unauthenticated', 'The request has no API token, or one that is not valid.', {
    hint: 'Send “Authorization: Bearer <API token>”. `behalf token issue` makes one, `behalf token list` shows its state.',
  })
}

function readToken([value = '', ...others]: readonly string[]): Secret | undefined {
  const text = others.length === 0 ? /^(?:Bearer|Token) +(\S+) *$/i.exec(value)?.[1] : undefined
  return text === undefined ? undefined : new Secret(text)
}

async function noteUsed({store, clock}: Deps, {id, lastUsedAt}: ApiToken): Promise<void> {
  const now = clock.now()
  // “Last used” is coarse (design 8).
  if (lastUsedAt === undefined || Math.abs(now - lastUsedAt) >= MINUTE_MS) await store.apiTokens.noteUsed(id, now)
}

async function findAccount(
  deps: Deps,
  apiToken: ApiToken,
  actAs: CallerInput['actAs'],
  wanted: Wanted,
): Promise<NamedAccount | undefined> {
  if (wanted.kind === 'word') return undefined
  const {accounts} = deps.store
  if (wanted.kind === 'account') {
    return requireMayActAs(apiToken, await accounts.name(wanted.account), wanted.account)
  }
  return chooseAccount(accounts, apiToken, actAs, {
    provider: wanted.provider,
    isNeeded: wanted.kind === 'call' || wanted.needsAccount,
  })
}

function holds({scopes}: ApiToken, wanted: Wanted): boolean {
  switch (wanted.kind) {
    case 'word':
    case 'account':
      return scopes.includes(wanted.scope)
    case 'call':
      return scopes.some((scope) => allowsCall(scope, wanted))
    case 'scopes':
      return wanted.scopes.every((asked) => scopes.some((scope) => coversScope(scope, asked)))
  }
}

function lacksScope(wanted: Wanted): BehalfError {
  return new BehalfError('refused', `The API token lacks ${describeScope(wanted)}.`, {
    hint: 'Issue one that has it: `behalf token issue NAME --scope …`.',
  })
}

function describeScope(wanted: Wanted): string {
  if (wanted.kind === 'scopes') return `one of these scopes: ${wanted.scopes.join(' ')}`
  if (wanted.kind !== 'call') return `the scope ${wanted.scope}`
  const resource = wanted.isHelix ? 'helix' : `api:${wanted.provider}`
  return `a scope for this call, such as ${resource}:${wanted.method === 'GET' || wanted.method === 'HEAD' ? 'read' : 'write'}`
}
