import {accountKey, type NewAccount, type NewOAuth2Account} from '../../src/model/account.js'
import type {OAuth2Credential} from '../../src/model/credential.js'
import {Secret} from '../../src/model/secret.js'

/** Parts of a made-up account to set; `credential` is merged, the rest replaced. */
export type AccountParts = Partial<Omit<NewAccount, 'credential'>> & {credential?: Partial<OAuth2Credential>}

const START_MS = 1_800_000_000_000

/** A made-up account as a login would store it: a Twitch bot with four hours of life, unless `parts` say otherwise. */
export function makeAccount(parts: AccountParts = {}): NewOAuth2Account {
  const provider = parts.provider ?? 'twitch'
  const userId = parts.userId ?? '2002'
  const {credential, ...rest} = parts
  return {
    key: accountKey(provider, userId, parts.subject),
    provider,
    userId,
    login: `made_up_${userId}`,
    displayName: `Made_Up_${userId}`,
    role: 'bot',
    grantId: `grant-of-${userId}`,
    clientId: 'made-up-client-id',
    origins: {
      token: 'https://id.example.test',
      validate: 'https://id.example.test',
      api: 'https://api.example.test',
    },
    state: {kind: 'ok'},
    addedAt: START_MS,
    ...rest,
    credential: makeCredential({
      accessToken: new Secret(`made-up-access-token-of-${userId}`),
      refreshToken: new Secret(`made-up-refresh-token-of-${userId}`),
      ...credential,
    }),
  }
}

/** A made-up credential issued at the fake clock's start. */
export function makeCredential(parts: Partial<OAuth2Credential> = {}): OAuth2Credential {
  return {
    kind: 'oauth2',
    accessToken: new Secret('made-up-access-token'),
    tokenType: 'bearer',
    refreshToken: new Secret('made-up-refresh-token'),
    scopes: ['chat:read', 'user:read:chat'],
    issuedAt: START_MS,
    expiresAt: START_MS + 4 * 60 * 60 * 1000,
    refreshTokenIssuedAt: START_MS,
    ...parts,
  }
}

/** A copy of the credential without a refresh token. */
export function withoutRefreshToken(credential: OAuth2Credential): OAuth2Credential {
  const copy = {...credential}
  delete copy.refreshToken
  delete copy.refreshTokenIssuedAt
  return copy
}
