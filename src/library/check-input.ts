import {z} from 'zod'

import {BehalfError} from '../model/behalf-error.js'

const text = z.string().min(1)
const name = {subject: text, provider: text.optional()}
const flag = z.boolean().optional()
const lineReader = z.custom<(line: string) => unknown>((value) => typeof value === 'function', 'expected a function')

/** A time before 1973 is one in seconds. */
const epochMs = z
  .number()
  .min(1e11, 'expected milliseconds since 1970, not seconds')
  .max(8.64e15, 'expected milliseconds since 1970')

const tokens = z.strictObject({
  accessToken: text,
  refreshToken: text.optional(),
  expiresAt: epochMs.optional(),
  scopes: z.array(text),
  tokenType: text,
})

const userContext = z.strictObject({subject: text, userId: text, tokens})

const logger = z.custom<{info: unknown; warn: unknown; error: unknown}>(
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    ['info', 'warn', 'error'].every((level) => typeof (value as Record<string, unknown>)[level] === 'function'),
  'expected the functions info, warn and error',
)

/** Where everything is kept, and what time it is. */
const PLACE = {
  store: text.optional(),
  secret: z.string().optional(),
  redisHost: text.optional(),
  redisUrl: text.optional(),
  clock: z
    .custom<{now(): number}>((value) => typeof (value as {now?: unknown} | null)?.now === 'function', 'expected now()')
    .optional(),
}

/** What each method takes. Members that nobody knows are refused: most are typing errors. */
export const SHAPES = {
  openBehalf: z.strictObject({
    ...PLACE,
    callbackUrl: text.optional(),
    appName: text.optional(),
    notify: lineReader.optional(),
    logger: logger.optional(),
  }),
  createAuthProvider: z.strictObject({
    provider: text.optional(),
    intents: z.record(text, text).optional(),
    ...PLACE,
  }),
  startFlow: z.strictObject({provider: text, subject: text, expect: text.optional(), pin: flag}),
  processRedirect: z.strictObject({flowId: text, code: text}),
  getUserContext: z.strictObject(name),
  getUserContextAndRefresh: z.strictObject(name),
  setUserContext: z
    .strictObject({...name, userContext: userContext.optional(), revoke: flag})
    .refine(
      (input) => input.userContext === undefined || (input.userContext.subject === input.subject && !input.revoke),
      'userContext must be that of the same subject, and absent where something is to be revoked',
    ),
  tokenRefresh: z.strictObject({...name, force: flag}),
  refreshToken: z.strictObject({provider: text, refreshToken: text}),
  linkCredential: z.strictObject({
    provider: text,
    subject: text,
    credential: z.discriminatedUnion('kind', [
      z.strictObject({kind: z.literal('api-key'), key: text}),
      z.strictObject({kind: z.literal('basic'), username: text, password: text}),
    ]),
    expect: text.optional(),
  }),
  getAccount: z.strictObject(name),
  unlink: z.strictObject({...name, keepGrant: flag}),
  fetch: z.strictObject({account: text, path: z.string()}),
  flowMaintenanceNeeded: z.strictObject({force: flag}),
  flowMaintenance: z.strictObject({force: flag, output: lineReader.optional()}),
}

/**
 * @param method Whose input it is; for the message, which names members and never their values.
 * @throws BehalfError `invalid-input`.
 */
export function checkInput<Method extends keyof typeof SHAPES>(
  method: Method,
  input: unknown,
): z.output<(typeof SHAPES)[Method]> {
  const result = SHAPES[method].safeParse(input)
  if (result.success) return result.data as z.output<(typeof SHAPES)[Method]>
  const faults = result.error.issues.map(({path, message}) => [path.join('.'), message].filter(Boolean).join(': '))
  throw new BehalfError('invalid-input', `${method} got something it does not take. ${faults.join('; ')}.`)
}
