import {CREDENTIAL_KINDS, DEFAULT_CREDENTIAL_KINDS} from '../model/credential.js'
import {DIALECTS, type Provider, type ProviderState} from '../model/provider.js'
import {
  checkNewRecord,
  checkRecord,
  damagedRecord,
  epochMsShape,
  openSecret,
  optionalCount,
  optionalEpochMs,
  optionalFlag,
  optionalSealed,
  optionalText,
  optionalTexts,
  sealedShape,
  sealSecret,
} from './record-parts.js'
import * as shape from './shape.js'
import type {StoreKeys} from './store-keys.js'

const replayShape = shape.variant('kind', {
  safe: shape.object({kind: shape.oneOf(['safe'])}),
  grace: shape.object({kind: shape.oneOf(['grace']), graceMs: shape.number({min: 0})}),
  probe: shape.object({kind: shape.oneOf(['probe'])}),
  'last-resort': shape.object({kind: shape.oneOf(['last-resort'])}),
})

const kindsShape = shape.list(shape.oneOf(CREDENTIAL_KINDS), {min: 1})
const apiKeyShape = shape.object({header: shape.text, prefix: optionalText})
const headersShape = shape.dictionary(shape.text)
const identityShape = shape.object({userId: optionalText, login: optionalText, displayName: optionalText})

const providerShape = shape.object({
  name: shape.text,
  preset: optionalText,
  dialect: shape.oneOf(DIALECTS),
  issuer: optionalText,
  /** Only where it departs from the default. */
  credentialKinds: shape.optional(kindsShape),
  requestTokenUrl: optionalText,
  authorizeUrl: optionalText,
  tokenUrl: optionalText,
  deviceUrl: optionalText,
  deviceTokenUrl: optionalText,
  revokeUrl: optionalText,
  validateUrl: optionalText,
  userinfoUrl: optionalText,
  jwksUrl: optionalText,
  issInCallback: optionalFlag,
  apiUrl: optionalText,
  apiKey: shape.optional(apiKeyShape),
  otpHeader: optionalText,
  identity: shape.optional(identityShape),
  clientId: shape.text,
  clientSecret: optionalSealed,
  authMethod: shape.oneOf(['post', 'basic', 'none']),
  pkce: shape.flag,
  tokenBody: shape.optional(shape.oneOf(['json'])),
  requestHeaders: shape.optional(headersShape),
  userinfoMethod: shape.optional(shape.oneOf(['POST'])),
  revokeBy: shape.optional(shape.oneOf(['bearer'])),
  refreshTokenLifeDays: optionalCount,
  registerUrl: optionalText,
  connectionsUrl: optionalText,
  callbackUrl: optionalText,
  scopes: shape.object({
    owner: optionalTexts,
    bot: optionalTexts,
    user: optionalTexts,
  }),
  scopeSeparator: shape.oneOf([' ', ',']),
  scopeParameter: optionalText,
  replay: shape.optional(replayShape),
  revokeEnds: shape.oneOf(['token', 'grant']),
  authorizeParams: shape.dictionary(shape.text),
  consentParams: shape.dictionary(shape.text),
  credentialsFrom: shape.oneOf(['store', 'environment']),
  addressesFrom: shape.optional(shape.oneOf(['http'])),
})

const providerStateShape = shape.object({
  name: shape.text,
  misconfigured: shape.optional(shape.object({settings: shape.text, reason: shape.text, since: epochMsShape})),
  answered: optionalText,
  appToken: shape.optional(
    shape.object({
      accessToken: sealedShape,
      clientId: shape.text,
      tokenUrl: shape.text,
      apiOrigin: optionalText,
      issuedAt: epochMsShape,
      expiresAt: optionalEpochMs,
    }),
  ),
})

/** @throws BehalfError `invalid-input` when it could not be read back. */
export function sealProvider(provider: Provider, keys: StoreKeys): unknown {
  const {clientSecret, credentialKinds, ...settings} = provider
  const record = {
    ...settings,
    ...(credentialKinds.join() !== DEFAULT_CREDENTIAL_KINDS.join() && {credentialKinds}),
    ...(clientSecret && {clientSecret: sealSecret(keys, ['provider', provider.name, 'clientSecret'], clientSecret)}),
  }
  return checkNewRecord(providerShape, record, 'provider', provider.name)
}

/** @throws BehalfError `store-damaged` naming the provider. */
export function openProvider(record: unknown, name: string, keys: StoreKeys): Provider {
  const {clientSecret, ...settings} = checkRecord(providerShape, record, 'provider', name)
  if (settings.name !== name) throw damagedRecord('provider', name, 'name')
  return {
    credentialKinds: [...DEFAULT_CREDENTIAL_KINDS],
    ...settings,
    ...(clientSecret !== undefined && {
      clientSecret: openSecret(keys, ['provider', name, 'clientSecret'], clientSecret),
    }),
  }
}

/** @throws BehalfError `invalid-input` when it could not be read back. */
export function sealProviderState(state: ProviderState, keys: StoreKeys): unknown {
  const {appToken, ...rest} = state
  const record = {
    ...rest,
    ...(appToken && {
      appToken: {
        ...appToken,
        accessToken: sealSecret(keys, ['provider state', state.name, 'appToken'], appToken.accessToken),
      },
    }),
  }
  return checkNewRecord(providerStateShape, record, 'provider state', state.name)
}

/** @throws BehalfError `store-damaged` naming the provider. */
export function openProviderState(record: unknown, name: string, keys: StoreKeys): ProviderState {
  const {appToken, ...rest} = checkRecord(providerStateShape, record, 'provider state', name)
  if (rest.name !== name) throw damagedRecord('provider state', name, 'name')
  return {
    ...rest,
    ...(appToken && {
      appToken: {
        ...appToken,
        accessToken: openSecret(keys, ['provider state', name, 'appToken'], appToken.accessToken),
      },
    }),
  }
}
