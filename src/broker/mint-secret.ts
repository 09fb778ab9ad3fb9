import {API_TOKEN_SECRET_LENGTH, formatApiToken, hasSmallEnding} from '../model/api-token-text.js'
import type {ApiToken} from '../model/api-token.js'
import type {Random} from '../model/random.js'
import {Secret} from '../model/secret.js'
import type {BrokerDeps} from './broker-deps.js'

/** The secret of something that is opened by a text of ours, and what is kept of it. */
export async function mintSecret(
  deps: Pick<BrokerDeps, 'store' | 'random'>,
  secret: Secret = drawAnySecret(deps.random),
): Promise<Pick<ApiToken, 'salt' | 'hmac'> & {secret: Secret}> {
  const salt = deps.random.token(16)
  return {secret, salt, hmac: await deps.store.apiTokens.mac(salt, secret)}
}

/**
 * A secret for the API token with this id. Chat clients make small letters of a password, for Twitch's tokens have no
 * others: what lets its holder chat has none either, its checksum included (docs/decisions/0049).
 */
export function drawSecret({random}: Pick<BrokerDeps, 'random'>, id: string, token: Pick<ApiToken, 'scopes'>): Secret {
  if (!isForChat(token)) return drawAnySecret(random)
  for (;;) {
    const secret = new Secret(drawSmall(random, API_TOKEN_SECRET_LENGTH))
    if (hasSmallEnding(formatApiToken(id, secret))) return secret
  }
}

export const isForChat = ({scopes}: Pick<ApiToken, 'scopes'>): boolean => scopes.includes('chat')

const drawAnySecret = (random: Random): Secret => new Secret(random.alphanumeric(API_TOKEN_SECRET_LENGTH))

/** Uniformly from a–z and 0–9. */
function drawSmall(random: Random, length: number): string {
  let text = ''
  while (text.length < length) text += random.alphanumeric(length).replaceAll(/[A-Z]/g, '')
  return text.slice(0, length)
}
