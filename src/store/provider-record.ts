import * as z from 'zod/mini'

import type {Provider, ProviderState} from '../model/provider.js'
import {
  checkNewRecord,
  checkRecord,
  damagedRecord,
  epochMsSchema,
  openSecret,
  sealedSchema,
  sealSecret,
} from './record-parts.js'
import type {StoreKeys} from './store-keys.js'

const replaySchema = z.discriminatedUnion('kind', [
  z.object({kind: z.literal('safe')}),
  z.object({kind: z.literal('grace'), graceMs: z.number().check(z.nonnegative())}),
  z.object({kind: z.literal('probe')}),
  z.object({kind: z.literal('last-resort')}),
])

const scopesSchema = z.array(z.string())
const url = z.exactOptional(z.string())

const providerSchema = z.object({
  name: z.string(),
  preset: z.exactOptional(z.string()),
  dialect: z.enum(['rfc', 'twitch', 'google', 'github', 'discord', 'spotify', 'webex']),
  issuer: url,
  authorizeUrl: url,
  tokenUrl: z.string(),
  deviceUrl: url,
  revokeUrl: url,
  validateUrl: url,
  userinfoUrl: url,
  jwksUrl: url,
  issInCallback: z.exactOptional(z.boolean()),
  apiUrl: url,
  clientId: z.string(),
  clientSecret: z.exactOptional(sealedSchema),
  authMethod: z.enum(['post', 'basic', 'none']),
  pkce: z.boolean(),
  registerUrl: url,
  connectionsUrl: url,
  callbackUrl: url,
  scopes: z.object({
    owner: z.exactOptional(scopesSchema),
    bot: z.exactOptional(scopesSchema),
    user: z.exactOptional(scopesSchema),
  }),
  scopeSeparator: z.enum([' ', ',']),
  replay: z.exactOptional(replaySchema),
  revokeEnds: z.enum(['token', 'grant']),
  authorizeParams: z.record(z.string(), z.string()),
  consentParams: z.record(z.string(), z.string()),
  credentialsFrom: z.enum(['store', 'environment']),
})

const providerStateSchema = z.object({
  name: z.string(),
  misconfigured: z.exactOptional(z.object({settings: z.string(), reason: z.string(), since: epochMsSchema})),
  appToken: z.exactOptional(
    z.object({
      accessToken: sealedSchema,
      clientId: z.string(),
      tokenUrl: z.string(),
      issuedAt: epochMsSchema,
      expiresAt: z.exactOptional(epochMsSchema),
    }),
  ),
})

/** @throws BehalfError `invalid-input` when it could not be read back. */
export function sealProvider(provider: Provider, keys: StoreKeys): unknown {
  const {clientSecret, ...settings} = provider
  const record = {
    ...settings,
    ...(clientSecret && {clientSecret: sealSecret(keys, ['provider', provider.name, 'clientSecret'], clientSecret)}),
  }
  return checkNewRecord(providerSchema, record, 'provider', provider.name)
}

/** @throws BehalfError `store-damaged` naming the provider. */
export function openProvider(record: unknown, name: string, keys: StoreKeys): Provider {
  const {clientSecret, ...settings} = checkRecord(providerSchema, record, 'provider', name)
  if (settings.name !== name) throw damagedRecord('provider', name, 'name')
  return {
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
