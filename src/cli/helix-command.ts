import {Args, Flags} from '@oclif/core'

import type {Behalf, HelixAnswer, HelixInput} from '../compose.js'
import {BehalfError} from '../model/behalf-error.js'
import {BaseCommand} from './base-command.js'
import {readInput} from './read-input.js'

const BODY_LIMIT_BYTES = 16 * 1024 * 1024

export const helixArgs = {
  path: Args.string({required: true, description: 'What to call, such as users or /chat/messages?broadcaster_id=1.'}),
}

export const helixFlags = {
  query: Flags.string({
    char: 'q',
    multiple: true,
    multipleNonGreedy: true,
    helpValue: 'NAME=VALUE',
    summary: 'A query parameter. Repeat it for more, also of the same name.',
  }),
  as: Flags.string({
    exclusive: ['app'],
    helpValue: 'ACCOUNT',
    summary: 'On whose behalf. Default: the account that BEHALF_AS names, else the owner.',
  }),
  app: Flags.boolean({default: false, summary: 'As the application itself, on nobody’s behalf.'}),
  provider: Flags.string({
    helpValue: 'NAME',
    summary: 'Which provider’s Helix to call. Default: twitch, or the only one that speaks like it.',
  }),
  include: Flags.boolean({
    default: false,
    char: 'i',
    exclusive: ['json'],
    summary: 'Print the status line and the headers first.',
  }),
}

export const helixBodyFlags = {
  body: Flags.string({
    char: 'b',
    helpValue: 'JSON|@FILE|-',
    summary: 'The JSON to send: as it is, from a file, or from stdin.',
  }),
}

interface HelixCall {
  path: string
  flags: {
    store?: string | undefined
    query?: string[] | undefined
    as?: string | undefined
    app: boolean
    provider?: string | undefined
    include: boolean
    body?: string | undefined
  }
}

/** A command that calls Helix once and prints what it answers, as it is. */
export abstract class HelixCommand extends BaseCommand {
  protected async callHelix(method: HelixInput['method'], {path, flags}: HelixCall): Promise<void> {
    const query = (flags.query ?? []).map(parseQueryPair)
    const body = flags.body === undefined ? undefined : await this.#readBody(flags.body)
    const behalf = await this.openBehalf(flags)
    const answer = await behalf.callHelix({
      method,
      path,
      query,
      ...(body !== undefined && {body}),
      ...actor(behalf, flags),
      ...(flags.provider !== undefined && {provider: flags.provider}),
    })
    if (answer.warning !== undefined) this.warnOf(answer.warning)
    const error = errorOf(answer)
    if (error && this.jsonEnabled()) throw error
    if (flags.include) this.print(describeHead(answer))
    if (answer.body !== '') this.print(answer.body.endsWith('\n') ? answer.body : `${answer.body}\n`)
    if (error) throw error
  }

  async #readBody(given: string): Promise<string> {
    const fromFile = given.startsWith('@') ? given.slice(1) : undefined
    const source = given === '-' ? '-' : fromFile
    const request = {flag: '--body', limitBytes: BODY_LIMIT_BYTES}
    const text = source === undefined ? given : await readInput(this.surroundings, {...request, source})
    try {
      JSON.parse(text)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      throw new BehalfError('invalid-input', `--body is not JSON, so nothing was sent: ${reason}.`, {
        hint: `Give JSON like '{"name":"value"}', @FILE, or - for stdin.`,
      })
    }
    return text
  }
}

/** @throws BehalfError `invalid-input` without a `=`, or without a name before it. */
function parseQueryPair(text: string): [string, string] {
  const at = text.indexOf('=')
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)]
  throw new BehalfError('invalid-input', `--query “${text.slice(0, 80)}” is not NAME=VALUE, so nothing was sent.`, {
    hint: 'Write it like -q first=100.',
  })
}

function actor(behalf: Behalf, flags: HelixCall['flags']): {as?: string; app?: boolean} {
  if (flags.app) return {app: true}
  const as = flags.as ?? behalf.defaultAs
  return as === undefined ? {} : {as}
}

function errorOf(answer: HelixAnswer): BehalfError | undefined {
  const {status, loginNeeded} = answer
  if (status < 400) return undefined
  const body = parseJson(answer.body)
  if (loginNeeded) return new BehalfError('login-needed', loginNeeded.message, {hint: loginNeeded.hint, status, body})
  const reason = messageOf(body)
  const message = `Helix answered ${String(status)} ${answer.statusText}${reason === undefined ? '.' : `: ${reason}`}`
  const passing = status === 429 || status >= 500
  return new BehalfError(passing ? 'unavailable' : 'api-error', message, {status, body})
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

const messageOf = (body: unknown): string | undefined =>
  typeof body === 'object' &&
  body !== null &&
  'message' in body &&
  typeof body.message === 'string' &&
  body.message !== ''
    ? body.message
    : undefined

const describeHead = ({status, statusText, headers}: HelixAnswer): string =>
  [`HTTP/1.1 ${String(status)} ${statusText}`, ...headers.map(([name, value]) => `${name}: ${value}`), '', ''].join(
    '\n',
  )
