import type {ApiAnswer} from '../compose.js'
import {parseHeader, readApiBody} from './api-body.js'
import {BaseCommand} from './base-command.js'
import {readActor} from './helix-actor.js'
import {parseQueryPair} from './helix-flags.js'
import {describeApiFailure, SHOWN_BYTES} from './present-api.js'
import {describeHead} from './present-helix.js'
import {SteadyOutput} from './steady-output.js'

interface ApiCall {
  method: string
  path: string
  flags: {
    store?: string | undefined
    provider?: string | undefined
    as?: string | undefined
    query?: string[] | undefined
    body?: string | undefined
    form?: string[] | undefined
    header?: string[] | undefined
    include: boolean
  }
}

/** A command that calls any provider's API once and prints what it answers, byte by byte. */
export abstract class ApiCommand extends BaseCommand {
  protected async callApi({method, path, flags}: ApiCall): Promise<void> {
    const query = (flags.query ?? []).map(parseQueryPair)
    const given = (flags.header ?? []).map(parseHeader)
    const named = given.find(([name]) => name.toLowerCase() === 'content-type')?.[1]
    const sent = await readApiBody(this.surroundings, flags, named)
    const headers = sent && named === undefined ? [...given, ['content-type', sent.contentType] as const] : given
    const behalf = await this.openBehalf(flags)
    const {actor, warnings} = await readActor(behalf, {...flags, app: false})
    for (const warning of warnings) this.warnOf(warning)
    const answer = await behalf.callApi({
      ...actor,
      method,
      path,
      query,
      headers,
      ...(sent && {body: sent.body}),
      signal: this.stopSignal,
    })
    if (answer.warning !== undefined) this.warnOf(answer.warning)
    await this.#printAnswer(answer, flags.include)
  }

  /** @throws BehalfError for an answer of 400 and above, behind its body; with `--json` instead of it. */
  async #printAnswer(answer: ApiAnswer, include: boolean): Promise<void> {
    const isHidden = answer.status >= 400 && this.jsonEnabled()
    const output = new SteadyOutput(this.surroundings.stdout)
    if (include) await output.write(describeHead(answer))
    const start: Buffer[] = []
    let size = 0
    for await (const piece of answer.body as AsyncIterable<Buffer>) {
      if (size < SHOWN_BYTES) start.push(piece.subarray(0, SHOWN_BYTES - size))
      size += piece.length
      if (isHidden && size >= SHOWN_BYTES) break
      if (!isHidden) await output.write(piece)
      if (output.isClosed) break
    }
    if (!isHidden) await this.#endLine(output, start.at(-1))
    const {status} = answer
    if (status >= 300 && status < 400 && status !== 304) this.warnOf(describeRedirect(answer))
    const failure = describeApiFailure(answer, Buffer.concat(start))
    if (failure) throw failure
  }

  /** On a terminal the prompt comes in a line of its own. */
  async #endLine(output: SteadyOutput, last: Buffer | undefined): Promise<void> {
    if (this.surroundings.stdout.isTTY === true && last !== undefined && last.at(-1) !== 0x0a) await output.write('\n')
  }
}

function describeRedirect({status, headers}: ApiAnswer): string {
  const [, location = 'nowhere'] = headers.find(([name]) => name.toLowerCase() === 'location') ?? []
  return `The API answered ${String(status)}, a redirect to ${location.slice(0, 200)}. It was not followed.`
}
