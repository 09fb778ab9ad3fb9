import * as z from 'zod/mini'

import type {AccountKey} from '../model/account.js'
import type {Credential} from '../model/credential.js'
import type {Secret} from '../model/secret.js'
import {
  epochMsSchema,
  openSecret,
  optionalEpochMs,
  optionalFlag,
  optionalSealed,
  sealedSchema,
  sealSecret,
  textSchema,
  textsSchema,
} from './record-parts.js'
import type {StoreKeys} from './store-keys.js'

export const oauth2Schema = z.object({
  kind: z.literal('oauth2'),
  accessToken: sealedSchema,
  tokenType: textSchema,
  refreshToken: optionalSealed,
  scopes: textsSchema,
  issuedAt: epochMsSchema,
  expiresAt: optionalEpochMs,
  refreshTokenIssuedAt: optionalEpochMs,
  refreshTokenExpiresAt: optionalEpochMs,
  refreshTokenStable: optionalFlag,
  accessTokenOutdated: optionalFlag,
})

/** Of every other kind. */
export const makeOtherSchema = () =>
  z.discriminatedUnion('kind', [
    z.object({kind: z.literal('oauth1'), token: sealedSchema, tokenSecret: sealedSchema, issuedAt: epochMsSchema}),
    z.object({kind: z.literal('api-key'), key: sealedSchema, issuedAt: epochMsSchema}),
    z.object({kind: z.literal('basic'), username: textSchema, password: sealedSchema, issuedAt: epochMsSchema}),
  ])

/** A credential as it is stored, its secrets sealed. */
export type SealedCredential = z.infer<typeof oauth2Schema> | z.infer<ReturnType<typeof makeOtherSchema>>

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
