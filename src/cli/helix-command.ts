import type {HelixInput} from '../compose.js'
import {BehalfError} from '../model/behalf-error.js'
import {BaseCommand} from './base-command.js'
import {readActor} from './helix-actor.js'
import {parseQueryPair} from './helix-flags.js'
import {describeFilled, describeHead, errorOf} from './present-helix.js'
import {readInput} from './read-input.js'

const BODY_LIMIT_BYTES = 16 * 1024 * 1024

interface HelixCall {
  path: string
  flags: {
    store?: string | undefined
    query?: string[] | undefined
    as?: string | undefined
    app: boolean
    provider?: string | undefined
    include: boolean
    check: boolean
    fill: boolean
    body?: string | undefined
  }
}

/** A command that calls Helix once and prints what it answers, as it is. */
export abstract class HelixCommand extends BaseCommand {
  protected async callHelix(method: HelixInput['method'], {path, flags}: HelixCall): Promise<void> {
    const query = (flags.query ?? []).map(parseQueryPair)
    const body = flags.body === undefined ? undefined : await this.#readBody(flags.body)
    const behalf = await this.openBehalf(flags)
    const {actor, warnings} = await readActor(behalf, flags)
    for (const warning of warnings) this.warnOf(warning)
    const answer = await behalf.callHelix({
      method,
      path,
      query,
      ...(body !== undefined && {body}),
      ...actor,
      ...(!flags.check && {check: false}),
      ...(!flags.fill && {fill: false}),
    })
    if (answer.filled) this.advise(describeFilled(answer.filled))
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
