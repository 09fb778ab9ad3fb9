import type {OAuth2Credential} from './credential.js'
import {isConfidential, type Provider, type ReplayMode} from './provider.js'

/**
 * How a provider takes a refresh token that is sent again (design 7, rule 5). What was configured wins.
 * Twitch's way follows whether a refresh carries a secret: with one a repeat is harmless,
 * without one a replay destroys the whole authorization, but the access token in hand tells what happened.
 * Nothing is presumed of others.
 */
export function replayModeOf(provider: Provider): ReplayMode {
  if (provider.replay) return provider.replay
  if (provider.dialect !== 'twitch') return {kind: 'last-resort'}
  const carriesSecret = isConfidential(provider) && provider.authMethod !== 'none'
  return carriesSecret ? {kind: 'safe'} : {kind: 'probe'}
}

/** The same for one account: where the last refresh returned the same refresh token, or none, a repeat is harmless. */
export const replayModeFor = (
  account: {credential: Pick<OAuth2Credential, 'refreshTokenStable'>},
  provider: Provider,
): ReplayMode => (account.credential.refreshTokenStable ? {kind: 'safe'} : replayModeOf(provider))
