import type {AccountKey} from '../model/account.js'
import {checkTokenScopes, isActingScope} from '../model/api-token-scope.js'
import {API_TOKEN_ID_LENGTH, formatApiToken} from '../model/api-token-text.js'
import type {ApiToken, ApiTokenView} from '../model/api-token.js'
import {BehalfError} from '../model/behalf-error.js'
import {spellDuration} from '../model/format-duration.js'
import type {Secret} from '../model/secret.js'
import {quoteWord} from '../model/shell-words.js'
import {parseSubjectPattern} from '../model/subject-pattern.js'
import {showApiToken, stateOf, tokenNotFound, viewToken} from './api-tokens.js'
import type {BrokerDeps} from './broker-deps.js'
import {mayActAs} from './choose-account.js'
import {findNamedAccount} from './find-named-account.js'
import {drawSecret, isForChat, mintSecret} from './mint-secret.js'

export interface IssueTokenInput {
  name: string
  scopes: string[]
  /** Account names. */
  as: string[]
  /** Beside them those that are known already: a key is this account, where a name may stand for many. */
  keys?: AccountKey[]
  asAny: boolean
  defaultAs?: string
  issuedTo?: string
  expiresInMs?: number
  /** Default: a new one. */
  id?: string
}

/** The text of a token: this is the only time it is seen. */
export interface IssuedToken {
  token: Secret
  apiToken: ApiTokenView
}

type Deps = Pick<BrokerDeps, 'store' | 'clock' | 'random'>

/**
 * Issues a scoped random API token. What is kept of it is a salted HMAC: the text is returned here and nowhere else.
 * @throws BehalfError `unknown-scope`, `invalid-input`, `account-not-found`; `refused` where there is one with this id.
 */
export async function issueApiToken(deps: Deps, input: IssueTokenInput): Promise<IssuedToken> {
  checkRequest(input)
  const as = new Set(input.keys)
  for (const name of input.as) as.add(toSubjectPattern(name) ?? (await findNamedAccount(deps, name)).key)
  const defaultAs = input.defaultAs === undefined ? undefined : await findNamedAccount(deps, input.defaultAs)
  if (defaultAs && !mayActAs({as: [...as], asAny: input.asAny}, defaultAs)) {
    const name = String(input.defaultAs)
    throw new BehalfError('invalid-input', `--default-as names ${name}, which the token may not act as.`, {
      hint: input.asAny ? 'With --as-any it is the owner or a bot.' : `Add --as ${name}.`,
    })
  }
  const issuedTo = input.issuedTo === undefined ? undefined : await findNamedAccount(deps, input.issuedTo)
  const anyId = input.id ?? deps.random.alphanumeric(API_TOKEN_ID_LENGTH)
  const id = isForChat(input) ? anyId.toLowerCase() : anyId
  const {secret, ...lock} = await mintSecret(deps, drawSecret(deps, id, input))
  const issuedAt = deps.clock.now()
  const apiToken: ApiToken = {
    id,
    name: input.name.trim(),
    ...lock,
    scopes: [...new Set(input.scopes)],
    as: [...as],
    asAny: input.asAny,
    issuedAt,
    ...(defaultAs && {defaultAs: defaultAs.key}),
    ...(issuedTo && {issuedTo: issuedTo.key}),
    ...(input.expiresInMs !== undefined && {expiresAt: issuedAt + input.expiresInMs}),
  }
  if (!(await deps.store.apiTokens.add(apiToken))) {
    throw new BehalfError('refused', 'This was sent before, and its API token is issued: the list shows it.')
  }
  return {token: formatApiToken(id, secret), apiToken: await viewToken(deps, apiToken)}
}

/**
 * Chat users are named as they are known in the chat, for most have no account yet when the token is issued; undefined for
 * other names.
 * @throws BehalfError `invalid-input`.
 */
export function toSubjectPattern(name: string): string | undefined {
  const text = name.trim()
  if (!/^(?:[^/]+\/)?subject:/.test(text)) return undefined
  if (parseSubjectPattern(text)) return text
  throw new BehalfError('invalid-input', `“${text.slice(0, 80)}” does not name chat users.`, {
    hint: 'Name one as subject:slack:U02AB, or all of a chat service as subject:slack:*.',
  })
}

function checkRequest(input: IssueTokenInput): void {
  const isOfNone = input.as.length + (input.keys?.length ?? 0) === 0
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
  if (acting !== undefined && !input.asAny && isOfNone) {
    throw new BehalfError('usage', `The scope ${acting} acts as an account, and none is named.`, {
      hint: 'Add --as LOGIN for each account the token may act as, or --as-any for all owner and bot accounts.',
    })
  }
}

/**
 * Gives an API token a new secret; the old one opens nothing once this returns. What the token may do stays, and so does
 * how long it lives: one that was issued for 90 days has 90 days again (docs/decisions/0018).
 * @param check is shown the token as it is when it changes, and throws where it must not.
 * @throws BehalfError `token-not-found`, `refused` for a token that is revoked or expired, and what `check` throws.
 */
export async function rotateApiToken(
  deps: Deps,
  id: string,
  check?: (current: ApiToken) => void,
): Promise<IssuedToken> {
  const now = deps.clock.now()
  const before = await showApiToken(deps, id)
  const {secret, ...lock} = await mintSecret(deps, drawSecret(deps, id, before))
  const rotated = await deps.store.apiTokens.update(id, (current) => {
    check?.(current)
    if (stateOf(current, now) !== 'active') throw endedError(before)
    const {lastUsedAt: _ofTheOldSecret, ...rest} = current
    const lifeMs = lifeOf(current)
    return {...rest, ...lock, issuedAt: now, ...(lifeMs !== undefined && {expiresAt: now + lifeMs})}
  })
  if (!rotated) throw await tokenNotFound(deps, id)
  return {token: formatApiToken(rotated.id, secret), apiToken: await viewToken(deps, rotated)}
}

/** How long it lives from the day it was issued; undefined: without end. */
export const lifeOf = ({expiresAt, issuedAt}: Pick<ApiToken, 'expiresAt' | 'issuedAt'>): number | undefined =>
  expiresAt === undefined ? undefined : expiresAt - issuedAt

/** With the command that issues one like it. */
function endedError(token: ApiTokenView): BehalfError {
  const lifeMs = lifeOf(token)
  const words = [
    token.name,
    ...token.scopes.flatMap((scope) => ['--scope', scope]),
    ...(token.asAny ? ['--as-any'] : token.as.flatMap((account) => ['--as', account])),
    ...(token.defaultAs === undefined ? [] : ['--default-as', token.defaultAs]),
    ...(token.issuedTo === undefined ? [] : ['--issued-to', token.issuedTo]),
    ...(lifeMs === undefined ? [] : ['--expires', spellDuration(lifeMs)]),
  ]
  const ended = token.state === 'expired' ? 'has expired' : 'is revoked'
  return new BehalfError('refused', `The API token ${token.name} (${token.id}) ${ended}: it gets no new secret.`, {
    hint: `behalf token issue ${words.map(quoteWord).join(' ')}`,
  })
}
