import type {NamedAccount} from '../model/account-name.js'
import type {Account, NewAccount} from '../model/account.js'
import {BehalfError} from '../model/behalf-error.js'
import type {Secret} from '../model/secret.js'
import {credentialShape, openCredential, sealCredential} from './credential-record.js'
import {guessAccountName} from './damaged-account-name.js'
import {
  checkNewRecord,
  checkRecord,
  countShape,
  damagedRecord,
  epochMsShape,
  momentShape,
  openSecret,
  optionalEpochMs,
  optionalText,
  roleShape,
  sealedShape,
  sealSecret,
} from './record-parts.js'
import * as shape from './shape.js'
import {fit, type Shaped} from './shape.js'
import type {StoreKeys} from './store-keys.js'

const originsShape = shape.object({
  token: optionalText,
  revoke: optionalText,
  validate: optionalText,
  userinfo: optionalText,
  api: optionalText,
})

const reasonShape = shape.oneOf(['rejected', 'lost-reply', 'no-refresh-token', 'client-changed', 'origin-changed'])

const stateShape = shape.variant('kind', {
  ok: shape.object({kind: shape.oneOf(['ok'])}),
  'login-needed': shape.object({
    kind: shape.oneOf(['login-needed']),
    reason: reasonShape,
    since: epochMsShape,
    detail: optionalText,
    toldAt: optionalEpochMs,
  }),
})

const oneTimeCodeShape = shape.object({code: sealedShape, expiresAt: epochMsShape})

export const doubtShape = shape.object({
  cause: shape.oneOf(['lost-reply', 'old-copy']),
  since: momentShape,
  lastSentAt: momentShape,
  sends: countShape,
})

const nameFields = {
  key: shape.text,
  provider: shape.text,
  login: shape.text,
  userId: shape.text,
  role: roleShape,
  subject: optionalText,
}

const accountShape = shape.object({
  ...nameFields,
  displayName: optionalText,
  grantId: shape.text,
  clientId: shape.text,
  origins: originsShape,
  credential: credentialShape,
  state: stateShape,
  estrangementTold: shape.optional(shape.object({reason: reasonShape, at: epochMsShape})),
  oneTimeCode: shape.optional(oneTimeCodeShape),
  doubt: shape.optional(doubtShape),
  addedAt: epochMsShape,
  lastRefresh: shape.optional(
    shape.object({at: epochMsShape, cause: shape.oneOf(['due', 'expired', 'min-ttl', 'refused', 'forced'])}),
  ),
  lastValidatedAt: optionalEpochMs,
  lastFailure: shape.optional(
    shape.object({
      at: epochMsShape,
      count: countShape,
      summary: shape.text,
      scheduleNotBefore: epochMsShape,
      notBefore: optionalEpochMs,
    }),
  ),
  version: shape.integer({min: 1}),
})

/** An account as it is stored, checked, its secrets sealed. */
export type SealedAccount = Shaped<typeof accountShape>

const nameShape = shape.object(nameFields)

/** What the account is called, without opening a secret. */
export function readAccountName(record: unknown, key: string): NamedAccount {
  const result = fit(nameShape, record)
  return 'value' in result && result.value.key === key ? result.value : guessAccountName(record, key)
}

/** Undefined for a record that is damaged. No secret is opened. */
export function readSealedAccount(record: unknown, key: string): SealedAccount | undefined {
  const result = fit(accountShape, record)
  return 'value' in result && result.value.key === key ? result.value : undefined
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
  return checkNewRecord(accountShape, record, 'account', account.key)
}

/** @throws BehalfError `store-damaged` naming the account. */
export function openAccount(record: unknown, key: string, keys: StoreKeys): Account {
  const {oneTimeCode, ...account} = checkRecord(accountShape, record, 'account', key)
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
