import {open, type FileHandle} from 'node:fs/promises'
import type {Readable} from 'node:stream'

import type {BatchEntry, HelixInput} from '../compose.js'
import {BehalfError} from '../model/behalf-error.js'
import {BaseCommand} from './base-command.js'
import {readActor} from './helix-actor.js'
import {parseBatchLine} from './parse-batch-line.js'
import {BatchTally, describeOutcome} from './present-batch.js'
import {createWaitNotice} from './rate-wait-notice.js'
import {explainUnreadable} from './read-input.js'
import {readLines, type InputLine} from './read-lines.js'
import {SteadyOutput} from './steady-output.js'

const LINE_LIMIT_BYTES = 1024 * 1024
/** A warning is told once, and one that is different each time does not fill the screen. */
const MOST_WARNINGS = 20

interface BatchFlags {
  store?: string | undefined
  as?: string | undefined
  app: boolean
  provider?: string | undefined
  check: boolean
  fill: boolean
  'max-wait': number
  concurrency: number
}

/** A command that reads calls and prints what becomes of each. */
export abstract class HelixBatchCommand extends BaseCommand {
  protected async runBatch(file: string, flags: BatchFlags): Promise<void> {
    const source = await this.#openSource(file)
    const behalf = await this.openBehalf(flags)
    const {actor, warnings} = await readActor(behalf, flags)
    for (const warning of warnings) this.warnOf(warning)
    const defaults = {...actor, ...(!flags.check && {check: false}), ...(!flags.fill && {fill: false})}
    const output = new SteadyOutput(this.surroundings.stdout)
    const tally = new BatchTally()
    const told = new Set<string>()
    const say = (text: string) => {
      this.say(text)
    }
    const signal = this.stopSignal
    signal.addEventListener('abort', () => source.destroy(), {once: true})
    try {
      const outcomes = behalf.batchHelix(readEntries(source, defaults), {
        concurrency: flags.concurrency,
        maxWaitMs: flags['max-wait'],
        signal,
        onWait: createWaitNotice(this.surroundings, say, {spins: false, signal}),
      })
      for await (const outcome of outcomes) {
        const {warning} = 'warning' in outcome.result ? outcome.result : {}
        if (warning !== undefined && told.size < MOST_WARNINGS && !told.has(warning)) this.warnOf(warning)
        if (warning !== undefined) told.add(warning)
        const line = describeOutcome(outcome)
        tally.count(line)
        await output.write(line.text)
        if (output.isClosed) return
      }
    } catch (error) {
      signal.throwIfAborted()
      throw explainUnreadable(error, {flag: 'FILE', source: file})
    } finally {
      source.destroy()
    }
    this.advise(String(tally))
    this.surroundings.setExitCode(tally.exitCode)
  }

  async #openSource(file: string): Promise<Readable> {
    if (file !== '-') return (await openFile(file)).createReadStream()
    if (!this.surroundings.stdinIsTerminal) return this.surroundings.stdin
    throw new BehalfError('usage', 'helix batch reads from stdin, and nothing is piped into it.', {
      hint: 'Pipe calls in, a line each, or name a file.',
    })
  }
}

const openFile = async (path: string): Promise<FileHandle> =>
  open(path).catch((error: unknown) => {
    throw explainUnreadable(error, {flag: 'FILE', source: path})
  })

async function* readEntries(
  source: Readable,
  defaults: Partial<HelixInput>,
): AsyncGenerator<BatchEntry, void, undefined> {
  for await (const line of readLines(source, LINE_LIMIT_BYTES)) {
    const request = readRequest(line, defaults)
    if (request !== undefined) yield {line: line.line, request}
  }
}

/** What a line says wins over the flags and what is around. */
function readRequest(line: InputLine, {as, app, ...rest}: Partial<HelixInput>): BatchEntry['request'] | undefined {
  if ('problem' in line) {
    const why = line.problem === 'not-utf8' ? 'it is not UTF-8 text' : 'it is longer than 1 MiB'
    return new BehalfError('invalid-input', `This line is not a request: ${why}.`)
  }
  try {
    const request = parseBatchLine(line.text)
    if (request === undefined) return undefined
    const saysWho = request.as !== undefined || request.app !== undefined
    return {...rest, ...(!saysWho && as !== undefined && {as}), ...(!saysWho && app !== undefined && {app}), ...request}
  } catch (error) {
    if (error instanceof BehalfError) return error
    throw error
  }
}
