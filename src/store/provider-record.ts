import * as z from 'zod/mini'

import {CREDENTIAL_KINDS, DEFAULT_CREDENTIAL_KINDS} from '../model/credential.js'
import {DIALECTS, type Provider, type ProviderState} from '../model/provider.js'
import {
  checkNewRecord,
  checkRecord,
  damagedRecord,
  epochMsSchema,
  flagSchema,
  openSecret,
  optionalCount,
  optionalEpochMs,
  optionalFlag,
  optionalSealed,
  optionalText,
  optionalTexts,
  sealedSchema,
  sealSecret,
  textSchema,
} from './record-parts.js'
import type {StoreKeys} from './store-keys.js'

const replaySchema = z.discriminatedUnion('kind', [
  z.object({kind: z.literal('safe')}),
  z.object({kind: z.literal('grace'), graceMs: z.number().check(z.nonnegative())}),
  z.object({kind: z.literal('probe')}),
  z.object({kind: z.literal('last-resort')}),
])

/** Made when they are first needed: few providers have them. */
const kindsSchema = z.lazy(() => z.array(z.enum(CREDENTIAL_KINDS)).check(z.minLength(1)))
const apiKeySchema = z.lazy(() => z.object({header: textSchema, prefix: optionalText}))
const headersSchema = z.lazy(() => z.record(textSchema, textSchema))
const identitySchema = z.lazy(() => z.object({userId: optionalText, login: optionalText, displayName: optionalText}))

const providerSchema = z.object({
  name: textSchema,
  preset: optionalText,
  dialect: z.enum(DIALECTS),
  issuer: optionalText,
  /** Only where it departs from the default. */
  credentialKinds: z.exactOptional(kindsSchema),
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
  apiKey: z.exactOptional(apiKeySchema),
  otpHeader: optionalText,
  identity: z.exactOptional(identitySchema),
  clientId: textSchema,
  clientSecret: optionalSealed,
  authMethod: z.enum(['post', 'basic', 'none']),
  pkce: flagSchema,
  tokenBody: z.exactOptional(z.literal('json')),
  requestHeaders: z.exactOptional(headersSchema),
  userinfoMethod: z.exactOptional(z.literal('POST')),
  revokeBy: z.exactOptional(z.literal('bearer')),
  refreshTokenLifeDays: optionalCount,
  registerUrl: optionalText,
  connectionsUrl: optionalText,
  callbackUrl: optionalText,
  scopes: z.object({
    owner: optionalTexts,
    bot: optionalTexts,
    user: optionalTexts,
  }),
  scopeSeparator: z.enum([' ', ',']),
  scopeParameter: optionalText,
  replay: z.exactOptional(replaySchema),
  revokeEnds: z.enum(['token', 'grant']),
  authorizeParams: z.record(textSchema, textSchema),
  consentParams: z.record(textSchema, textSchema),
  credentialsFrom: z.enum(['store', 'environment']),
  addressesFrom: z.exactOptional(z.literal('http')),
})

const providerStateSchema = z.object({
  name: textSchema,
  misconfigured: z.exactOptional(z.object({settings: textSchema, reason: textSchema, since: epochMsSchema})),
  appToken: z.exactOptional(
    z.object({
      accessToken: sealedSchema,
      clientId: textSchema,
      tokenUrl: textSchema,
      apiOrigin: optionalText,
      issuedAt: epochMsSchema,
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
  return checkNewRecord(providerSchema, record, 'provider', provider.name)
}

/** @throws BehalfError `store-damaged` naming the provider. */
export function openProvider(record: unknown, name: string, keys: StoreKeys): Provider {
  const {clientSecret, ...settings} = checkRecord(providerSchema, record, 'provider', name)
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
  return checkNewRecord(providerStateSchema, record, 'provider state', state.name)
}

/** @throws BehalfError `store-damaged` naming the provider. */
export function openProviderState(record: unknown, name: string, keys: StoreKeys): ProviderState {
  const {appToken, ...rest} = checkRecord(providerStateSchema, record, 'provider state', name)
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
