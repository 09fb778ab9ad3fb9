import {authorizeChat, type ChatCaller} from '../../broker/authorize-chat.js'
import {callAsAccount} from '../../broker/call-as-account.js'
import {getFreshToken, type TokenDeps} from '../../broker/get-fresh-token.js'
import {nameOf} from '../../model/account-name.js'
import {loginCommandFor, type AccountStatus} from '../../model/account-status.js'
import type {ApiToken} from '../../model/api-token.js'
import {BehalfError} from '../../model/behalf-error.js'
import {missingScopes} from '../../model/scopes.js'
import {MINUTE_MS} from '../../model/time.js'
import type {UpstreamPlace} from '../daemon-deps.js'
import type {AccountPace} from './account-pace.js'
import type {AccountPaces} from './account-paces.js'
import type {IrcLogin} from './irc-registration.js'
import type {TokenSeats} from './token-seats.js'
import {once} from './once.js'
import {logInUpstream, type ChatUpstream, type UpstreamLimits} from './upstream-login.js'

/** An expiring token would do for the login, but Twitch may ask for it again soon. */
const MIN_TTL_MS = 5 * MINUTE_MS
const CHAT_SCOPES = ['chat:read', 'chat:edit']

export interface ChatDeps extends TokenDeps {
  upstream: UpstreamPlace
  limits: UpstreamLimits
  /** Who may have signed the chat server's certificate; default: those whom Node trusts. */
  ca?: string
  paces: AccountPaces
  seats: TokenSeats
}

/** Someone who has been let in, and the connection to the chat server in the account's name. */
export interface OpenChat {
  caller: ChatCaller
  upstream: ChatUpstream
  pace: AccountPace
  /** Makes room for others. Idempotent. */
  leave(): void
}

export interface ChatRequest extends IrcLogin {
  capabilities: readonly string[]
  signal: AbortSignal
  onAuthenticated(apiToken: ApiToken): void
  onAuthorized(caller: ChatCaller): void
}

/**
 * Lets a client in, and logs in upstream with the account's own token: one that is expiring is refreshed first, one that
 * the chat server refuses once (design 7, rule 7).
 * @throws BehalfError for every reason there is; the client is told none of them.
 */
export async function openChat(deps: ChatDeps, request: ChatRequest): Promise<OpenChat> {
  const caller = await authorizeChat(deps, request, (apiToken) => request.onAuthenticated(apiToken))
  const {account, apiToken} = caller
  request.onAuthorized(caller)
  const leaveSeat = deps.seats.take(apiToken.id)
  const pace = deps.paces.enter(account)
  const leave = (): void => {
    leaveSeat()
    deps.paces.leave(account.userId)
  }
  try {
    return {caller, pace, leave: once(leave), upstream: await connect(deps, request, {caller, pace})}
  } catch (error) {
    leave()
    throw error
  }
}

async function connect(
  deps: ChatDeps,
  request: ChatRequest,
  {caller: {account, apiToken}, pace}: Pick<OpenChat, 'caller' | 'pace'>,
): Promise<ChatUpstream> {
  const tokens = {
    async get() {
      const fresh = await getFreshToken(deps, account.key, MIN_TTL_MS)
      requireChatScopes(fresh.account)
      return fresh
    },
    forget: () => undefined,
  }
  const {answer} = await callAsAccount(
    deps,
    account.key,
    async ({accessToken, apiOrigin}) => {
      requireHome(deps.upstream, nameOf(account), apiOrigin)
      await pace.awaitLogin(apiToken.id, request.signal)
      const {login} = account
      const upstream = await logInUpstream(deps.upstream, {...deps, ...request, login, token: accessToken})
      return {tokenRefused: upstream === undefined, upstream}
    },
    tokens,
  )
  if (answer.upstream) return answer.upstream
  throw new BehalfError('refused', `The chat server refuses the token of ${nameOf(account)}.`, {
    hint: 'behalf status',
  })
}

function requireChatScopes(account: AccountStatus): void {
  const missing = missingScopes(CHAT_SCOPES, account.scopes)
  if (missing.length === 0) return
  throw new BehalfError('missing-scope', `${nameOf(account)} lacks ${missing.join(' and ')}.`, {
    hint: `${loginCommandFor(account)} ${missing.map((scope) => `--scope ${scope}`).join(' ')}`,
  })
}

/** Tokens go home (design 7, rule 10): those of Twitch to Twitch, and to nobody else; others never there. */
function requireHome({host}: UpstreamPlace, name: string, apiOrigin: string | undefined): void {
  const home = apiOrigin === undefined ? '' : new URL(apiOrigin).hostname
  if (isOfTwitch(home) === isOfTwitch(host)) return
  throw new BehalfError('refused', `The token of ${name} is not for the chat server ${host}.`, {
    hint: 'behalf serve --irc-upstream HOST:PORT',
  })
}

const isOfTwitch = (host: string): boolean => /(?:^|\.)twitch\.tv$/i.test(host)
