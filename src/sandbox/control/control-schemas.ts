import {z} from 'zod'

const login = z.string().min(1).max(50)
const text = z.string().min(1).max(200)

export const clockSchema = z.strictObject({
  /** Seconds to put the clock forward. */
  advance: z
    .number()
    .min(0)
    .max(10 * 366 * 86_400),
})

/** Which tokens: a user's (all, or one client's), or one by its value. */
export const tokenTargetSchema = z
  .strictObject({
    login: login.optional(),
    clientId: text.optional(),
    token: text.optional(),
    kind: z.enum(['access', 'refresh']).default('access'),
  })
  .refine((target) => (target.login === undefined) !== (target.token === undefined), 'give either login or token')

export const disconnectSchema = z.strictObject({login, clientId: text.optional()})
export const passwordSchema = z.strictObject({login})

/** Whose chat connections; without a login, everyone's. */
export const chatterSchema = z.strictObject({login: login.optional()})

export const faultSchema = z
  .strictObject({
    path: z.string().regex(/^\//, 'a path begins with /').max(1000),
    method: z
      .string()
      .max(10)
      .transform((method) => method.toUpperCase())
      .optional(),
    match: z.record(z.string(), z.string()).default({}),
    kind: z.enum(['status', 'drop', 'drop-before', 'partial', 'malformed', 'delay']),
    count: z.number().int().min(1).max(1_000_000).default(1),
    after: z.number().int().min(0).max(1_000_000).default(0),
    process: z.boolean().default(false),
    status: z.number().int().min(200).max(599).default(503),
    headers: z.record(z.string().regex(/^[\w-]+$/), z.string().regex(/^[\t\x20-\x7e]*$/)).default({}),
    body: z.unknown().optional(),
    delayMs: z.number().int().min(0).max(600_000).default(0),
    bytes: z.number().int().min(0).optional(),
  })
  .refine((fault) => fault.kind !== 'delay' || fault.delayMs > 0, 'a delay needs delayMs')

export const rateLimitSchema = z.strictObject({
  limit: z.number().int().min(1).max(1_000_000),
  remaining: z.number().int().min(0).optional(),
})

export const deviceSchema = z.strictObject({user_code: text, login: login.optional()})

export const settingsSchema = z.strictObject({
  auto: z
    .union([z.null(), z.strictObject({kind: z.literal('approve'), login}), z.strictObject({kind: z.literal('deny')})])
    .optional(),
  accessTokenSeconds: z.number().int().min(0).max(31_536_000).nullable().optional(),
  codeSeconds: z.number().int().min(0).max(86_400).optional(),
  deviceSeconds: z.number().int().min(1).max(86_400).optional(),
  deviceIntervalSeconds: z.number().int().min(0).max(3600).optional(),
  renewsRefreshTokens: z.boolean().optional(),
  lastPage: z.enum(['empty-object', 'missing', 'extra-page']).optional(),
  chatLimits: z.boolean().optional(),
})

export const redeemSchema = z.strictObject({login, reward_id: text, user_input: z.string().max(200).default('')})
