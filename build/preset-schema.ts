import {z} from 'zod'

import {CREDENTIAL_KINDS} from '../src/model/credential.js'

/** With `{option}` where it differs from person to person. */
const url = z.string().regex(/^https:\/\/(?:[a-z0-9.-]|\{[a-z]+\})+(?:\/[^\s{}]*|\{[a-z]+\}[^\s{}]*)*$/)
/** Without a slash at its end, for paths are appended. */
const base = url.regex(/[^/]$/)
const text = z.string().trim().min(1)
const scopes = z.array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/)).min(1)
const parameters = z.record(z.string().regex(/^[\w.-]+$/), text)
const memberPath = z.string().regex(/^\w+(?:\.\w+)*$/)

const option = z.strictObject({is: z.enum(['label', 'address']), about: text, default: text.optional()})

/** The shape of a row in the preset files. */
export const presetRowSchema = z
  .strictObject({
    name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/),
    title: text,
    dialect: text.optional(),
    credentialKinds: z.array(z.enum(CREDENTIAL_KINDS)).min(1).optional(),
    issuer: base.optional(),
    requestTokenUrl: url.optional(),
    authorizeUrl: url,
    tokenUrl: url,
    deviceUrl: url.optional(),
    deviceTokenUrl: url.optional(),
    revokeUrl: url.optional(),
    validateUrl: url.optional(),
    userinfoUrl: url.optional(),
    jwksUrl: url.optional(),
    apiUrl: base.optional(),
    registerUrl: url.optional(),
    connectionsUrl: url.optional(),
    authMethod: z.enum(['post', 'basic']).optional(),
    pkce: z.literal(false).optional(),
    tokenBody: z.literal('json').optional(),
    requestHeaders: z.record(z.string().regex(/^[a-z-]+$/), text).optional(),
    userinfoMethod: z.literal('POST').optional(),
    identity: z
      .strictObject({userId: memberPath, login: memberPath.optional(), displayName: memberPath.optional()})
      .optional(),
    revokeBy: z.literal('bearer').optional(),
    revokeEnds: z.literal('token').optional(),
    scopes: z.union([scopes, z.strictObject({owner: scopes, bot: scopes, user: scopes})]).optional(),
    scopeParameter: z.string().regex(/^\w+$/).optional(),
    scopeSeparator: z.literal(',').optional(),
    authorizeParams: parameters.optional(),
    consentParams: parameters.optional(),
    replay: z
      .union([
        z.strictObject({kind: z.literal('safe')}),
        z.strictObject({kind: z.literal('grace'), graceMs: z.int().positive()}),
      ])
      .optional(),
    refreshTokenLifeDays: z.int().positive().max(3650).optional(),
    refresh: z
      .strictObject({
        token: z.enum(['new', 'same', 'none', 'unknown']),
        accessTokenHours: z.int().positive().optional(),
      })
      .optional(),
    note: text.optional(),
    options: z.record(z.string().regex(/^[a-z]+$/), option).optional(),
    documented: z
      .strictObject({
        on: z.iso.date(),
        sources: z.array(z.url({protocol: /^https$/})).min(1),
        unverified: z.array(z.string()).min(1).optional(),
      })
      .optional(),
  })
  .refine((row) => (row.credentialKinds?.[0] === 'oauth1') === (row.requestTokenUrl !== undefined), {
    error: 'OAuth 1.0a, and nothing else, has request tokens',
  })
  .refine((row) => [...JSON.stringify(row).matchAll(/\{([a-z]+)\}/g)].every(([, name = '']) => row.options?.[name]), {
    error: 'every option in a URL is described',
  })
