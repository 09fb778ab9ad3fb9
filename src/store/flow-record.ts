import {ERROR_CODES} from '../model/behalf-error.js'
import type {Flow} from '../model/flow.js'
import type {Secret} from '../model/secret.js'
import {packTokens, unpackTokens} from './held-tokens.js'
import {
  checkNewRecord,
  checkRecord,
  countShape,
  damagedRecord,
  epochMsShape,
  openSecret,
  optionalEpochMs,
  optionalFlag,
  optionalSealed,
  optionalText,
  optionalTexts,
  roleShape,
  sealedShape,
  sealSecret,
  textsShape,
} from './record-parts.js'
import * as shape from './shape.js'
import type {Shaped} from './shape.js'
import type {StoreKeys} from './store-keys.js'

const outcomeShape = shape.variant('kind', {
  done: shape.object({
    kind: shape.oneOf(['done']),
    account: shape.text,
    created: shape.flag,
    missingScopes: textsShape,
    cannotRefresh: shape.flag,
  }),
  failed: shape.object({
    kind: shape.oneOf(['failed']),
    code: shape.oneOf(ERROR_CODES),
    message: shape.text,
    hint: optionalText,
  }),
})
const heldShape = shape.object({
  tokens: sealedShape,
  who: shape.object({userId: shape.text, login: shape.text, displayName: optionalText, scopes: optionalTexts}),
  code: optionalSealed,
  misses: countShape,
})
const requestTokenShape = shape.object({token: shape.text, secret: sealedShape})
const deviceShape = shape.object({
  deviceCode: sealedShape,
  userCode: shape.text,
  verificationUri: shape.text,
  intervalMs: countShape,
  expiresAt: epochMsShape,
  nextPollAt: epochMsShape,
})
const confirmationShape = shape.oneOf(['page', 'code'])

const flowShape = shape.object({
  id: shape.text,
  state: sealedShape,
  /** By which a flow is found without opening all of them. */
  stateFingerprint: shape.text,
  provider: shape.text,
  home: optionalText,
  role: roleShape,
  subject: optionalText,
  expect: optionalText,
  replaceOwner: optionalFlag,
  scopes: textsShape,
  redirectUri: shape.text,
  codeVerifier: optionalSealed,
  nonce: optionalSealed,
  requestToken: shape.optional(requestTokenShape),
  device: shape.optional(deviceShape),
  pin: optionalFlag,
  startedBy: optionalText,
  startPage: optionalFlag,
  confirm: shape.optional(confirmationShape),
  returnTo: optionalText,
  browser: optionalText,
  presses: shape.optional(countShape),
  createdAt: epochMsShape,
  expiresAt: epochMsShape,
  takenAt: optionalEpochMs,
  held: shape.optional(heldShape),
  tokenGiven: optionalFlag,
  outcome: shape.optional(outcomeShape),
})

/** @throws BehalfError `invalid-input` when it could not be read back. */
export function sealFlow(flow: Flow, keys: StoreKeys): unknown {
  const {state, codeVerifier, nonce, requestToken, device, held, ...rest} = flow
  const seal = (field: string, secret: Secret): string => sealSecret(keys, ['flow', flow.id, field], secret)
  const record = {
    ...rest,
    state: seal('state', state),
    stateFingerprint: keys.fingerprint(state.reveal()),
    ...(codeVerifier && {codeVerifier: seal('codeVerifier', codeVerifier)}),
    ...(nonce && {nonce: seal('nonce', nonce)}),
    ...(requestToken && {requestToken: {...requestToken, secret: seal('requestToken', requestToken.secret)}}),
    ...(device && {device: {...device, deviceCode: seal('deviceCode', device.deviceCode)}}),
    ...(held && {
      held: {
        ...held,
        tokens: seal('tokens', packTokens(held.tokens)),
        ...(held.code && {code: seal('code', held.code)}),
      },
    }),
  }
  return checkNewRecord(flowShape, record, 'flow', flow.id)
}

/** @throws BehalfError `store-damaged` naming the flow. */
export function openFlow(record: unknown, id: string, keys: StoreKeys): Flow {
  const checked = checkRecord(flowShape, record, 'flow', id)
  const {state, stateFingerprint, codeVerifier, nonce, requestToken, device, held, ...rest} = checked
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
    ...(device && {device: {...device, deviceCode: open('deviceCode', device.deviceCode)}}),
    ...(held && {held: openHeld(held, open)}),
  }
}

function openHeld(
  {tokens, who, code, misses}: Shaped<typeof heldShape>,
  open: (field: string, sealed: string) => Secret,
): NonNullable<Flow['held']> {
  return {
    tokens: unpackTokens(open('tokens', tokens)),
    who,
    misses,
    ...(code !== undefined && {code: open('code', code)}),
  }
}

/** Whether a stored flow is the one with this fingerprint of its state. No for a damaged record. */
export const hasState = (record: unknown, fingerprint: string): boolean =>
  typeof record === 'object' &&
  record !== null &&
  'stateFingerprint' in record &&
  record.stateFingerprint === fingerprint
