import type {z} from 'zod'

import type {AccessToken, RefreshToken} from '../records.js'
import type {SandboxState} from '../state.js'
import {ControlError} from './control-error.js'
import type {tokenTargetSchema} from './control-schemas.js'

/**
 * Expires or revokes tokens.
 * @returns how many
 */
export function changeTokens(
  state: SandboxState,
  target: z.output<typeof tokenTargetSchema>,
  change: 'expire' | 'revoke',
): number {
  const tokens: Map<string, AccessToken | RefreshToken> =
    target.kind === 'refresh' ? state.refreshTokens : state.accessTokens
  const chosen = target.token === undefined ? listOf(state, tokens, target) : [tokens.get(target.token)]
  const found = chosen.filter((token) => token !== undefined)
  if (target.token !== undefined && found.length === 0)
    throw new ControlError(404, `there is no such ${target.kind} token`)
  for (const token of found) {
    if (change === 'expire') token.expiresAt = state.clock.now()
    else tokens.delete(token.value)
  }
  return found.length
}

function listOf(
  state: SandboxState,
  tokens: Map<string, AccessToken | RefreshToken>,
  {login, clientId}: {login?: string | undefined; clientId?: string | undefined},
): (AccessToken | RefreshToken)[] {
  const user = state.findUserByLogin(login ?? '')
  if (user === undefined) throw new ControlError(404, `there is no user ${login ?? ''}`)
  return [...tokens.values()].filter(
    (token) => token.userId === user.id && (clientId === undefined || token.clientId === clientId),
  )
}
