import * as z from 'zod/mini'

import {BehalfError} from '../model/behalf-error.js'
import {Secret} from '../model/secret.js'
import {SEALED_PATTERN, type SealedPlace} from './sealing.js'
import type {StoreKeys} from './store-keys.js'

/** Milliseconds since 1970, within what a Date holds. */
export const epochMsSchema = z.number().check(z.minimum(-8.64e15), z.maximum(8.64e15))
export const sealedSchema = z.string().check(z.regex(SEALED_PATTERN))
export const roleSchema = z.enum(['owner', 'bot', 'user'])
/** Schemas are shared, for each takes its time to make whenever behalf starts (docs/decisions/0001-start-up.md). */
export const textSchema = z.string()
export const textsSchema = z.array(textSchema)
export const flagSchema = z.boolean()
export const countSchema = z.int().check(z.nonnegative())
export const optionalCount = z.exactOptional(countSchema)
export const optionalText = z.exactOptional(textSchema)
export const optionalTexts = z.exactOptional(textsSchema)
export const optionalFlag = z.exactOptional(flagSchema)
export const optionalSealed = z.exactOptional(sealedSchema)
export const optionalEpochMs = z.exactOptional(epochMsSchema)
const numberSchema = z.number()
export const momentSchema = z.object({wallMs: numberSchema, monotonicMs: numberSchema, bootId: textSchema})

/** What a kind of record is called in messages and in the associated data of its sealed fields. */
export type RecordKind = 'account' | 'provider' | 'provider state' | 'flow' | 'API token'

/**
 * Checks a stored record.
 * @throws BehalfError `store-damaged` naming the record and the field.
 */
export function checkRecord<T>(schema: z.ZodMiniType<T>, record: unknown, kind: RecordKind, key: string): T {
  const result = schema.safeParse(record)
  if (result.success) return result.data
  throw damagedRecord(kind, key, result.error.issues[0]?.path.join('.') ?? '')
}

/**
 * Checks a record about to be stored: what cannot be read back is never written.
 * @throws BehalfError `invalid-input` naming the record and the field.
 */
export function checkNewRecord<T>(schema: z.ZodMiniType<T>, record: unknown, kind: RecordKind, key: string): T {
  const result = schema.safeParse(record)
  if (result.success) return result.data
  const field = result.error.issues[0]?.path.join('.') ?? ''
  throw new BehalfError('invalid-input', `The ${kind} ${key} cannot be stored: \`${field}\` is missing or malformed`)
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
