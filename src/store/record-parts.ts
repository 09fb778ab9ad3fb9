import {BehalfError} from '../model/behalf-error.js'
import {Secret} from '../model/secret.js'
import {SEALED_PATTERN, type SealedPlace} from './sealing.js'
import * as shape from './shape.js'
import {fit, type Shape} from './shape.js'
import type {StoreKeys} from './store-keys.js'

/** Milliseconds since 1970, within what a Date holds. */
export const epochMsShape = shape.number({min: -8.64e15, max: 8.64e15})
export const sealedShape = shape.matching(SEALED_PATTERN)
export const roleShape = shape.oneOf(['owner', 'bot', 'user'])
export const countShape = shape.integer({min: 0})
export const textsShape = shape.list(shape.text)
export const optionalCount = shape.optional(countShape)
export const optionalText = shape.optional(shape.text)
export const optionalTexts = shape.optional(textsShape)
export const optionalFlag = shape.optional(shape.flag)
export const optionalSealed = shape.optional(sealedShape)
export const optionalEpochMs = shape.optional(epochMsShape)
export const momentShape = shape.object({wallMs: shape.number(), monotonicMs: shape.number(), bootId: shape.text})

/** What a kind of record is called in messages and in the associated data of its sealed fields. */
export type RecordKind = 'account' | 'provider' | 'provider state' | 'flow' | 'API token' | 'points change'

/**
 * Checks a stored record.
 * @throws BehalfError `store-damaged` naming the record and the field.
 */
export function checkRecord<T>(shaped: Shape<T>, record: unknown, kind: RecordKind, key: string): T {
  const result = fit(shaped, record)
  if ('value' in result) return result.value
  throw damagedRecord(kind, key, result.misfit)
}

/**
 * Checks a record about to be stored: what cannot be read back is never written.
 * @throws BehalfError `invalid-input` naming the record and the field.
 */
export function checkNewRecord<T>(shaped: Shape<T>, record: unknown, kind: RecordKind, key: string): T {
  const result = fit(shaped, record)
  if ('value' in result) return result.value
  throw new BehalfError(
    'invalid-input',
    `The ${kind} ${key} cannot be stored: \`${result.misfit}\` is missing or malformed`,
  )
}

export const sealSecret = (keys: StoreKeys, place: SealedPlace, secret: Secret): string =>
  keys.sealer.seal(place, secret.reveal())

/** @throws BehalfError `store-damaged` when the value was changed, or belongs to another record or field. */
export function openSecret(keys: StoreKeys, place: readonly [RecordKind, string, string], sealed: string): Secret {
  const text = keys.sealer.open(place, sealed)
  if (text === undefined) throw damagedRecord(place[0], place[1], place[2])
  return new Secret(text)
}

export const damagedRecord = (kind: RecordKind, key: string, field: string): BehalfError =>
  new BehalfError('store-damaged', `The record of the ${kind} ${key} is damaged: \`${field}\` cannot be read`, {
    hint: 'Restore the store from its backup (the same path with .bak), or log this account in again.',
  })
