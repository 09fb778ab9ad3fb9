import * as z from 'zod/mini'

import type {NamedAccount} from '../model/account-name.js'
import type {Account, NewAccount, OAuth2Credential} from '../model/account.js'
import {
  checkNewRecord,
  checkRecord,
  countSchema,
  damagedRecord,
  epochMsSchema,
  momentSchema,
  openSecret,
  optionalEpochMs,
  optionalFlag,
  optionalSealed,
  optionalText,
  roleSchema,
  sealedSchema,
  sealSecret,
  textSchema,
  textsSchema,
} from './record-parts.js'
import type {StoreKeys} from './store-keys.js'

const originsSchema = z.object({
  token: textSchema,
  revoke: optionalText,
  validate: optionalText,
  userinfo: optionalText,
  api: optionalText,
})

const credentialSchema = z.object({
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

const stateSchema = z.discriminatedUnion('kind', [
  z.object({kind: z.literal('ok')}),
  z.object({
    kind: z.literal('login-needed'),
    reason: z.enum(['rejected', 'lost-reply', 'no-refresh-token', 'client-changed', 'origin-changed']),
    since: epochMsSchema,
    detail: optionalText,
    toldAt: optionalEpochMs,
  }),
])

const doubtSchema = z.object({
  cause: z.enum(['lost-reply', 'old-copy']),
  since: momentSchema,
  lastSentAt: momentSchema,
  sends: countSchema,
})

const accountSchema = z.object({
  key: textSchema,
  provider: textSchema,
  userId: textSchema,
  login: textSchema,
  displayName: optionalText,
  role: roleSchema,
  subject: optionalText,
  grantId: textSchema,
  clientId: textSchema,
  origins: originsSchema,
  credential: credentialSchema,
  state: stateSchema,
  doubt: z.exactOptional(doubtSchema),
  addedAt: epochMsSchema,
  lastRefresh: z.exactOptional(
    z.object({at: epochMsSchema, cause: z.enum(['due', 'expired', 'min-ttl', 'refused', 'forced'])}),
  ),
  lastValidatedAt: optionalEpochMs,
  lastFailure: z.exactOptional(
    z.object({
      at: epochMsSchema,
      count: countSchema,
      summary: textSchema,
      scheduleNotBefore: epochMsSchema,
      notBefore: optionalEpochMs,
    }),
  ),
  version: z.int().check(z.positive()),
})

const nameSchema = z.pick(accountSchema, {
  key: true,
  provider: true,
  login: true,
  userId: true,
  role: true,
  subject: true,
})

/** What the account is called, without opening a secret. @throws BehalfError `store-damaged` naming the account. */
export function readAccountName(record: unknown, key: string): NamedAccount {
  const name = checkRecord(nameSchema, record, 'account', key)
  if (name.key !== key) throw damagedRecord('account', key, 'key')
  return name
}

/** An account as it is stored, checked, its secrets sealed. */
export type SealedAccount = z.infer<typeof accountSchema>

/** Undefined for a record that is damaged. No secret is opened. */
export function readSealedAccount(record: unknown, key: string): SealedAccount | undefined {
  const {data} = accountSchema.safeParse(record)
  return data?.key === key ? data : undefined
}

/** @throws BehalfError `invalid-input` when it could not be read back. */
export function sealAccount(account: Account, keys: StoreKeys): unknown {
  const {accessToken, refreshToken, ...credential} = account.credential
  const record = {
    ...account,
    credential: {
      ...credential,
      accessToken: sealSecret(keys, ['account', account.key, 'accessToken'], accessToken),
      ...(refreshToken && {refreshToken: sealSecret(keys, ['account', account.key, 'refreshToken'], refreshToken)}),
    },
  }
  return checkNewRecord(accountSchema, record, 'account', account.key)
}

/** @throws BehalfError `store-damaged` naming the account. */
export function openAccount(record: unknown, key: string, keys: StoreKeys): Account {
  const account = checkRecord(accountSchema, record, 'account', key)
  if (account.key !== key) throw damagedRecord('account', key, 'key')
  const {accessToken, refreshToken, ...credential} = account.credential
  const opened: OAuth2Credential = {
    ...credential,
    accessToken: openSecret(keys, ['account', key, 'accessToken'], accessToken),
    ...(refreshToken !== undefined && {refreshToken: openSecret(keys, ['account', key, 'refreshToken'], refreshToken)}),
  }
  return {...account, credential: opened}
}

/** Whether both hold the same authorization with the same refresh token: then a doubt about one is about the other. */
export function areSameGrant(a: NewAccount, b: NewAccount): boolean {
  const [ours, theirs] = [a.credential.refreshToken, b.credential.refreshToken]
  const sameToken = ours === undefined || theirs === undefined ? ours === theirs : ours.equals(theirs)
  return a.grantId === b.grantId && sameToken
}

/** The account without its doubt: the store alone says what is in doubt. */
export function withoutDoubt<T extends NewAccount>(account: T): T {
  const copy = {...account}
  delete copy.doubt
  return copy
}
