import * as z from 'zod/mini'

import type {NamedAccount} from '../model/account-name.js'
import type {Account, NewAccount} from '../model/account.js'
import {BehalfError} from '../model/behalf-error.js'
import type {Secret} from '../model/secret.js'
import {makeOtherSchema, oauth2Schema, openCredential, sealCredential} from './credential-record.js'
import {
  checkNewRecord,
  checkRecord,
  countSchema,
  damagedRecord,
  epochMsSchema,
  momentSchema,
  openSecret,
  optionalEpochMs,
  optionalText,
  roleSchema,
  sealedSchema,
  sealSecret,
  textSchema,
} from './record-parts.js'
import type {StoreKeys} from './store-keys.js'

const originsSchema = z.object({
  token: optionalText,
  revoke: optionalText,
  validate: optionalText,
  userinfo: optionalText,
  api: optionalText,
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

/** Made when it is first needed: few accounts ever have one. */
const oneTimeCodeSchema = z.lazy(() => z.object({code: sealedSchema, expiresAt: epochMsSchema}))

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
  credential: oauth2Schema,
  state: stateSchema,
  oneTimeCode: z.exactOptional(oneTimeCodeSchema),
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

const makeSchemaOfOthers = () => z.extend(accountSchema, {credential: makeOtherSchema()})

/** Made when it is first needed: most stores have nothing but OAuth 2. */
let schemaOfOthers: ReturnType<typeof makeSchemaOfOthers> | undefined

/** An account as it is stored, checked, its secrets sealed. */
export type SealedAccount = z.infer<typeof accountSchema> | z.infer<ReturnType<typeof makeSchemaOfOthers>>

/** The schema for an account with this kind of credential. */
const schemaFor = (record: unknown): z.ZodMiniType<SealedAccount> =>
  isOfAnotherKind(record) ? (schemaOfOthers ??= makeSchemaOfOthers()) : accountSchema

function isOfAnotherKind(record: unknown): boolean {
  const {credential} = (record ?? {}) as {credential?: {kind?: unknown} | null}
  return typeof credential?.kind === 'string' && credential.kind !== 'oauth2'
}

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

/** Undefined for a record that is damaged. No secret is opened. */
export function readSealedAccount(record: unknown, key: string): SealedAccount | undefined {
  const {data} = schemaFor(record).safeParse(record)
  return data?.key === key ? data : undefined
}

/** @throws BehalfError `invalid-input` when it could not be read back, or is a user's without a subject. */
export function sealAccount(account: Account, keys: StoreKeys): unknown {
  if (account.role === 'user' && !account.subject) {
    throw new BehalfError('invalid-input', `The account ${account.key} cannot be stored: a user’s needs a subject`)
  }
  const {oneTimeCode, ...rest} = account
  const record = {
    ...rest,
    credential: sealCredential(account.credential, account.key, keys),
    ...(oneTimeCode && {
      oneTimeCode: {...oneTimeCode, code: sealSecret(keys, ['account', account.key, 'oneTimeCode'], oneTimeCode.code)},
    }),
  }
  return checkNewRecord(schemaFor(record), record, 'account', account.key)
}

/** @throws BehalfError `store-damaged` naming the account. */
export function openAccount(record: unknown, key: string, keys: StoreKeys): Account {
  const {oneTimeCode, ...account} = checkRecord(schemaFor(record), record, 'account', key)
  if (account.key !== key) throw damagedRecord('account', key, 'key')
  return {
    ...account,
    credential: openCredential(account.credential, key, keys),
    ...(oneTimeCode && {
      oneTimeCode: {...oneTimeCode, code: openSecret(keys, ['account', key, 'oneTimeCode'], oneTimeCode.code)},
    }),
  }
}

/** Whether both hold the same authorization with the same refresh token: then a doubt about one is about the other. */
export function areSameGrant(a: NewAccount, b: NewAccount): boolean {
  const [ours, theirs] = [refreshTokenOf(a), refreshTokenOf(b)]
  const sameToken = ours === undefined || theirs === undefined ? ours === theirs : ours.equals(theirs)
  return a.grantId === b.grantId && sameToken
}

const refreshTokenOf = ({credential}: NewAccount): Secret | undefined =>
  credential.kind === 'oauth2' ? credential.refreshToken : undefined

/** The account without its doubt: the store alone says what is in doubt. */
export function withoutDoubt<T extends NewAccount>(account: T): T {
  const copy = {...account}
  delete copy.doubt
  return copy
}
