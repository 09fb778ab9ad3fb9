import * as z from 'zod/mini'

import {ERROR_CODES} from '../model/behalf-error.js'
import type {Flow} from '../model/flow.js'
import type {Secret} from '../model/secret.js'
import {
  checkNewRecord,
  checkRecord,
  countSchema,
  damagedRecord,
  epochMsSchema,
  flagSchema,
  openSecret,
  optionalEpochMs,
  optionalFlag,
  optionalSealed,
  optionalText,
  optionalTexts,
  roleSchema,
  sealedSchema,
  sealSecret,
  textSchema,
  textsSchema,
} from './record-parts.js'
import type {StoreKeys} from './store-keys.js'

/** Made when they are first needed: few commands ever see a flow. */
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
const heldSchema = z.lazy(() =>
  z.object({
    grant: sealedSchema,
    who: z.object({userId: textSchema, login: textSchema, displayName: optionalText, scopes: optionalTexts}),
    code: optionalSealed,
    misses: countSchema,
  }),
)
const requestTokenSchema = z.lazy(() => z.object({token: textSchema, secret: sealedSchema}))
const confirmationSchema = z.lazy(() => z.enum(['page', 'code']))

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
  requestToken: z.exactOptional(requestTokenSchema),
  pin: optionalFlag,
  startedBy: optionalText,
  startPage: optionalFlag,
  confirm: z.exactOptional(confirmationSchema),
  returnTo: optionalText,
  browser: optionalText,
  createdAt: epochMsSchema,
  expiresAt: epochMsSchema,
  takenAt: optionalEpochMs,
  held: z.exactOptional(heldSchema),
  tokenGiven: optionalFlag,
  outcome: z.exactOptional(outcomeSchema),
})

/** @throws BehalfError `invalid-input` when it could not be read back. */
export function sealFlow(flow: Flow, keys: StoreKeys): unknown {
  const {state, codeVerifier, nonce, requestToken, held, ...rest} = flow
  const seal = (field: string, secret: Secret): string => sealSecret(keys, ['flow', flow.id, field], secret)
  const record = {
    ...rest,
    state: seal('state', state),
    stateFingerprint: keys.fingerprint(state.reveal()),
    ...(codeVerifier && {codeVerifier: seal('codeVerifier', codeVerifier)}),
    ...(nonce && {nonce: seal('nonce', nonce)}),
    ...(requestToken && {requestToken: {...requestToken, secret: seal('requestToken', requestToken.secret)}}),
    ...(held && {
      held: {...held, grant: seal('grant', held.grant), ...(held.code && {code: seal('code', held.code)})},
    }),
  }
  return checkNewRecord(flowSchema, record, 'flow', flow.id)
}

/** @throws BehalfError `store-damaged` naming the flow. */
export function openFlow(record: unknown, id: string, keys: StoreKeys): Flow {
  const checked = checkRecord(flowSchema, record, 'flow', id)
  const {state, stateFingerprint, codeVerifier, nonce, requestToken, held, ...rest} = checked
  if (rest.id !== id) throw damagedRecord('flow', id, 'id')
  const open = (field: string, sealed: string): Secret => openSecret(keys, ['flow', id, field], sealed)
  const opened = open('state', state)
  if (keys.fingerprint(opened.reveal()) !== stateFingerprint) throw damagedRecord('flow', id, 'stateFingerprint')
  return {
    ...rest,
    state: opened,
    ...(codeVerifier !== undefined && {codeVerifier: open('codeVerifier', codeVerifier)}),
    ...(nonce !== undefined && {nonce: open('nonce', nonce)}),
    ...(requestToken && {requestToken: {...requestToken, secret: open('requestToken', requestToken.secret)}}),
    ...(held && {held: openHeld(held, open)}),
  }
}

function openHeld(
  {grant, who, code, misses}: z.output<typeof heldSchema>,
  open: (field: string, sealed: string) => Secret,
): NonNullable<Flow['held']> {
  return {grant: open('grant', grant), who, misses, ...(code !== undefined && {code: open('code', code)})}
}

/** Whether a stored flow is the one with this fingerprint of its state. No for a damaged record. */
export const hasState = (record: unknown, fingerprint: string): boolean =>
  typeof record === 'object' &&
  record !== null &&
  'stateFingerprint' in record &&
  record.stateFingerprint === fingerprint
