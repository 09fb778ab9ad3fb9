import type {AccessToken} from '../records.js'
import type {SandboxState} from '../state.js'

/** Whose tokens: `clientId` undefined means of every client. */
export interface TokenOwner {
  userId: string
  clientId?: string | undefined
}

const isOwnedBy = (owner: TokenOwner, item: {userId: string | null; clientId: string}): boolean =>
  item.userId === owner.userId && (owner.clientId === undefined || item.clientId === owner.clientId)

/** An access token that is known, not revoked and not expired. */
export function findLiveToken(state: SandboxState, value: string): AccessToken | undefined {
  const token = state.accessTokens.get(value)
  if (token === undefined) return undefined
  return token.expiresAt === null || token.expiresAt > state.clock.now() ? token : undefined
}

/** Ends all access and refresh tokens of a user: what a changed password does. Grants stay. */
export function endTokens(state: SandboxState, owner: TokenOwner): number {
  let ended = 0
  for (const tokens of [state.accessTokens, state.refreshTokens, state.codes] as const) {
    for (const [value, token] of tokens) {
      if (isOwnedBy(owner, token) && tokens.delete(value)) ended += 1
    }
  }
  for (const [id, subscription] of state.subscriptions) {
    if (isOwnedBy(owner, subscription)) state.subscriptions.delete(id)
  }
  return ended
}

/** Ends a user's authorization of a client whole, grant included: a disconnect, or the penalty for replay. */
export function endAuthorization(state: SandboxState, owner: TokenOwner): number {
  for (const [key, grant] of state.grants) {
    if (isOwnedBy(owner, grant)) state.grants.delete(key)
  }
  return endTokens(state, owner)
}
