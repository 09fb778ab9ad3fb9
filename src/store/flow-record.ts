import * as z from 'zod/mini'

import {ERROR_CODES} from '../model/behalf-error.js'
import type {Flow} from '../model/flow.js'
import {
  checkNewRecord,
  checkRecord,
  damagedRecord,
  epochMsSchema,
  flagSchema,
  openSecret,
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

/** Made when it is first needed: few commands ever see a flow. */
const outcomeSchema = z.lazy(() =>
  z.discriminatedUnion('kind', [
    z.object({
      kind: z.literal('done'),
      account: textSchema,
      created: flagSchema,
      missingScopes: textsSchema,
      cannotRefresh: flagSchema,
    }),
    z.object({kind: z.literal('failed'), code: z.enum(ERROR_CODES), message: textSchema, hint: optionalText}),
  ]),
)

const flowSchema = z.object({
  id: textSchema,
  state: sealedSchema,
  /** By which a flow is found without opening all of them. */
  stateFingerprint: textSchema,
  provider: textSchema,
  role: roleSchema,
  subject: optionalText,
  expect: optionalText,
  replaceOwner: optionalFlag,
  scopes: textsSchema,
  redirectUri: textSchema,
  codeVerifier: optionalSealed,
  nonce: optionalSealed,
  createdAt: epochMsSchema,
  expiresAt: epochMsSchema,
  outcome: z.exactOptional(outcomeSchema),
})

/** @throws BehalfError `invalid-input` when it could not be read back. */
export function sealFlow(flow: Flow, keys: StoreKeys): unknown {
  const {state, codeVerifier, nonce, ...rest} = flow
  const record = {
    ...rest,
    state: sealSecret(keys, ['flow', flow.id, 'state'], state),
    stateFingerprint: keys.fingerprint(state.reveal()),
    ...(codeVerifier && {codeVerifier: sealSecret(keys, ['flow', flow.id, 'codeVerifier'], codeVerifier)}),
    ...(nonce && {nonce: sealSecret(keys, ['flow', flow.id, 'nonce'], nonce)}),
  }
  return checkNewRecord(flowSchema, record, 'flow', flow.id)
}

/** @throws BehalfError `store-damaged` naming the flow. */
export function openFlow(record: unknown, id: string, keys: StoreKeys): Flow {
  const {state, stateFingerprint, codeVerifier, nonce, ...rest} = checkRecord(flowSchema, record, 'flow', id)
  if (rest.id !== id) throw damagedRecord('flow', id, 'id')
  const opened = openSecret(keys, ['flow', id, 'state'], state)
  if (keys.fingerprint(opened.reveal()) !== stateFingerprint) throw damagedRecord('flow', id, 'stateFingerprint')
  return {
    ...rest,
    state: opened,
    ...(codeVerifier !== undefined && {codeVerifier: openSecret(keys, ['flow', id, 'codeVerifier'], codeVerifier)}),
    ...(nonce !== undefined && {nonce: openSecret(keys, ['flow', id, 'nonce'], nonce)}),
  }
}

/** Whether a stored flow is the one with this fingerprint of its state, and has not ended. No for a damaged record. */
export const waitsForState = (record: unknown, fingerprint: string): boolean =>
  typeof record === 'object' &&
  record !== null &&
  'stateFingerprint' in record &&
  record.stateFingerprint === fingerprint &&
  !('outcome' in record)
