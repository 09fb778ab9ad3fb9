import {z} from 'zod'

import {BehalfError} from '../model/behalf-error.js'
import {Secret} from '../model/secret.js'

/** The settings of twitch-cli that matter here. */
export interface TwitchCliSettings {
  clientId: string
  clientSecret?: Secret
  accessToken?: Secret
  refreshToken?: Secret
  scopes: string[]
}

const LINE = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_.]*)\s*[=:]\s*(.*?)\s*$/

const word = z
  .string()
  .regex(/^[\x21-\x7e]{1,4096}$/)
  .transform((text) => new Secret(text))
const optionalWord = z
  .literal('')
  .transform(() => undefined)
  .or(word)
  .optional()

const settingsSchema = z.object({
  CLIENTID: z.string().regex(/^[A-Za-z0-9_-]{1,200}$/),
  CLIENTSECRET: optionalWord,
  ACCESSTOKEN: optionalWord,
  REFRESHTOKEN: optionalWord,
  TOKENSCOPES: z.string().default(''),
})

/**
 * Reads `.twitch-cli.env`: a line for each setting, as `NAME=value`, quoted or not; lists as `[a b]`.
 * @throws BehalfError `invalid-input` naming the setting that is missing or malformed, never what it is set to.
 */
export function parseTwitchCli(text: string, source: string): TwitchCliSettings {
  const result = settingsSchema.safeParse(readLines(text))
  if (!result.success) {
    const name = String(result.error.issues[0]?.path[0] ?? 'CLIENTID')
    const isMissing = name === 'CLIENTID' && !(name in readLines(text))
    throw new BehalfError('invalid-input', `${source}: ${name} is ${isMissing ? 'missing' : 'malformed'}.`, {
      hint: isMissing
        ? 'Name the .twitch-cli.env that `twitch configure` has written.'
        : 'Let twitch-cli write it again.',
    })
  }
  const {CLIENTID: clientId, CLIENTSECRET, ACCESSTOKEN, REFRESHTOKEN, TOKENSCOPES} = result.data
  return {
    clientId,
    ...(CLIENTSECRET && {clientSecret: CLIENTSECRET}),
    ...(ACCESSTOKEN && {accessToken: ACCESSTOKEN}),
    ...(REFRESHTOKEN && {refreshToken: REFRESHTOKEN}),
    scopes: TOKENSCOPES.split(/[\s,[\]]+/).filter((scope) => scope !== ''),
  }
}

function readLines(text: string): Record<string, string> {
  const pairs = text.split(/\r?\n/).flatMap((line): [string, string][] => {
    const [, name, value] = LINE.exec(line) ?? []
    return name === undefined || value === undefined ? [] : [[name.toUpperCase(), unquote(value)]]
  })
  return Object.fromEntries(pairs)
}

/** A comment begins at a `#` after a blank, but not within quotes. */
function unquote(value: string): string {
  const [, single, double] = /^(?:'([^']*)'|"((?:[^"\\]|\\.)*)")\s*(?:#.*)?$/.exec(value) ?? []
  if (single !== undefined) return single
  if (double !== undefined) return double.replaceAll(/\\(.)/g, '$1')
  return value.replace(/(?:^|\s)#.*$/, '').trimEnd()
}
