import type {AccountKey} from '../model/account.js'
import type {Credential} from '../model/credential.js'
import type {Secret} from '../model/secret.js'
import {
  epochMsShape,
  openSecret,
  optionalEpochMs,
  optionalFlag,
  optionalSealed,
  sealedShape,
  sealSecret,
  textsShape,
} from './record-parts.js'
import * as shape from './shape.js'
import type {Shaped} from './shape.js'
import type {StoreKeys} from './store-keys.js'

/** Any kind of credential, its secrets sealed. */
export const credentialShape = shape.variant('kind', {
  oauth2: shape.object({
    kind: shape.oneOf(['oauth2']),
    accessToken: sealedShape,
    tokenType: shape.text,
    refreshToken: optionalSealed,
    scopes: textsShape,
    issuedAt: epochMsShape,
    expiresAt: optionalEpochMs,
    refreshTokenIssuedAt: optionalEpochMs,
    refreshTokenExpiresAt: optionalEpochMs,
    refreshTokenStable: optionalFlag,
    accessTokenOutdated: optionalFlag,
  }),
  oauth1: shape.object({
    kind: shape.oneOf(['oauth1']),
    token: sealedShape,
    tokenSecret: sealedShape,
    issuedAt: epochMsShape,
  }),
  'api-key': shape.object({kind: shape.oneOf(['api-key']), key: sealedShape, issuedAt: epochMsShape}),
  basic: shape.object({
    kind: shape.oneOf(['basic']),
    username: shape.text,
    password: sealedShape,
    issuedAt: epochMsShape,
  }),
})

/** A credential as it is stored, its secrets sealed. */
export type SealedCredential = Shaped<typeof credentialShape>

export function sealCredential(credential: Credential, key: AccountKey, keys: StoreKeys): SealedCredential {
  const seal = (field: string, secret: Secret): string => sealSecret(keys, ['account', key, field], secret)
  switch (credential.kind) {
    case 'oauth2': {
      const {accessToken, refreshToken, ...rest} = credential
      return {
        ...rest,
        accessToken: seal('accessToken', accessToken),
        ...(refreshToken && {refreshToken: seal('refreshToken', refreshToken)}),
      }
    }
    case 'oauth1': {
      const {token, tokenSecret} = credential
      return {...credential, token: seal('token', token), tokenSecret: seal('tokenSecret', tokenSecret)}
    }
    case 'api-key':
      return {...credential, key: seal('key', credential.key)}
    case 'basic':
      return {...credential, password: seal('password', credential.password)}
  }
}

/** @throws BehalfError `store-damaged` naming the account and the field. */
export function openCredential(credential: SealedCredential, key: AccountKey, keys: StoreKeys): Credential {
  const open = (field: string, sealed: string): Secret => openSecret(keys, ['account', key, field], sealed)
  switch (credential.kind) {
    case 'oauth2': {
      const {accessToken, refreshToken, ...rest} = credential
      return {
        ...rest,
        accessToken: open('accessToken', accessToken),
        ...(refreshToken !== undefined && {refreshToken: open('refreshToken', refreshToken)}),
      }
    }
    case 'oauth1': {
      const {token, tokenSecret} = credential
      return {...credential, token: open('token', token), tokenSecret: open('tokenSecret', tokenSecret)}
    }
    case 'api-key':
      return {...credential, key: open('key', credential.key)}
    case 'basic':
      return {...credential, password: open('password', credential.password)}
  }
}

/** The sealed part of a stored credential that is another one after every write; undefined for what is no credential. */
export function findSealedPart(credential: unknown): unknown {
  const {accessToken, token, key, password} = (credential ?? {}) as Record<string, unknown>
  return accessToken ?? token ?? key ?? password
}
