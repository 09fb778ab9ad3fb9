import type {Behalf, HelixAnswer, HelixInput} from '../compose.js'
import {BehalfError} from '../model/behalf-error.js'
import {BaseCommand} from './base-command.js'
import {readActor} from './helix-actor.js'
import {parseQueryPair} from './helix-flags.js'
import {describeFilled, describeHead, errorOf} from './present-helix.js'
import {createWaitNotice} from './rate-wait-notice.js'
import {readInput} from './read-input.js'

const BODY_LIMIT_BYTES = 16 * 1024 * 1024

export interface HelixCall {
  path: string
  flags: PaceFlags & {
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

interface PaceFlags {
  'max-wait': number
}

/** A command that calls Helix once and prints what it answers, as it is. */
export abstract class HelixCommand extends BaseCommand {
  protected async callHelix(method: HelixInput['method'], call: HelixCall): Promise<void> {
    const {behalf, input} = await this.readCall(method, call)
    const answer = await behalf.callHelix(input, this.paceOf(call.flags))
    this.tellOfCall(answer)
    this.printAnswer(answer, call.flags)
  }

  /** Everything that is said of a call on the command line and around it. */
  protected async readCall(
    method: HelixInput['method'],
    {path, flags}: HelixCall,
  ): Promise<{behalf: Behalf; input: HelixInput}> {
    const query = (flags.query ?? []).map(parseQueryPair)
    const body = flags.body === undefined ? undefined : await this.#readBody(flags.body)
    const behalf = await this.openBehalf(flags)
    const {actor, warnings} = await readActor(behalf, flags)
    for (const warning of warnings) this.warnOf(warning)
    return {
      behalf,
      input: {
        method,
        path,
        query,
        ...(body !== undefined && {body}),
        ...actor,
        ...(!flags.check && {check: false}),
        ...(!flags.fill && {fill: false}),
      },
    }
  }

  /** How long the rate limit is waited for, and what is said of it. */
  protected paceOf(flags: PaceFlags) {
    const say = (text: string) => {
      this.say(text)
    }
    return {
      maxWaitMs: flags['max-wait'],
      signal: this.stopSignal,
      onWait: createWaitNotice(this.surroundings, say, {spins: true, signal: this.stopSignal}),
    }
  }

  protected tellOfCall({filled, warning}: Pick<HelixAnswer, 'filled' | 'warning'>): void {
    if (filled) this.advise(describeFilled(filled))
    if (warning !== undefined) this.warnOf(warning)
  }

  /** @throws BehalfError for an answer of 400 and above, behind its body; with `--json` instead of it. */
  protected printAnswer(answer: HelixAnswer, {include = false}: {include?: boolean} = {}): void {
    const error = errorOf(answer)
    if (error && this.jsonEnabled()) throw error
    if (include) this.print(describeHead(answer))
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
